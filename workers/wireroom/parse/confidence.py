"""How surely a value is the article's: measured shares of right values, by how many places agree and differ."""

from __future__ import annotations

from collections.abc import Mapping

_MOST_AGREEING, _MOST_DIFFERING = 3, 2
# Rows: one, two, three or more places say this; columns: none, one, two or more say something else. Shares of values
# that were exact on some 600 real pages, smoothed where a cell had few; a title counts where every letter is right.
_MEASURED: Mapping[str, tuple[tuple[float, float, float], ...]] = {
    "title": ((0.75, 0.65, 0.80), (0.80, 0.80, 0.70), (0.97, 0.88, 0.80)),
    "authors": ((0.88, 0.60, 0.60), (0.97, 0.77, 0.70), (0.94, 0.90, 0.90)),
    "published": ((0.88, 0.60, 0.55), (0.97, 0.90, 0.90), (0.95, 0.75, 0.75)),
}
# Nothing measures the other fields: these are set low, and only their order is meant.
_UNMEASURED = ((0.70, 0.60, 0.50), (0.85, 0.75, 0.65), (0.90, 0.80, 0.75))
_BY_ORIGIN = {"image": {"opengraph": 0.95, "json-ld": 0.70}}
_GUESSES = {"script": 0.60}
_INSTEAD = 0.50


class Confidences:
    """Collects the confidence of each field, from 0 to 1."""

    def __init__(self) -> None:
        self.by_field: dict[str, float] = {}

    def note(self, field: str, origin: str, agreeing: int, differing: int) -> None:
        """Note how sure a field is whose value was found at `origin`, where so many places agree or differ."""
        row = min(max(agreeing, 1), _MOST_AGREEING) - 1
        share = _MEASURED.get(field, _UNMEASURED)[row][min(differing, _MOST_DIFFERING)]
        self.by_field[field] = _BY_ORIGIN.get(field, {}).get(origin, min(share, _GUESSES.get(origin, share)))

    def note_instead(self, field: str) -> None:
        """Note that a field has the value of another, for want of one of its own."""
        self.by_field[field] = _INSTEAD
