"""Lists of feeds come in and go out."""

from __future__ import annotations

import pytest

from wireroom.errors import Unusable
from wireroom.formats.opml import Subscription, read, write

LIST = """<?xml version="1.0" encoding="{0}"?><opml version="2.0"><head><title>Łódź</title></head><body>
<outline text="News"><outline text="Asia"><outline type="rss" text="Zażółć"
xmlUrl=" https://a.example/rss?x=1&amp;y=2 "/>
</outline></outline><outline title="B" xmlUrl="feed:https://b.example/rss" category="/News/Asia,sea"/>
<outline text="https://c.example/rss" xmlUrl="https://c.example/rss"/><outline text="C" xmlUrl="https://c.example/rss"/>
<outline text="Home" xmlUrl="" htmlUrl="https://d.example/"/><outline type="include" text="E" url="https://e.example/list.opml"/>
<outline text="F" xmlUrl="itunes://f.example/"/></body></opml>"""
FEEDS = [
    Subscription("https://a.example/rss?x=1&y=2", "Zażółć", ["News/Asia"]),
    Subscription("https://b.example/rss", "B", ["News/Asia", "sea"]),
    Subscription("https://c.example/rss"),
    Subscription("https://d.example/", "Home"),
]


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "iso-8859-2"])
def test_a_list_is_read_in_any_charset(charset: str) -> None:
    assert read(LIST.format(charset).encode(charset)) == (
        FEEDS,
        ["it includes another list, which was not read", "the feed 'F' has no address that can be fetched"],
    )


def test_each_feed_without_an_address_is_named() -> None:
    names = [f"Feed {number}" for number in range(30)]
    outlines = "".join(f'<outline text="{name}" xmlUrl="itunes://a.example/{name}"/>' for name in names)
    _, problems = read(f"<opml><body>{outlines}</body></opml>".encode())
    assert problems == [f"the feed {name!r} has no address that can be fetched" for name in names]


def test_what_is_written_is_read_again() -> None:
    feeds = [*FEEDS, Subscription("https://f.example/\"<&>'", 'A <b> & "c"', ["x & y"])]
    assert read(write(feeds)) == (feeds, [])


def test_what_xml_cannot_hold_is_left_out() -> None:
    assert read(write([Subscription("https://f.example/", "a\0\x1b\ud800b", ["a,b"])])) == (
        [Subscription("https://f.example/", "a b", ["a b"])], [],
    )  # fmt: skip


def test_no_entity_is_fetched_or_grows() -> None:
    bomb = '<!DOCTYPE opml [<!ENTITY a "haha"><!ENTITY b "&a;&a;"><!ENTITY x SYSTEM "file:///etc/hostname">]>'
    outline = '<opml><body><outline text="&a; &b; &x;" xmlUrl="https://a.example/"/></body></opml>'
    feeds, problems = read((bomb + outline).encode())
    assert feeds == [Subscription("https://a.example/", "haha &b; &x;")]
    assert problems == ["an entity made of others or kept elsewhere was left as it is written (2 times)"]


@pytest.mark.parametrize(
    ("body", "reason"), [(b"", "empty"), (b"<rss/>", "not_opml"), (b"hello", "not_opml"), (b"%PDF", "binary")]
)
def test_what_is_no_list_is_refused(body: bytes, reason: str) -> None:
    with pytest.raises(Unusable) as refused:
        read(body)
    assert refused.value.reason == reason


def test_a_list_with_tags_too_many_is_read() -> None:
    assert read(b"<opml><body></outline></outline><outline xmlUrl='https://a.example/'/>") == (
        [Subscription("https://a.example/")], [],
    )  # fmt: skip
