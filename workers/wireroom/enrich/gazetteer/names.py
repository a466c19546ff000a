"""How a place name is made comparable."""

from __future__ import annotations

import unicodedata

LONGEST_NAME = 80
_JOINERS = str.maketrans({"-": " ", "‐": " ", "–": " ", "’": "'", "‘": "'", "ʼ": "'", "`": "'", ".": ""})
_SAINTS = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}


def fold(name: str) -> str:
    """The key a name is looked up by: without case, accents, full stops or hyphens; `St.` is `saint`.

    Empty for what cannot be a place's name (too long).
    """
    if len(name) > LONGEST_NAME:
        return ""
    if not name.isascii():
        name = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    words = name.casefold().translate(_JOINERS).split()
    if len(words) > 1 and words[0] in _SAINTS:
        words[0] = _SAINTS[words[0]]
    return " ".join(words)
