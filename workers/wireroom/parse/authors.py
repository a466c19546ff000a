"""Authors: of those that a page names in several places, the persons who wrote the story."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from wireroom.contracts import Author
from wireroom.parse.byline import is_name
from wireroom.parse.claims import Claims
from wireroom.parse.masthead import Masthead, is_masthead, squeezed

_LEAST = 5
_COMPANY = re.compile(r"\b(?:Inc|GmbH|Ltd|LLC|S\.?A)\.?$|株式会社")


class Authors(NamedTuple):
    """Who wrote the story, where that was found, and how many places name the same, or others."""

    authors: list[Author]
    origin: str
    agreeing: int
    differing: int


def choose_authors(rungs: Sequence[Claims], names: Masthead) -> Authors:
    """The authors that the first place names; the site itself only where no place names a person.

    Where readers see fewer of the persons that JSON-LD lists, and another place agrees with them, the rest are not
    authors but editors or contributors; where they see more, the list was cut short.
    """
    claimed = {rung.origin: _without_site(found, names) for rung in rungs if (found := _once(rung.authors))}
    persons = {origin: found for origin, found in claimed.items() if all(_is_person(one, names) for one in found)}
    first = next(iter(claimed), "")
    believed = persons if persons and _says_little(claimed[first], names) else claimed
    origin = next(iter(believed), "")
    return _counted(believed, _as_seen(believed, origin) if believed else "")


def _is_person(author: Author, names: Masthead) -> bool:
    return author.kind == "person" and is_name(author.name) and not _is_site(author, names)


def _says_little(authors: Sequence[Author], names: Masthead) -> bool:
    """Whether nobody is named but the site, or an account by its handle."""
    return all(_is_site(one, names) or re.fullmatch(r"[a-z.\d]{5,}", one.name) for one in authors)


def _once(authors: Sequence[Author]) -> list[Author]:
    return list({squeezed(author.name): author for author in authors}.values())


def _without_site(authors: Sequence[Author], names: Masthead) -> list[Author]:
    """The authors without the site itself, where a person is among the others."""
    others = [author for author in authors if not _is_site(author, names)]
    return others if any(author.kind == "person" for author in others) else list(authors)


def _is_site(author: Author, names: Masthead) -> bool:
    """Whether an author is the site itself, or a part of its name as a list of names would split it."""
    letters = squeezed(author.name)
    return (
        is_masthead(author.name, names)
        or bool(_COMPANY.search(author.name))
        or (len(letters) > _LEAST and any(letters in name for name in names))
    )


def _as_seen(claimed: Mapping[str, list[Author]], first: str) -> str:
    """The place that is believed: what readers see where that is a part of the list, or the list a part of it."""
    listed, seen = _set(claimed[first]), _set(claimed.get("visible", []))
    others = [_set(found) for origin, found in claimed.items() if origin not in {first, "visible"}]
    return "visible" if seen in others and (listed < seen or seen < listed) else first


def _set(authors: Sequence[Author]) -> frozenset[str]:
    return frozenset(squeezed(author.name) for author in authors)


def _counted(claimed: Mapping[str, list[Author]], origin: str) -> Authors:
    chosen = claimed.get(origin, [])
    same = sum(_set(found) == _set(chosen) for found in claimed.values())
    return Authors(chosen, origin, same, len(claimed) - same)
