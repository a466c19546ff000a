"""Rules for single sites, as data: for the pages that no general rule gets. docs/extraction.md shows one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import msgspec
from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from wireroom.contracts import Author, Block, Moment
from wireroom.errors import WireroomError
from wireroom.parse.byline import authors_of, read_byline
from wireroom.parse.calendar import machine_moment
from wireroom.parse.elements import attribute, text_of
from wireroom.parse.metadata import Metadata
from wireroom.zones import completed

ORIGIN = "rule"
Kind = Literal["caption", "related", "newsletter", "bio", "legal"]


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a site's pages need to be told apart from others'; what is left out is found as on any page."""

    domain: str
    """As `news.example`; with all its subdomains, unless these have a rule of their own."""
    story: list[str] = []
    """CSS selectors of the elements that hold the whole story."""
    without: list[str] = []
    """CSS selectors of what is taken from the page before anything is read."""
    title: str = ""
    """CSS selector, as are the next four; of several elements the first counts."""
    subtitle: str = ""
    authors: str = ""
    """Of several elements all count."""
    published: str = ""
    """Its `datetime` or `content` attribute, else its text."""
    modified: str = ""
    day_first: bool = True
    """Whether `4/5/2025` is the fourth of May in these two."""
    zone: str = ""
    """IANA name of the zone of times that the page gives without an offset, as `Asia/Karachi`."""
    tails: dict[Kind, list[str]] = {}
    """How lines begin that are no part of the story, and what they are."""

    @property
    def selectors(self) -> Iterator[tuple[str, str]]:
        """All of them, each with its field."""
        yield from (("story", one) for one in self.story)
        yield from (("without", one) for one in self.without)
        for name in ("title", "subtitle", "authors", "published", "modified"):
            if one := getattr(self, name):
                yield name, one


class Rules:
    """The rules of many sites."""

    def __init__(self, by_domain: Mapping[str, Rule]) -> None:
        self._by_domain = by_domain

    def of(self, url: str | None) -> Rule | None:
        """The rule of the page's host, or of the nearest domain above it that has one."""
        try:
            host = urlsplit(url or "").hostname or ""
        except ValueError:
            return None
        while host:
            if rule := self._by_domain.get(host):
                return rule
            host = host.partition(".")[2]
        return None


NO_RULES = Rules({})


def read_rules(folder: Path | None) -> Rules:
    """The rules in a folder, one in each `*.toml`; none without one. Raises `WireroomError`, naming file and field."""
    if folder is None:
        return NO_RULES
    if not folder.is_dir():
        raise WireroomError(f"{folder}: there is no such folder of rules")
    found: dict[str, Rule] = {}
    for file in sorted(folder.glob("*.toml")):
        rule = read_rule(file)
        if rule.domain in found:
            raise WireroomError(f"{file}: domain: {rule.domain!r} has a rule in another file already")
        found[rule.domain] = rule
    return Rules(found)


def read_rule(file: Path) -> Rule:
    """One rule. Raises `WireroomError`, naming file and field."""
    try:
        rule = msgspec.toml.decode(file.read_bytes(), type=Rule)
    except (OSError, ValueError) as error:
        raise WireroomError(f"{file}: {error}") from error
    if fault := _fault(rule):
        raise WireroomError(f"{file}: {fault}")
    return rule


def _fault(rule: Rule) -> str | None:
    if not rule.domain or rule.domain != rule.domain.lower() or "/" in rule.domain:
        return f"domain: {rule.domain!r} is no domain in lower case, as news.example"
    for name, selector in rule.selectors:
        try:
            LexborHTMLParser("<p>").css(selector)
        except (SelectolaxError, ValueError):
            return f"{name}: {selector!r} is no CSS selector"
    try:
        ZoneInfo(rule.zone or "UTC")
    except (KeyError, OSError, ValueError):
        return f"zone: {rule.zone!r} is no IANA time zone, as Asia/Karachi"
    return next(
        (f"tails.{kind}: '' is how every line begins" for kind, starts in rule.tails.items() if "" in starts), None
    )


def prune(tree: LexborHTMLParser, rule: Rule) -> None:
    """Take from the tree what the rule says is not read."""
    for selector in rule.without:
        for node in tree.css(selector):
            node.decompose()


def story_in(tree: LexborHTMLParser, rule: Rule) -> str:
    """The markup of the elements that hold the story; empty where the page has none of them."""
    return "".join(node.html or "" for selector in rule.story for node in tree.css(selector))


def tail_of(text: str, rule: Rule) -> Block | None:
    """The line as the tail that the rule says it is; None where it is none."""
    kind = next((kind for kind, starts in rule.tails.items() if text.startswith(tuple(starts))), None)
    return Block(kind=kind, text=text) if kind else None


def ruled(tree: LexborHTMLParser, metadata: Metadata, rule: Rule) -> Metadata:
    """The metadata with what the rule's selectors find in the place of what was found without them."""
    found: dict[str, Any] = {
        "title": text_of(_first(tree, rule.title)),
        "subtitle": text_of(_first(tree, rule.subtitle)),
        "authors": _authors(tree, rule.authors),
        "published": _moment(tree, rule.published, rule),
        "modified": _moment(tree, rule.modified, rule),
    }
    said = {name: value for name, value in found.items() if value}
    changed = metadata._replace(
        **said,
        origins=metadata.origins | dict.fromkeys(said, ORIGIN),
        confidences=metadata.confidences | dict.fromkeys(said, 1.0),
        is_article=metadata.is_article or bool(story_in(tree, rule)),
    )
    return changed._replace(
        published=changed.published and completed(changed.published, rule.zone, "source"),
        modified=changed.modified and completed(changed.modified, rule.zone, "source"),
    )


def _first(tree: LexborHTMLParser, selector: str) -> LexborNode | None:
    return tree.css_first(selector) if selector else None


def _authors(tree: LexborHTMLParser, selector: str) -> list[Author]:
    lines = [text_of(node) for node in tree.css(selector)] if selector else []
    bylines = [(line, read_byline(line)) for line in lines]
    named = [byline.authors if byline and byline.authors else authors_of(line) for line, byline in bylines]
    return list(dict.fromkeys(author for authors in named for author in authors))


def _moment(tree: LexborHTMLParser, selector: str, rule: Rule) -> Moment | None:
    node = _first(tree, selector)
    said = (attribute(node, "datetime"), attribute(node, "content"), text_of(node))
    return next((moment for text in said if text and (moment := machine_moment(text, ORIGIN, rule.day_first))), None)
