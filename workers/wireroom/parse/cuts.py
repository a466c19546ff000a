"""Boxes whose class or id says what they hold instead of the story: comments, teasers, newsletters, biographies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from wireroom.parse.outline import Box, Outline
from wireroom.parse.sizes import Sizes

_RULES = re.compile(
    r"(?P<comments>\bcomments?(?:[-_]?(?:list|section|area|body|content|thread|wrapper|form|box|container))?\b|disqus|"
    r"respond\b|reply)"
    r"|(?P<related>(?<![^\s_-])(?:related|recommended|recommendations?|more-(?:stories|news|on|from)|read-(?:more|also|next)|"
    r"also-read|see-also|recirc\w*|most-?(?:read|popular))(?![^\s_-])|relatedstories|related(?:posts|articles|links)|"
    r"outbrain|taboola|zergnet|trending)"
    r"|(?P<teaser>teaser|promo\b)"
    r"|(?P<newsletter>newsletter|sign-?up|subscri(?:be|ption))"
    r"|(?P<bio>author-?(?:bio|box|card|info|description)|about-?(?:the-?)?author|\bbio(?:graphy)?\b)"
    r"|(?P<furniture>\b(?:cookies?|consent|gdpr|social|share|sharing|breadcrumbs?|skip|advert\w*|ad-slot|tags|"
    r"paywall-prompt|modal|popup|overlay|sidebar|side-?col|footer|menu|navigation|navbar)\b)"
)
"""What a name in the label of a box, in lower case, says that it holds instead of the story."""
_STORYS = frozenset({"body", "main", "article"})
_STORYS_NAME = re.compile(r"\b(?:article|story|post|entry|news|page)[-_]*(?:body|content|text)(?![a-z])")
_MOST_CUT, _MOST_CUT_SHARE = 2, 0.25
"""Paragraphs, and share of the page's prose, that a labelled box may hold and still be cut."""
_MOST_OF_IT = 0.6
"""The share that it may not hold, be it in a single paragraph."""
_LEAST_STORY = 150


def cut_lines(page: Outline, sizes: Sizes) -> list[str | None]:
    """The rule that cuts each line: a box around it says what it is, and holds little of the page's prose."""
    (linked,) = page.summed([line.linked for line in page.lines])
    rules = [_rule(box, links > 0) for box, links in zip(page.boxes, linked.tolist(), strict=True)]
    prose, paragraphs = page.summed(sizes.prose_lengths(), sizes.prose).tolist()
    ends = page.ends.tolist()
    told = prose[0] - sum(prose[at] for at in _outermost(rules, ends, "comments"))
    cut: list[str | None] = [None] * len(rules)
    behind = 0
    for at, rule in enumerate(rules):
        if rule is None or at < behind:
            continue
        if rule == "comments":
            holds_story = told < _LEAST_STORY
        else:
            holds_story = prose[at] > (_MOST_CUT_SHARE if paragraphs[at] > _MOST_CUT else _MOST_OF_IT) * told
        if not holds_story:
            behind = ends[at]
            cut[at:behind] = [rule] * (behind - at)
    return [cut[line.box] for line in page.lines]


def _outermost(rules: Sequence[str | None], ends: Sequence[int], rule: str) -> Iterator[int]:
    """The boxes to which the rule applies, and that are in no other such box."""
    behind = 0
    for at, applied in enumerate(rules):
        if applied == rule and at >= behind:
            behind = ends[at]
            yield at


def _rule(box: Box, is_linked: bool) -> str | None:
    if box.tag == "figcaption":
        return "caption"
    rules = _labelled(box.label) if box.label and box.tag not in _STORYS else ()
    # Newsrooms call a standfirst a teaser, too; that of another story leads there.
    return next(("related" if rule == "teaser" else rule for rule in rules if rule != "teaser" or is_linked), None)


@lru_cache(maxsize=10_000)
def _labelled(label: str) -> tuple[str, ...]:
    names = label.lower().split()
    rules = [rule for rule in map(_named, names) if rule]
    if "furniture" in rules and any(map(_STORYS_NAME.search, names)):
        rules = [rule for rule in rules if rule != "furniture"]
    return tuple(rules)


@lru_cache(maxsize=10_000)
def _named(name: str) -> str | None:
    found = _RULES.search(name)
    return found.lastgroup if found else None
