"""Boxes whose class or id says what they hold instead of the story: comments, teasers, newsletters, biographies."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from wireroom.parse.outline import Box, Outline
from wireroom.parse.sizes import Size

_RULES = re.compile(
    r"(?P<comments>\bcomments?(?:[-_ ]?(?:list|section|area|body|content|thread|wrapper|form|box|container))?\b|disqus|"
    r"respond\b|reply)"
    r"|(?P<related>(?<![^\s_-])(?:related|recommended|recommendations?|more-(?:stories|news|on|from)|read-(?:more|also|next)|"
    r"also-read|see-also|recirc\w*|most-?(?:read|popular))(?![^\s_-])|relatedstories|related(?:posts|articles|links)|"
    r"teaser|promo\b|outbrain|taboola|zergnet|trending)"
    r"|(?P<newsletter>newsletter|sign-?up|subscri(?:be|ption))"
    r"|(?P<bio>author-?(?:bio|box|card|info|description)|about-?(?:the-?)?author|\bbio(?:graphy)?\b)"
    r"|(?P<furniture>\b(?:cookies?|consent|gdpr|social|share|sharing|breadcrumbs?|skip|advert\w*|ad-slot|tags|"
    r"paywall-prompt|modal|popup|overlay|sidebar|side-?col|footer|menu|navigation|navbar)\b)",
    re.IGNORECASE,
)
"""What the label of a box says that it holds, instead of the story."""
_STORYS = frozenset({"body", "main", "article"})
_MOST_CUT, _MOST_CUT_SHARE = 2, 0.25
"""Paragraphs, and share of the page's prose, that a labelled box may hold and still be cut."""
_LEAST_STORY = 150


def cut_lines(page: Outline, sizes: Sequence[Size]) -> list[str | None]:
    """The rule that cuts each line: a box around it says what it is, and holds little of the page's prose."""
    rules = [_rule(box) for box in page.boxes]
    prose = page.summed([size.prose and size.length for size in sizes])
    paragraphs = page.summed([size.prose for size in sizes])
    comments = sum(_outermost(page, rules, prose, "comments"))
    told = prose[0] - comments
    cut: list[str | None] = []
    for at, (box, rule) in enumerate(zip(page.boxes, rules, strict=True)):
        if rule == "comments":
            holds_story = told < _LEAST_STORY
        else:
            holds_story = paragraphs[at] > _MOST_CUT and prose[at] > _MOST_CUT_SHARE * told
        cut.append(cut[box.parent] if at and cut[box.parent] else None if holds_story else rule)
    return [cut[line.box] for line in page.lines]


def _outermost(page: Outline, rules: Sequence[str | None], prose: Sequence[float], rule: str) -> Iterator[float]:
    """The prose in each box to which the rule applies, and that is in no other such box."""
    within: list[bool] = []
    for at, box in enumerate(page.boxes):
        around = at > 0 and within[box.parent]
        within.append(around or rules[at] == rule)
        if within[at] and not around:
            yield prose[at]


def _rule(box: Box) -> str | None:
    if box.tag == "figcaption":
        return "caption"
    return _labelled(box.label) if box.label and box.tag not in _STORYS else None


@lru_cache(maxsize=20_000)
def _labelled(label: str) -> str | None:
    found = _RULES.search(label)
    return found.lastgroup if found else None
