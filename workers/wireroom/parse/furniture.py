"""The furniture around a headline, as newsrooms call it: standfirst, byline and time, as readers see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from wireroom.contracts import Author
from wireroom.parse.byline import BY, LONGEST, authors_of, is_name, read_byline
from wireroom.parse.calendar import find_date
from wireroom.parse.labels import Purpose, purpose
from wireroom.parse.wording import is_prose, tidy

_UNSEEN = frozenset(
    {"script", "style", "noscript", "template", "svg", "nav", "aside", "footer", "form", "select", "iframe", "figure"}
    | {"picture", "img", "video", "audio", "button", "dialog"}
)
_AUTHOR_PAGE = re.compile(
    r"/(?:authors?|writers?|staff|people|persons?|profiles?|(?:\w+-)?reporters?|contributors?|columnists?|journalists?|"
    r"by|bios?|autor(?:en|es|e|i)?|auteurs?|redaktion|redakteure?|correspondents?|experts?|skribenter?|yazar(?:lar)?|"
    r"penulis|creators?|bylines?)/[^/?#]{2,}",
    re.IGNORECASE,
)
_MODIFIED = re.compile(
    r"updat|modif|edited|aktualis|actuali[sz]|mis à jour|maj\b|aggiorn|atualiz|bijgewerkt|güncel|обновл|oppdater|"
    r"uppdater|opdater|zaktualiz|更新|수정|تحديث|به‌روز",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"contribut|review|edited|fact.?check|photo|foto|illustrat|\bbild|image|produced|translat|medically|\bgraphics?\b|"
    r"updated by",
    re.IGNORECASE,
)
_HEADS = frozenset({"h2", "h3", "h4", "div", "span", "strong", "em"})
_YEAR = re.compile(r"(?:1[34]|19|20)\d\d|[۱١][۳۴٣٤]..|[٢۲][٠۰]..|२०..|২০..")
_BEFORE, _AFTER, _UPWARDS = 60, 160, 4
_MOST_PASSED = 2_000
"""Elements that are looked at, those that readers do not see included."""
_BYLINE_AT_MOST = 30
_PROSE_AT_MOST = 2
_LONGEST_STANDFIRST = 600
_SHORT = 60
_LONGEST_READ = 100_000
_MOST_LETTERS = 1_000_000
"""Of all elements, those inside of others again; where one has more, nothing behind it is looked at."""


@dataclass
class Furniture:
    """What stands around a headline, in reading order."""

    subtitle: str = ""
    linked: list[Author] = field(default_factory=list)
    labelled: list[Author] = field(default_factory=list)
    written: list[Author] = field(default_factory=list)
    published: str = ""
    shown: str = ""
    """A day of publication that stands as text only."""
    modified: str = ""
    others: str = ""
    """What is said of those who helped, edited or took the pictures."""
    since_byline: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether nothing more is looked for."""
        return bool((self.linked or self.labelled) and self.published and self.subtitle)

    @property
    def authors(self) -> tuple[Author, ...]:
        """The authors of the byline: as linked or labelled, whichever names more, else as a line says it."""
        names = {author.name for author in self.labelled}
        linked = [] if {author.name for author in self.linked} < names else self.linked
        found = [_bare(authors) for authors in (linked, self.labelled, self.written) if authors]
        named = (authors for authors in found if any(author.kind == "person" for author in authors))
        return next(named, found[0] if found else ())


class _Element(NamedTuple):
    """An element that readers see, with what is asked of it more than once."""

    node: LexborNode
    tag: str
    attributes: dict[str, str | None]
    purpose: Purpose
    own: str
    """Its text, with that of the elements inside, where it has some text of its own."""


def read_furniture(heading: LexborNode, description: str, day_first: bool) -> Furniture:
    """The standfirst, byline and times between a heading and the second paragraph of its story."""
    found, prose = Furniture(), 0
    for element in chain(_above(heading), islice(_elements(_after(heading)), _AFTER)):
        if element.tag == "p" and is_prose(element.own):
            prose += 1
            if prose == _PROSE_AT_MOST or found.is_whole:
                break
        found.since_byline += bool(found.linked or found.labelled)
        if found.since_byline <= _BYLINE_AT_MOST:
            _take_names(found, element)
        _take_time(found, element, day_first)
        _take_standfirst(found, element, description)
    return found


def _above(heading: LexborNode) -> list[_Element]:
    """The elements before the heading in the box that it heads; none where that is more than its furniture."""
    box = heading
    for _ in range(_UPWARDS):
        if box.parent is None or box.parent.tag in {"body", "html"} or box.tag in {"article", "main"}:
            break
        box = box.parent
    before: list[_Element] = []
    for element in islice(_elements(box), _BEFORE):
        if element.node.mem_id == heading.mem_id:
            return before
        before.append(element)
    return []


