"""Any document is what its content turns out to be, in any charset, and harmless."""

from __future__ import annotations

import gzip

import pytest

from wireroom.errors import Unusable
from wireroom.formats import document, prolog
from wireroom.formats.listing import Listing
from wireroom.formats.reading import read_listing

ITEM = "<item><title>Łódź – “words”</title><link>https://news.example/a</link></item>"
RSS = f'<rss version="2.0"><channel><title>T</title>{ITEM}</channel></rss>'
TITLE = "Łódź – “words”"
SITEMAP = "<urlset><url><loc>https://news.example/a</loc></url></urlset>"


def read(body: bytes | str, content_type: str = "") -> Listing:
    return read_listing(body.encode() if isinstance(body, str) else body, content_type, "https://news.example/x")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (RSS, "rss"),
        ("\n\n" + RSS, "rss"),
        (f"<!-- <html> --><?x <html>?><!DOCTYPE rss SYSTEM 'http://x.example/>rss'>{RSS}", "rss"),
        (f"<br />\n<b>Warning</b>: no such table in x.php\n<?xml version='1.0'?>{RSS}", "rss"),
        (f"Notice: late\n{RSS}", "rss"),
        ("<a:feed xmlns:a='http://www.w3.org/2005/Atom'><a:title>T</a:title></a:feed>", "atom"),
        (SITEMAP, "sitemap"),
        ("<!DOCTYPE html><body><pre>" + RSS, "page"),
        ("<HTML>", "page"),
        ("<p>Hello", "page"),
    ],
)
@pytest.mark.parametrize("content_type", ["text/html", "application/rss+xml", "image/png", ""])
def test_the_content_tells_the_kind(text: str, kind: str, content_type: str) -> None:
    assert read(text, content_type).kind == kind


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (RSS.encode(), ""),
        (RSS.encode("utf-8-sig"), "text/xml; charset=iso-8859-1"),
        (RSS.encode("utf-16"), ""),
        (RSS.encode("utf-16-be"), ""),
        (RSS.encode("utf-16-le"), "text/xml"),
        (RSS.encode("utf-32"), ""),
        (f"<?xml version='1.0' encoding='windows-1250'?>{RSS}".encode("cp1250"), "text/xml"),
        (RSS.encode("cp1250"), "application/xml; charset=windows-1250"),
        (f"<?xml version='1.0' encoding='utf-16'?>{RSS}".encode(), ""),
        (gzip.compress(RSS.encode()), ""),
        (gzip.compress(gzip.compress(RSS.encode())), "text/xml"),
        (gzip.compress(RSS[:50].encode()) + gzip.compress(RSS[50:].encode()), "application/x-gzip"),
    ],
)
def test_a_document_is_read_in_any_charset_and_out_of_gzip(body: bytes, content_type: str) -> None:
    listing = read(body, content_type)
    assert ([one.title for one in listing.entries], listing.problems) == ([TITLE], [])


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b" \n", "empty"),
        (b"", "empty"),
        (b"%PDF-1.4", "binary"),
        (bytes(range(256)) * 9, "binary"),
        (b"\x1f\x8bnot gzip", "compression"),
        ("<opml version='2.0'/>", "opml"),
        ("User-agent: *\nDisallow: /x\n", "robots"),
        ("Dear reader,\nhello.", "not_a_source"),
        ("<catalog><book/></catalog>", "not_a_source"),
        ("<!DOCTYPE rss [ <!ENTITY a 'b", "broken"),
    ],
)
def test_what_is_no_source_is_refused_with_a_reason(body: bytes | str, reason: str) -> None:
    with pytest.raises(Unusable) as refused:
        read(body)
    assert refused.value.reason == reason
    assert str(refused.value)[0].islower()


def test_too_much_is_refused_packed_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document, "MAX_BYTES", 100_000)
    bomb = gzip.compress(gzip.compress(b"0" * 10_000_000))
    for body in (b"<rss>" + b" " * 100_000, bomb, gzip.compress(RSS.encode()) * 1000):
        with pytest.raises(Unusable, match="more than 100,000 bytes") as refused:
            read(body)
        assert refused.value.reason == "too_large"


def test_what_is_left_of_torn_gzip_is_read() -> None:
    listing = read(gzip.compress(SITEMAP.encode())[:-10])
    assert "its compressed data ended early" in listing.problems
    assert [one.url for one in listing.entries] == ["https://news.example/a"]


def declared(entities: str, reference: str, root: str = "rss") -> str:
    inner = f"<channel><item><title>{reference}</title></item></channel>"
    sitemap = f"<url><loc>https://news.example/{reference}</loc></url>"
    return f"<!DOCTYPE {root} [{entities}]><{root}>{sitemap if root == 'urlset' else inner}</{root}>"


def test_simple_entities_of_a_document_are_put_in_their_places() -> None:
    text = declared("<!-- it's ] > --><!ENTITY lite \"Wire &#38; \"><!ENTITY x 'Sea'>", "&lite;&x;&amp;")
    for body in (text.encode(), text.encode("utf-16")):
        assert read(body).entries[0].title == "Wire & Sea&"


BOMB = '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {y} "{(chr(38) + x + ";") * 10}">' for x, y in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize("root", ["rss", "urlset"])
@pytest.mark.parametrize(
    "entities",
    [
        BOMB,
        '<!ENTITY i SYSTEM "file:///etc/hostname">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1/"> %p; <!ENTITY i PUBLIC "x" "y">',
    ],
    ids=["bomb", "file", "network"],
)
def test_entities_that_do_harm_stay_as_they_are_written(root: str, entities: str) -> None:
    listing = read(declared(entities, "&i;", root))
    (found,) = listing.entries
    assert found.title == "&i;" if root == "rss" else found.url == "https://news.example/&i;"
    assert listing.problems[0].startswith("an entity made of others or kept elsewhere was left as it is written")


@pytest.mark.parametrize("root", ["rss", "urlset"])
def test_entities_that_make_a_document_grow_without_end_are_refused(root: str) -> None:
    with pytest.raises(Unusable, match="longer by more than 1,000,000 characters") as refused:
        read(declared(f'<!ENTITY a "{"x" * 1000}">', "&a;" * 2000, root))
    assert refused.value.reason == "entities"


def test_a_doctype_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prolog, "MAX_DOCTYPE", 1000)
    with pytest.raises(Unusable, match="its DOCTYPE does not end within 1,000 characters"):
        read("<!DOCTYPE rss [" + "<!ENTITY a ''> " * 200 + "]><rss/>")


@pytest.mark.parametrize("text", ["<rss><channel>" + "<a>" * 3000, "<urlset>" + "<a>" * 3000, "<html>" + "<b>" * 3000])
def test_a_deep_document_is_read_or_refused(text: str) -> None:
    try:
        assert read(text).entries == []
    except Unusable as refused:
        assert refused.reason == "broken"
