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
    r"teaser|promo\b|outbrain|taboola|zergnet|trending)"
    r"|(?P<newsletter>newsletter|sign-?up|subscri(?:be|ption))"
    r"|(?P<bio>author-?(?:bio|box|card|info|description)|about-?(?:the-?)?author|\bbio(?:graphy)?\b)"
    r"|(?P<furniture>\b(?:cookies?|consent|gdpr|social|share|sharing|breadcrumbs?|skip|advert\w*|ad-slot|tags|"
    r"paywall-prompt|modal|popup|overlay|sidebar|side-?col|footer|menu|navigation|navbar)\b)"
)
"""What a name in the label of a box, in lower case, says that it holds instead of the story."""
_STORYS = frozenset({"body", "main", "article"})
_MOST_CUT, _MOST_CUT_SHARE = 2, 0.25
"""Paragraphs, and share of the page's prose, that a labelled box may hold and still be cut."""
_LEAST_STORY = 150


def cut_lines(page: Outline, sizes: Sizes) -> list[str | None]:
    """The rule that cuts each line: a box around it says what it is, and holds little of the page's prose."""
    rules = [_rule(box) for box in page.boxes]
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
            holds_story = paragraphs[at] > _MOST_CUT and prose[at] > _MOST_CUT_SHARE * told
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


def _rule(box: Box) -> str | None:
    if box.tag == "figcaption":
        return "caption"
    return _labelled(box.label) if box.label and box.tag not in _STORYS else None


@lru_cache(maxsize=10_000)
def _labelled(label: str) -> str | None:
    return next(filter(None, map(_named, label.lower().split())), None)


@lru_cache(maxsize=10_000)
def _named(name: str) -> str | None:
    found = _RULES.search(name)
    return found.lastgroup if found else None