def _elements(start: LexborNode | None) -> Iterator[_Element]:
    """The elements that readers see, from `start` to the end of the document."""
    node, letters = start, 0
    for _ in range(_MOST_PASSED):
        if node is None or letters >= _MOST_LETTERS:
            return
        element = _seen(node) if node.is_element_node else None
        if element is not None:
            letters += len(element.own)
            yield element
        node = (node.child if element is not None else None) or _after(node)


def _seen(node: LexborNode) -> _Element | None:
    tag = node.tag or ""
    if tag in _UNSEEN:
        return None
    attributes = node.attributes
    meant = purpose(f"{attributes.get('class') or ''} {attributes.get('id') or ''}")
    if meant.elsewhere:
        return None
    own = _line(node) if node.text(deep=False).strip() else ""
    return _Element(node, tag, attributes, meant, own)


def _line(node: LexborNode) -> str:
    return " ".join(node.text(deep=True, separator=" ")[:_LONGEST_READ].split())


def _after(node: LexborNode) -> LexborNode | None:
    """What comes next in the document after the whole of an element."""
    up: LexborNode | None = node
    while up is not None:
        if (after := up.next) is not None:
            return after
        up = up.parent
    return None


def _take_names(found: Furniture, element: _Element) -> None:
    others = _OTHERS.search(element.own) if 0 < len(element.own) <= LONGEST else None
    if others:
        found.others += element.own[others.start() :]
        return
    named = element.purpose.names or "author" in (element.attributes.get("itemprop") or "")
    linked = element.tag == "a" and _is_author_page(element)
    if not (named or linked or (0 < len(element.own) <= LONGEST and BY.match(element.own))):
        return
    text = element.own or _line(element.node)
    if not text or len(text) > LONGEST or _OTHERS.search(text) or _OTHERS.search(_before(element.node)):
        return
    kind = found.linked if linked else found.labelled if named else found.written
    if linked or named or not found.written:
        kind.extend(author for author in _names(text) if author.name not in found.others)


def _is_author_page(element: _Element) -> bool:
    relation, address = element.attributes.get("rel") or "", element.attributes.get("href") or ""
    return "author" in relation or bool(_AUTHOR_PAGE.search(address))


def _names(text: str) -> list[Author]:
    """The names that a byline is made of; none where it says something else too."""
    byline = read_byline(text)
    authors = byline.authors if byline else authors_of(text)
    return authors if all(is_name(author.name) or author.kind == "organisation" for author in authors) else []


def _bare(authors: list[Author]) -> tuple[Author, ...]:
    """Each author once, and not again with a title or a portrait's caption around the name."""
    persons = [author for author in authors if author.kind == "person"]
    names = {author.name for author in persons}
    once = [one for one in persons if not any(name != one.name and name in one.name for name in names)]
    return tuple(dict.fromkeys(once or authors))


def _take_time(found: Furniture, element: _Element, day_first: bool) -> None:
    """The time that an element gives: in `datetime`, or as text that is a date and little else."""
    time = element.tag == "time"
    value = element.attributes.get("datetime") or (element.attributes.get("content") if time else "") or ""
    text = element.own or (_line(element.node) if time else "")
    machine = bool(value and _YEAR.search(value))
    if not machine and not _is_dated(text, element.purpose, day_first):
        return
    words = f"{element.attributes.get('class') or ''} {text} {_before(element.node)}"
    if _MODIFIED.search(words):
        found.modified = found.modified or (value if machine else text)
    elif machine:
        found.published = found.published or value
    else:
        found.shown = found.shown or text


def _is_dated(text: str, meant: Purpose, day_first: bool) -> bool:
    """Whether a text is a date, or one with little beside it."""
    if not (0 < len(text) <= LONGEST and _YEAR.search(text)):
        return False
    date = find_date(text, day_first)
    if date is None or date.year is None:
        return False
    return meant.dates or len(text) <= 3 * (date.end - date.start) or (date.start == 0 and len(text) <= _SHORT)


def _before(node: LexborNode) -> str:
    """The words right before an element, which may say whose name or time it is."""
    before = (node.prev.text(deep=True) if node.prev is not None else "")[-LONGEST:]
    return "" if _YEAR.search(before) else before


def _take_standfirst(found: Furniture, element: _Element, description: str) -> None:
    if found.subtitle:
        return
    text = element.own or (_line(element.node) if element.purpose.stands_first else "")
    described = text == description and element.tag in _HEADS
    if (element.purpose.stands_first or described) and 0 < len(text) <= _LONGEST_STANDFIRST:
        found.subtitle = tidy(text)
