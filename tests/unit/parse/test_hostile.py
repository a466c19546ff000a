"""Whatever comes in, parse gives an article or says in a sentence why not."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wireroom.contracts import FetchedPage, ParsedArticle, encode
from wireroom.errors import Unusable
from wireroom.parse.outline import MOST_LINES
from wireroom.parse.stage import LARGEST, parse

STORY = b"<p>The brakes of the cable car could soon be cooled by rain that falls on its own roof, they said.</p>" * 3
HEAD = b"<html><head><title>Cable car to run on rain</title></head><body><h1>Cable car to run on rain</h1>"
LD = b'<script type="application/ld+json">'


def outcome(body: bytes, content_type: str = "", url: str | None = None) -> str:
    """`article`, or the reason of the refusal; an article can be sent on."""
    try:
        article = parse(FetchedPage(body=body, content_type=content_type, url=url))
    except Unusable as refused:
        assert str(refused)
        return refused.reason
    assert encode(article)
    assert article.title
    assert article.blocks
    return "article"


@pytest.mark.parametrize("body", [b"", b" \n\t ", b"\xef\xbb\xbf", "\ufeff\u200b\n".encode()])
@pytest.mark.parametrize("content_type", ["", "text/plain"])
def test_a_page_without_words_is_empty(body: bytes, content_type: str) -> None:
    assert outcome(body, content_type) == "empty"


@pytest.mark.parametrize(
    "body",
    [b"\x89PNG\r\n\x1a\n" + b"word " * 99, b"%PDF-1.7 a b c", b"PK\x03\x04 words", b"\0" * 500, bytes(range(256)) * 9],
)
@pytest.mark.parametrize("content_type", ["", "text/html", "text/plain"])
def test_a_file_that_is_no_text_is_binary(body: bytes, content_type: str) -> None:
    assert outcome(body, content_type) == "binary"


def test_an_image_by_its_content_type_is_binary() -> None:
    assert outcome(HEAD + STORY, "image/jpeg") == "binary"


def test_a_page_that_is_too_large_is_refused_unread() -> None:
    assert outcome(HEAD + STORY * (LARGEST // len(STORY) + 1)) == "too_large"


def test_a_page_of_20_megabytes_is_read() -> None:
    assert LARGEST == 20_000_000
    script = b"<script>var all = '" + b"w " * ((LARGEST - 2000) // 2) + b"'</script>"
    assert outcome(HEAD + script + STORY, "text/html") == "article"


@pytest.mark.parametrize(
    "inside",
    [
        b"\0",
        b"\xed\xa0\x80",
        b"&#0;&#xD800;&#x110000;",
        b"<meta charset=utf-7>",
        b"<meta charset=rot13>",
        b'<meta charset="\xff\xfe">',
        b"<meta charset=utf-16>",
        b'<base href="http://[::1"><link rel=canonical href="http://[bad"><img src=x>',
        b'<meta name=date content="0000-00-00T99:99"><meta name=pubdate content="2025-02-30">',
        LD + b"[" * 100_000 + b"</script>",
        LD + b'{"@graph":[' * 5000 + b"]}" * 5000 + b"</script>",
        LD + b'{"@type":"NewsArticle","headline":"A","n":' + b"9" * 6000 + b"}</script>",
        LD
        + b'{"@type":["NewsArticle",7],"headline":["x"],"author":{"@id":["a"]},"image":[[[]]],"publisher":[]}</script>',
        LD + b'{"@type":"Article","headline":"\\ud800x","datePublished":12345,"keywords":{"a":1}}</script>',
        b"<p " * 9,
        b"</p></div></body></html>" * 9,
    ],
)
def test_odd_bytes_and_markup_do_not_cost_the_story(inside: bytes) -> None:
    assert outcome(HEAD + inside + STORY, url="https://paper.example/a") == "article"


@pytest.mark.parametrize("name", [b"headline", b"isAccessibleForFree"])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"name":', b"}")])
def test_data_nested_as_deep_as_the_stack_allows_do_not_cost_the_story(
    name: bytes, opening: bytes, closing: bytes
) -> None:
    # Where the depth at which they can just be decoded lies depends on who calls.
    for depth in range(900, 1000):
        data = b'{"@type":"Article","headline":"Rain","%s":%s"x"%s}</script>' % (name, opening * depth, closing * depth)
        assert outcome(HEAD + LD + data + STORY) == "article"


@pytest.mark.parametrize("tag", [b"<div>", b"<b>", b"<p><font>", b"<blockquote>", b"<ul><li>", b"<div class=related>"])
def test_ten_thousand_levels_of_nesting_are_survived(tag: bytes) -> None:
    assert outcome(HEAD + tag * 10_000 + STORY, "text/html") in {"article", "not_an_article", "malformed"}


@pytest.mark.parametrize("odd", [b"", b"\"'<q "])
def test_a_tag_of_countless_attributes_is_refused_before_they_are_compared(odd: bytes) -> None:
    attributes = b" ".join(b"a%d=1" % number for number in range(100_000))
    assert outcome(HEAD + b"<p " + odd + attributes + b">" + STORY, "text/html") == "malformed"


def test_a_page_of_frames_has_no_story() -> None:
    frames = b"<html><head><title>Cable car</title></head><frameset><frame src=a.html></frameset></html>"
    assert outcome(frames, "text/html") == "not_an_article"


def test_menus_in_menus_are_read_once() -> None:
    assert outcome(HEAD + b"<nav><p>All the sections of the paper</p>" * 2_000 + STORY, "text/html") == "article"


def test_of_countless_headlines_the_first_tell_whether_it_is_a_list() -> None:
    cards = b"<article><h2><a href=/x>Rain falls on the roof of the cable car</a></h2></article>"
    assert outcome(cards * 50_000, "text/html") == "not_an_article"


@pytest.mark.parametrize("value", [b'"%s"', b"'%s'"])
def test_words_in_a_value_are_no_attributes(value: bytes) -> None:
    data = value % (b"{&quot;text&quot;: &quot;" + b"one word after another " * 5_000 + b"&quot;}")
    assert outcome(HEAD + b"<div data-story=" + data + b"></div>" + STORY, "text/html") == "article"


def test_formatting_that_is_never_closed_costs_neither_time_nor_the_page() -> None:
    assert outcome(HEAD + b"".join(b"<b id=%d>" % number for number in range(4_000)) + STORY, "text/html") == "article"
    assert outcome(HEAD + b"<b>" * 7_000 + STORY, "text/html") == "malformed"


def test_what_stands_behind_thousands_of_lines_is_not_read() -> None:
    article = parse(FetchedPage(body=HEAD + STORY * 2_000, content_type="text/html"))
    assert len(article.blocks) <= MOST_LINES


def test_what_goes_on_travels_without_nul_or_surrogates() -> None:
    body = "Rain\0 stops\nThe rain\0 stopped on Tuesday \ud800after nine days.\n".encode("utf-8", "surrogatepass")
    article = parse(FetchedPage(body=body, content_type="text/plain"))
    assert not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in article.title + article.text)


def test_a_headline_alone_is_no_article() -> None:
    assert outcome(b"Rain stops\n", "text/plain") == "not_an_article"


PIECES = """
<p> </p> <div~class=related> <a~href=x> </a> <h1> </h1> <ul> <li> <table> <td> <!-- - 3~minutes~ago May~2 Related > (
BERLIN~(dpa)~- By~Jo~Mo Some~words~of~a~story. <time> <script~type=application/ld+json> { {"@type":"Article"} 2025-05-02
<meta~name=date~content=
"""
WORDS = [*(piece.replace("~", " ") for piece in PIECES.split()), "\n", "\0"]
MARKUP = st.lists(st.sampled_from(WORDS), max_size=60).map(lambda parts: " ".join(parts).encode())


@settings(max_examples=200, deadline=None)
@given(
    st.one_of(st.binary(max_size=400), st.text(max_size=400).map(lambda t: t.encode("utf-8", "replace")), MARKUP),
    st.sampled_from(["", "text/html", "text/plain", "text/html; charset=big5", "text/html; charset=iso-2022-jp"]),
)
@example(b"1 a\n1 a\n(", "text/plain")
def test_any_bytes_give_an_article_or_a_refusal(body: bytes, content_type: str) -> None:
    try:
        assert isinstance(parse(FetchedPage(body=body, content_type=content_type)), ParsedArticle)
    except Unusable as refused:
        assert refused.reason in {"empty", "binary", "not_an_article", "malformed"}
