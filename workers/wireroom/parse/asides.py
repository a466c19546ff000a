"""Boxes on a page that are not the story: read for what they are, and cut from the tree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser, LexborNode

from wireroom.contracts import Block, Related
from wireroom.parse.ages import split_age
from wireroom.parse.elements import attribute, is_within, label, text_of
from wireroom.parse.tails import is_related_heading
from wireroom.parse.wording import is_prose

_NEVER_STORY = (
    "script, style, noscript, template, iframe, nav, form, button, svg, [aria-modal=true], [role=dialog], "
    "[role=navigation], [role=search], [hidden]"
)
_RELATED = re.compile(
    r"(?:^|[\s_-])(?:related|recommended|recommendations?|more-(?:stories|news|on|from)|read-(?:more|also|next)|"
    r"also-read|see-also|recirc\w*|most-?(?:read|popular))(?:$|[\s_-])|relatedstories|related(?:posts|articles|links)",
    re.IGNORECASE,
)
_NEWSLETTER = re.compile(r"newsletter|sign-?up|subscri(?:be|ption)", re.IGNORECASE)
_BIO = re.compile(
    r"author-?(?:bio|box|card|info|description)|about-?(?:the-?)?author|\bbio(?:graphy)?\b", re.IGNORECASE
)
_NOISE = re.compile(
    r"\b(?:cookies?|consent|gdpr|comments?|disqus|social|share|sharing|breadcrumbs?|skip|advert\w*|ad-slot|tags|paywall-prompt)\b",
    re.IGNORECASE,
)
_OUTSIDE = frozenset({"aside", "nav", "footer"})
_SIDE = re.compile(r"sidebar|\brail\b|footer|side-?col", re.IGNORECASE)
_BOXES = "div, section, aside, ul, ol, p, figure, details, header, footer, table, amp-embed"
_LINKS_ONLY = "p, div, ul, ol, table, td, tr"
_HEADINGS = "h2, h3, h4, h5, h6, strong, b, p"
_BETWEEN_LINKS = re.compile(r"[\s|·•/,:>»›-]+")
_LONGEST_MENU = 3000
_MOST_PROSE = 2


class Asides(NamedTuple):
    related: list[Related]
    tails: list[Block]


def cut_asides(tree: LexborHTMLParser) -> Asides:
    """Take from the tree what is not the story; headlines of other stories and notices are returned."""
    found = Asides([], [])
    for node in tree.css("figcaption"):
        _keep(found.tails, "caption", node)
    for node in _headed_lists(tree):
        _take_related(found, node)
    for node in tree.css(_BOXES):
        _judge(found, node)
    for node in tree.css(_NEVER_STORY):
        node.decompose()
    for node in tree.css(_LINKS_ONLY):
        if _is_menu(node):
            node.decompose()
    return found


def _judge(found: Asides, node: LexborNode) -> None:
    """Cut a box whose class or id says that it is no part of the story."""
    name = label(node)
    if not name or _holds_story(node):
        return
    if _NEWSLETTER.search(name):
        _keep(found.tails, "newsletter", node)
    elif _BIO.search(name):
        _keep(found.tails, "bio", node)
    elif _RELATED.search(name):
        _take_related(found, node)
        return
    elif not _NOISE.search(name):
        return
    node.decompose()


def _keep(tails: list[Block], kind: str, node: LexborNode) -> None:
    text = text_of(node)
    if text and not is_within(node, _OUTSIDE, _SIDE):
        block = {"caption": "caption", "newsletter": "newsletter", "bio": "bio"}[kind]
        tails.append(Block(kind=block, text=text[:1000]))  # type: ignore[arg-type]


def _holds_story(node: LexborNode) -> bool:
    """Whether so much prose stands in the box that it may be the story itself."""
    prose = (p for p in node.css("p") if is_prose(text := text_of(p)) and _linked(p) < 0.5 * len(text))
    return node.tag in {"html", "body", "main", "article"} or sum(1 for _ in prose) > _MOST_PROSE


def _linked(node: LexborNode) -> int:
    return sum(len(text_of(link)) for link in node.css("a"))


def _headed_lists(tree: LexborHTMLParser) -> Iterator[LexborNode]:
    """The boxes and lists that stand under a heading such as "Also Read"."""
    for heading in tree.css(_HEADINGS):
        text = text_of(heading)
        if not is_related_heading(text):
            continue
        box, after = heading.parent, _next_element(heading)
        if (
            box is not None
            and not _holds_story(box)
            and _is_links(box, text)
            and box.tag not in {"body", "html", "article"}
        ):
            yield box
        elif after is not None and not _holds_story(after) and _is_links(after, ""):
            yield after
            heading.decompose()


def _next_element(node: LexborNode) -> LexborNode | None:
    after = node.next
    while after is not None and not after.is_element_node:
        after = after.next
    return after


def _is_links(node: LexborNode, heading: str) -> bool:
    """Whether most of the text, beside its heading, is links."""
    length = len(text_of(node)) - len(heading)
    return length > 0 and _linked(node) >= 0.6 * length


def _take_related(found: Asides, box: LexborNode) -> None:
    """Cut a box of headlines, and keep them where it stands with the story and not at the page's side."""
    if not is_within(box, _OUTSIDE, _SIDE) and box.tag not in _OUTSIDE:
        heading = next(
            (text for node in box.css("h2, h3, h4, h5, h6, strong, b") if is_related_heading(text := text_of(node))),
            None,
        )
        known = {related.title for related in found.related}
        found.related.extend(one for one in _headlines(box, heading) if one.title not in known)
    box.decompose()


def _headlines(box: LexborNode, heading: str | None) -> Iterator[Related]:
    seen: set[str] = set()
    for node in box.css("a[href]") or box.css("li"):
        text = text_of(node)
        aged = split_age(text)
        title = aged.title if aged else text
        if len(title.split()) > 2 and title not in seen:
            seen.add(title)
            yield Related(title=title, heading=heading, url=attribute(node, "href") or None)


def _is_menu(node: LexborNode) -> bool:
    """Whether the element is three links or more and nothing else but marks between them."""
    links = node.css("a")
    if len(links) < 3:
        return False
    text = text_of(node)
    return len(text) < _LONGEST_MENU and _letters(text) == sum(_letters(text_of(link)) for link in links)


def _letters(text: str) -> int:
    return len(_BETWEEN_LINKS.sub("", text))
