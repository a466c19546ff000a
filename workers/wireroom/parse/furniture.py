"""The furniture around a headline, as newsrooms call it: standfirst, byline and time, as readers see them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from selectolax.lexbor import LexborNode

from wireroom.contracts import Author
from wireroom.parse.byline import BY, LONGEST, authors_of, is_name, read_byline
from wireroom.parse.calendar import find_date
from wireroom.parse.elements import attribute, label, text_of
from wireroom.parse.wording import is_prose, tidy

_UNSEEN = frozenset(
    {"script", "style", "noscript", "template", "svg", "nav", "aside", "footer", "form", "select", "iframe", "figure"}
    | {"picture", "img", "video", "audio", "button", "dialog"}
)
_NOT_HERE = re.compile(
    r"related|recommend|sidebar|comment|footer|most-?read|trending|popular|teaser|carousel|newsletter|promo|breadcrumb|"
    r"social|\bshar|\bnav\b|navig|\bmenu|cookie|consent|advert|caption|copyright|outbrain|taboola|toolbar|tooltip",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"byline|author|writer|auteur|\bautor|reporter|journalist|signature|contributor|penulis|yazar|skribent|creator|"
    r"\bname\b",
    re.IGNORECASE,
)
_DATED = re.compile(r"date|time|publi|posted|stamp|datum|fecha|\bdata\b|\bdato\b|\bmeta|\binfo", re.IGNORECASE)
_MODIFIED = re.compile(
    r"updat|modif|edited|aktualis|actuali[sz]|mis à jour|maj\b|aggiorn|atualiz|bijgewerkt|güncel|обновл|oppdater|"
    r"uppdater|opdater|zaktualiz|更新|수정|تحديث|به‌روز",
    re.IGNORECASE,
)
_STANDFIRST = re.compile(
    r"stand-?first|sub-?(?:title|head|hed)|\bdek\b|(?:^|[\s_-])dek(?:[\s_-]|$)|article__?-?(?:lead|dek|summary)|chapo|"
    r"sottotitolo|(?:^|[\s_-])(?:deck|ingress|entradilla|bajada|vorspann|excerpt|abstract|lede)(?:[\s_-]|$)",
    re.IGNORECASE,
)
_AUTHOR_PAGE = re.compile(
    r"/(?:authors?|writers?|staff|people|persons?|profiles?|(?:\w+-)?reporters?|contributors?|columnists?|journalists?|"
    r"by|bios?|autor(?:en|es|e|i)?|auteurs?|redaktion|redakteure?|correspondents?|experts?|skribenter?|yazar(?:lar)?|"
    r"penulis|creators?|bylines?)/[^/?#]{2,}",
    re.IGNORECASE,
)
_OTHERS = re.compile(
    r"contribut|review|edited|fact.?check|photo|foto|illustrat|\bbild|image|produced|translat|medically|\bgraphics?\b|updated by",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:1[34]|19|20)\d\d|[۱١][۳۴٣٤]..|[٢۲][٠۰]..|२०..|২০..")
_BEFORE, _AFTER, _UPWARDS = 60, 220, 4
_PROSE_AT_MOST = 2
_LONGEST_STANDFIRST = 600


@dataclass
class Furniture:
    """What stands around a headline, in reading order."""

    subtitle: str = ""
    linked: list[Author] = field(default_factory=list)
    labelled: list[Author] = field(default_factory=list)
    written: list[Author] = field(default_factory=list)
    published: str = ""
    modified: str = ""

    @property
    def authors(self) -> tuple[Author, ...]:
        """The authors of the byline: as linked or labelled, whichever names more, else as a line says it."""
        names = {author.name for author in self.labelled}
        linked = [] if {author.name for author in self.linked} < names else self.linked
        return _bare(linked or self.labelled or self.written)


def read_furniture(heading: LexborNode, description: str, day_first: bool) -> Furniture:
    """The standfirst, byline and times between a heading and the second paragraph of its story."""
    found, prose = Furniture(), 0
    for node in (*_above(heading), *_below(heading)):
        text = _own(node)
        if node.tag == "p" and is_prose(text):
            prose += 1
            if prose == _PROSE_AT_MOST:
                break
        _take_names(found, node, text)
        _take_time(found, node, text, day_first)
        _take_standfirst(found, node, text, description)
    return found


def _above(heading: LexborNode) -> list[LexborNode]:
    """The elements before the heading in the box that it heads; none where that is more than its furniture."""
    box = heading
    for _ in range(_UPWARDS):
        if box.parent is None or box.parent.tag in {"body", "html"} or box.tag in {"article", "main"}:
            break
        box = box.parent
    before = []
    for node in _elements(box):
        if node.mem_id == heading.mem_id:
            return before
        before.append(node)
        if len(before) > _BEFORE:
            break
    return []


def _below(heading: LexborNode) -> Iterator[LexborNode]:
    return (node for _, node in zip(range(_AFTER), _elements(_after(heading)), strict=False))


def _elements(start: LexborNode | None) -> Iterator[LexborNode]:
    """The elements that readers see, from `start` to the end of the document."""
    node = start
    while node is not None:
        seen = node.is_element_node and not _is_elsewhere(node)
        if seen:
            yield node
        node = (node.child if seen else None) or _after(node)


def _after(node: LexborNode) -> LexborNode | None:
    """What comes next in the document after the whole of an element."""
    up: LexborNode | None = node
    while up is not None:
        if up.next is not None:
            return up.next
        up = up.parent
    return None


def _is_elsewhere(node: LexborNode) -> bool:
    if node.tag in _UNSEEN:
        return True
    name = label(node)
    return bool(name and _NOT_HERE.search(name) and not _NAMED.search(name) and not _DATED.search(name))


def _own(node: LexborNode) -> str:
    """The text of an element that has some of its own, with what is inside; else nothing."""
    return tidy(node.text(deep=True, separator=" ")) if node.text(deep=False).strip() else ""


def _take_names(found: Furniture, node: LexborNode, own: str) -> None:
    if _OTHERS.search(own) or _OTHERS.search(_before(node)):
        return
    if node.tag == "a" and _is_author_page(node) and (names := _names(text_of(node))):
        found.linked.extend(names)
        return
    if _NAMED.search(label(node)) or "author" in (node.attributes.get("itemprop") or ""):
        text = own or tidy(node.text(deep=True, separator=" "))
        if text and len(text) <= LONGEST:
            found.labelled.extend(_names(text))
    elif own and len(own) <= LONGEST and not found.written:
        found.written.extend(_names(own) if BY.match(own) else [])


def _is_author_page(node: LexborNode) -> bool:
    attributes = node.attributes
    return "author" in (attributes.get("rel") or "") or bool(_AUTHOR_PAGE.search(attributes.get("href") or ""))


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


def _take_time(found: Furniture, node: LexborNode, own: str, day_first: bool) -> None:
    """The time that an element shows: in `datetime`, or as text that is a date and little else."""
    value = attribute(node, "datetime") or (attribute(node, "content") if node.tag == "time" else "")
    text = own or (text_of(node) if node.tag == "time" else "")
    if not _YEAR.search(value):
        if not (0 < len(text) <= LONGEST and _YEAR.search(text)):
            return
        date = find_date(text, day_first)
        if date is None or date.year is None or (len(text) > 3 * (date.end - date.start) and not _DATED.search(label(node))):
            return
        value = text
    if _MODIFIED.search(f"{label(node)} {text} {_before(node)}"):
        found.modified = found.modified or value
    else:
        found.published = found.published or value


def _before(node: LexborNode) -> str:
    """The words right before an element, which may say what its time is of."""
    return (node.prev.text(deep=True) if node.prev is not None else "")[-LONGEST:]


def _take_standfirst(found: Furniture, node: LexborNode, own: str, description: str) -> None:
    if found.subtitle or not 0 < len(own) <= _LONGEST_STANDFIRST:
        return
    if _STANDFIRST.search(label(node)) or (node.parent is not None and _STANDFIRST.search(label(node.parent))):
        found.subtitle = own
    elif own == description and node.tag in {"h2", "h3", "h4", "div", "span", "strong", "em"}:
        found.subtitle = own
