"""How well and how fast articles are extracted, beside peers: `make bench-extract`; and `make fuzz-extract`."""
