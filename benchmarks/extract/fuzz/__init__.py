"""Mutated real pages through parse: `make fuzz-extract`."""
