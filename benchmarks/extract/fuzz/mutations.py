"""Real pages, harmed as transport, servers and content systems harm them, and worse; the same for a seed and number."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from random import Random
from types import MappingProxyType
from typing import NamedTuple

LARGEST = 20_000_000
_SHARE_SWOLLEN = 0.1
_TAG = re.compile(rb"<[a-zA-Z][^<>]{0,300}>")
_SCRIPT = re.compile(rb"<script\b.*?</script>", re.IGNORECASE | re.DOTALL)
_CHARSETS = (
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-7", "cp1252", "cp1251", "cp1256", "koi8-r",
    "shift_jis", "euc_jp", "iso2022_jp", "gb18030", "big5", "euc_kr", "iso8859-7", "cp874", "cp037",
)  # fmt: skip
_TYPES = ("text/html", "text/html", "text/html; charset=utf-8", "", "", "text/plain", "application/xhtml+xml",
          "text/html; charset=no-such", "TEXT/HTML;charset=\"'", "application/octet-stream")  # fmt: skip
_ODD = (
    b"\0", b"\xed\xa0\x80", b"\xef\xbf\xbe", b"&#0;", b"&#xD800;", b"&#x110000;", b"\xe2\x80\xae", b"\xf4\x90\x80\x80",
    b"<![CDATA[", b"<!--", b"-->", b"<plaintext>", b"</body></html>", b"<svg><title>", b"<math><mi>", b"<table><p>",
    b"<template>", b"<noscript>", b"<base href='//'>", b"<frameset>", b"\x1b$B", b"<?xml encoding='x'?>",
)  # fmt: skip
_OPENINGS = (b"<div>", b"<span>", b"<b>", b"<i><p>", b"<table><tr><td>", b"<blockquote>", b"<ul><li>", b"<a href=x>",
             b"<article>", b"<font>", b"<section><h2>", b"<svg><g>", b"<select><option>", b"<x-y>")  # fmt: skip
_BRACKETS = (b"[", b'{"a":', b'[{"@graph":')
_PARTS = (b"1,", b"[],", b"{},", b'{"a":1},', b'"Words of a story.",', b'{"@type":"Person","name":"Jo Mo"},')
_DATA = (b'<script type="application/ld+json">[', b"<script>window.state = [", b"<script>[")
_HIDING = (b"<title><!--</title>", b"<textarea><script></textarea>", b"<style><p class='</style>", b"<svg><style>",
           b"<script><!--<script></script>", b"<svg><![CDATA[<!--]]></svg>")  # fmt: skip

Pages = Sequence[bytes]
Mutation = Callable[[bytes, Pages, Random], bytes]


class Mutant(NamedTuple):
    """An input for parse, and how it was made."""

    body: bytes
    content_type: str
    url: str | None
    made: str


def mutant(pages: Pages, seed: int, number: int) -> Mutant:
    """The input of this number: a page after one to three mutations, some of them made very large."""
    dice = Random(f"{seed}/{number}")  # noqa: S311 - to be repeated, not to be secret
    body, names = dice.choice(pages), dice.sample(sorted(MUTATIONS), dice.choice((1, 1, 2, 3)))
    mutations = [MUTATIONS[name] for name in names] + [swollen] * (dice.random() < _SHARE_SWOLLEN)
    for mutation in mutations:
        body = mutation(body or b" ", pages, dice)[:LARGEST]
    url = dice.choice((None, "https://news.example/2026/11/28/story", "https://news.example/", "not a url"))
    return Mutant(body, dice.choice(_TYPES), url, ", ".join(one.__name__ for one in mutations))


def truncated(body: bytes, _: Pages, dice: Random) -> bytes:
    """Its beginning."""
    return body[: dice.randrange(len(body))]


def spliced(body: bytes, pages: Pages, dice: Random) -> bytes:
    """A piece of another page in its middle, or instead of its end."""
    other = dice.choice(pages)
    cut, start = dice.randrange(len(body)), dice.randrange(len(other))
    piece = other[start : start + dice.randrange(len(other))]
    return body[:cut] + piece + (body[cut:] if dice.random() < 0.5 else b"")


def flipped(body: bytes, _: Pages, dice: Random) -> bytes:
    """Some of its bytes another."""
    found = bytearray(body)
    for _number in range(min(5000, 1 + len(body) // dice.choice((50, 500, 5000)))):
        found[dice.randrange(len(found))] ^= dice.randrange(1, 256)
    return bytes(found)


def recoded(body: bytes, _: Pages, dice: Random) -> bytes:
    """In another charset than its labels say."""
    return body.decode("utf-8", "replace").encode(dice.choice(_CHARSETS), "replace")


def relabelled(body: bytes, _: Pages, dice: Random) -> bytes:
    """With another charset than it says, or with none."""
    label = dice.choice((b"", b"charset=" + dice.choice(_CHARSETS).encode(), b"charset=\xff"))
    return re.sub(rb"charset=[\"']?[\w-]+", lambda _: label, body, count=dice.choice((0, 1)))


def repeated(body: bytes, _: Pages, dice: Random) -> bytes:
    """One of its tags many times in a row."""
    return _inserted(body, lambda tag: tag * dice.choice((2, 50, 3000, 30_000)), dice)


def nested(body: bytes, _: Pages, dice: Random) -> bytes:
    """With elements in elements, closed or not."""
    opening, depth = dice.choice(_OPENINGS), dice.choice((30, 300, 3000, 10_000, 60_000))
    closing = b"".join(b"</" + name + b">" for name in reversed(re.findall(rb"<([\w-]+)", opening)))
    inside = b"<p>Words of a story, in the middle of it.</p>" + closing * (depth if dice.random() < 0.5 else 0)
    return _inserted(body, lambda tag: tag + opening * depth + inside, dice)


def unclosed(body: bytes, _: Pages, dice: Random) -> bytes:
    """With many marks of bold type, each different, which stay open: a parser opens them all anew in each paragraph."""
    number = dice.choice((30, 300, 3000, 20_000))
    marks = b"".join(b"<b id=%d>" % at for at in range(number))
    return _inserted(body, lambda tag: tag + b"<p>" + marks + b"</p>", dice)


def blown(body: bytes, _: Pages, dice: Random) -> bytes:
    """With one very long attribute, or very many."""
    size = dice.choice((1000, 100_000, 5_000_000))
    one, many = b' class="' + b"a-b c" * (size // 5) + b'"', b"".join(b" a%d=b" % at for at in range(size // 50))
    return _inserted(body, lambda tag: tag[:-1] + dice.choice((one, many)) + b">", dice)


def odd(body: bytes, _: Pages, dice: Random) -> bytes:
    """With what hardly ever stands in a page."""
    for _number in range(dice.choice((1, 5, 50))):
        at = dice.randrange(len(body))
        body = body[:at] + dice.choice(_ODD) * dice.choice((1, 1, 100)) + body[at:]
    return body


def scripted(body: bytes, _: Pages, dice: Random) -> bytes:
    """Only its scripts, perhaps cut within."""
    scripts = b"".join(_SCRIPT.findall(body)) or b"<script>"
    return b"<html><body>" + scripts[: dice.choice((None, dice.randrange(len(scripts))))]


def braced(body: bytes, _: Pages, dice: Random) -> bytes:
    """With brackets in brackets in the data for machines."""
    data = dice.choice(_BRACKETS) * dice.choice((50, 1000, 100_000, 1_000_000))
    head = b'<script type="application/ld+json">' + data
    return _inserted(body, lambda tag: tag + head + dice.choice((b"", b"</script>")), dice)


def parted(body: bytes, _: Pages, dice: Random) -> bytes:
    """With many small things in the data for machines, or for its own scripts."""
    data = dice.choice(_DATA) + dice.choice(_PARTS) * dice.choice((50, 1000, 100_000, 900_000))
    return _inserted(body, lambda tag: tag + data + b"0]</script>", dice)


def hidden(body: bytes, _: Pages, dice: Random) -> bytes:
    """Its end behind what is a comment, a script or a value to some readers, and to others none."""
    return _inserted(body, lambda tag: tag + dice.choice(_HIDING), dice)


def stripped(body: bytes, _: Pages, dice: Random) -> bytes:
    """Without tags, in lines: what stood between them, or its words."""
    return re.sub(dice.choice((rb"(?:<[^<>]*>|\s)+", rb"\s*(?:<[^<>]*>\s*)+")), b"\n", body)


def swollen(body: bytes, _: Pages, dice: Random) -> bytes:
    """Its middle again and again, to between 1 and 20 MB."""
    size, third = int(10 ** dice.uniform(6, 7.301)), len(body) // 3 or 1
    middle = body[third : 2 * third] or body
    return body[:third] + middle * (1 + size // len(middle)) + body[2 * third :]


def _inserted(body: bytes, made: Callable[[bytes], bytes], dice: Random) -> bytes:
    """One of its tags replaced."""
    tags = list(_TAG.finditer(body))
    if not tags:
        return made(b"<p>") + body
    tag = dice.choice(tags)
    return body[: tag.start()] + made(tag[0]) + body[tag.end() :]


_ALL = (truncated, spliced, flipped, recoded, relabelled, repeated, nested, unclosed, blown, odd, scripted, braced,
        parted, hidden, stripped)  # fmt: skip
MUTATIONS: Mapping[str, Mutation] = MappingProxyType({one.__name__: one for one in _ALL})
