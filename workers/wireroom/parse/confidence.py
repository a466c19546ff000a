"""How surely a value is the article's: measured shares of exact values, by place and by agreement between places."""

from __future__ import annotations


class Confidences:
    """Collects the confidence of each field, from 0 to 1."""

    def __init__(self) -> None:
        self.by_field: dict[str, float] = {}

    def note(self, field: str, origin: str, agreeing: int, differing: int) -> None:
        """Note how sure a field is whose value was found at `origin`, where so many places agree or differ."""
        self.by_field[field] = 0.5
