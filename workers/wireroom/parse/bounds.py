"""How much of a page is read: more than people write, and no page whose tree would take seconds or much memory."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

from wireroom.errors import Unusable

LONGEST = 3_000_000
"""Characters: of a page that has more, or more tags, the beginning is read, without scripts, styles and comments."""
MOST_TAGS = 30_000
MOST_STEPS = 20_000_000
"""From tags up to the root, all together: a parser may look at each element that a tag stands in."""
MOST_REOPENED = 300_000
"""Marks such as bold type that are left open are opened anew in each block."""
MOST_OPTIONS = 6_000
"""Each is compared with all before it."""
MOST_ATTRIBUTES, MOST_ATTRIBUTES_IN_ALL = 500, 500_000
"""Of a tag, where each is compared with all before it, and of the page."""
MOST_ATTRIBUTES_OF_ROOTS = 4_000
"""Of all `html` and `body` tags together, for these of the second are given to the first element, and so on."""
_FEW_TAGS, _FEW_ROOTS = 6_000, 8
_MOST_ALIKE = 3
"""Of marks that are alike, so many are opened anew."""
_LEAST_COUNTED = 40
"""Characters of a tag whose attributes may be many."""
_NAME = r"[a-z][^\t\n\f\r />]*+"
_ATTRIBUTE = (
    r"[\t\n\f\r /]*+[^\t\n\f\r />][^\t\n\f\r />=]*+"
    r"""(?:[\t\n\f\r ]*+=[\t\n\f\r ]*+(?:"[^"]*+"?|'[^']*+'?|[^\t\n\f\r >"'][^\t\n\f\r >]*+|(?=>)))?+"""
)
_COMMENT = r"<!--(?:-?>|(?:[^-]++|-(?!-!?>))*+(?:--!?>)?)"
_END = r"[\t\n\f\r />]"
_CODE = r"(?:[^<]++|<(?!/script))*+"
_SHORT_DATA = r"<script\b[^>]{0,1000}ld\+json[^>]*+>[^<]{0,1000000}+<"
_LEFT_OUT = re.compile(
    rf"(?!{_SHORT_DATA})(?:{_COMMENT}|<script(?={_END})[^>]*+>?{_CODE}(?:</script[^>]*+>?)?"
    rf"|<style(?={_END})[^>]*+>?(?:[^<]++|<(?!/style))*+(?:</style[^>]*+>?)?)",
    re.IGNORECASE,
)
_LONG_VALUE = re.compile(r"""="[^"]{50000,}+"|='[^']{50000,}+'""")
_WIDE = re.compile(rf"</?[a-zA-Z][^\t\n\f\r /><]*+(?=[\t\n\f\r /])(?:{_ATTRIBUTE}){{{MOST_ATTRIBUTES + 1}}}+")
_TAG = re.compile(
    rf"{_COMMENT}|<(/?)((?<!/)(script)(?={_END})|{_NAME})((?:{_ATTRIBUTE})*+)[\t\n\f\r ]*+(/?)"
    rf"(?(3)>?(?P<code>{_CODE}))",
    re.IGNORECASE,
)
_OPENING = re.compile(r"<(?=[a-z/])", re.IGNORECASE)
_EACH_ATTRIBUTE = re.compile(_ATTRIBUTE)
_MARK = re.compile(r"<(?:b(?:ig)?|code|em|font|i|s(?:mall|tr(?:ike|ong))?|tt|u)[\s/>]", re.IGNORECASE)
_ROOT = re.compile(r"<(?:body|html)[\s/>]", re.IGNORECASE)
_ROOTS = frozenset({"body", "html"})
_MARKS = frozenset({"b", "big", "code", "em", "font", "i", "s", "small", "strike", "strong", "tt", "u"})
_FLAT = frozenset({
    "a", "area", "base", "body", "br", "col", "colgroup", "dd", "dt", "embed", "head", "hr", "html", "img", "input",
    "li", "link", "meta", "nobr", "optgroup", "option", "p", "param", "rp", "rt", "source", "tbody", "td", "tfoot",
    "th", "thead", "tr", "track", "wbr",
})  # fmt: skip
"""Those that hold nothing, or end where the next begins, and so are left open by many."""


def readable(text: str) -> str:
    """A page's markup as far as it is read; `Unusable` (`malformed`) where its tree would cost too much."""
    tags = text.count("<")
    if len(text) > LONGEST or tags > MOST_TAGS:
        text = _beginning(_LONG_VALUE.sub("=''", _LEFT_OUT.sub("", text)))
        tags = text.count("<")
    if not _is_light(text, tags):
        text = _weighed(text)
    elif _WIDE.search(text):
        text = _TAG.sub(_plain, text)
    else:
        return text
    if _WIDE.search(text):
        raise Unusable("malformed", f"an element of the page has more than {MOST_ATTRIBUTES:,} attributes")
    return text


