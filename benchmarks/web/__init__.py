"""A local web of some hundred hosts of every kind, to fetch from: `python -m benchmarks.web` serves it."""