def _plain(tag: re.Match[str]) -> str:
    """A tag, comment or script, in which no other tag can begin.

    What is a comment to us may be none to a parser, as in a title, and what we do not see in it could cost much.
    """
    found = tag[0]
    if "<" not in found[1:]:
        return found
    code = tag.start("code") - tag.start() if tag["code"] else len(found)
    return found[0] + _OPENING.sub("&lt;", found[1:code]) + _OPENING.sub(r"\\u003c", found[code:])


def _beginning(text: str) -> str:
    pieces = text[:LONGEST].split("<", MOST_TAGS + 1)
    return "<".join(pieces[: MOST_TAGS + 1])


def _is_light(text: str, tags: int) -> bool:
    """Whether a page has too little of everything to be heavy, as most."""
    return (
        (tags <= _FEW_TAGS or _is_flat(tags, text.count("</")))
        and (len(text) <= 2 * MOST_ATTRIBUTES_IN_ALL or _between_attributes(text) < MOST_ATTRIBUTES_IN_ALL)
        and tags * len(_MARK.findall(text)) <= MOST_REOPENED
        and len(_ROOT.findall(text)) <= _FEW_ROOTS
    )


def _is_flat(tags: int, ends: int) -> bool:
    """Whether tags of which so many are end tags can be neither too many options nor nested too deep."""
    starts = tags - ends
    # At worst all that is opened is opened first, and never closed.
    return starts <= MOST_OPTIONS and starts * (starts / 2 + ends) <= MOST_STEPS


def _between_attributes(text: str) -> int:
    """How many characters the page has between which, or between which and the next, attributes stand."""
    encoded = text.encode("utf-8", "replace")
    return len(encoded) - len(encoded.translate(None, b"\t\n\f\r /\"'"))


class _Weight:
    """The elements that are open at a place in the markup, and what a parser has had to do up to there."""

    def __init__(self) -> None:
        self.stack: list[str] = []
        self.open: Counter[str] = Counter()
        self.marks: defaultdict[str, list[str]] = defaultdict(list)
        """Of each name those that would be opened anew."""
        self.alike: Counter[str] = Counter()
        self.marked = self.steps = self.reopened = self.options = self.attributes = self.roots = 0

    def take(self, tag: re.Match[str]) -> str:
        """The tag as it is to be read (`_plain`)."""
        slash, name, _, attributes, closed, _ = tag.groups("")
        if slash:
            self.end(name.lower())
        elif name:
            self.start(name.lower(), attributes + closed)
        return _plain(tag)

    def start(self, name: str, attributes: str) -> None:
        if name in _ROOTS or len(attributes) >= _LEAST_COUNTED:
            number = len(_EACH_ATTRIBUTE.findall(attributes))
            self.attributes += number
            self.roots += number if name in _ROOTS else 0
        foreign = self.open["svg"] or self.open["math"]
        if not attributes.endswith("/") if foreign else name not in _FLAT:
            self.stack.append(name)
            self.open[name] += 1
        self.options += name == "option"
        self._step(0 if name in _MARKS else self.marked)
        if name in _MARKS and self.alike[alike := name + attributes] < _MOST_ALIKE:
            self.alike[alike] += 1
            self.marks[name].append(alike)
            self.marked += 1

    def end(self, name: str) -> None:
        if self.open[name]:
            while (last := self.stack.pop()) != name:
                self.open[last] -= 1
            self.open[name] -= 1
        if marks := self.marks.get(name):
            self.alike[marks.pop()] -= 1
            self.marked -= 1
        self._step(self.marked)

    def _step(self, marks: int) -> None:
        self.steps += len(self.stack)
        self.reopened += marks


def _weighed(text: str) -> str:
    """The markup, each tag plain; `Unusable` where it is too heavy."""
    weight = _Weight()
    text = _TAG.sub(weight.take, text)
    limits = (
        (weight.steps, MOST_STEPS, "its elements are nested too deep"),
        (weight.reopened, MOST_REOPENED, "marks such as bold type are opened and never closed"),
        (weight.options, MOST_OPTIONS, f"it has more than {MOST_OPTIONS:,} options"),
        (weight.roots, MOST_ATTRIBUTES_OF_ROOTS, "it begins again and again"),
        (weight.attributes, MOST_ATTRIBUTES_IN_ALL, f"it has more than {MOST_ATTRIBUTES_IN_ALL:,} attributes"),
    )
    for found, most, cause in limits:
        if found > most:
            raise Unusable("malformed", f"the page's markup cannot be read: {cause}")
    return text
