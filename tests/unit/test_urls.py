"""What counts as one address, and which addresses are refused with which sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wireroom.urls import (
    MAX_LENGTH,
    InvalidUrl,
    canonical,
    check,
    family,
    family_hash,
    former_hash,
    host,
    identity_hash,
    is_front_page,
    normal,
    source_of,
)

CANONICAL = {
    "HTTP://Example.COM/A": "http://example.com/A",
    "https://example.com": "https://example.com/",
    "  https://example.com/a\n": "https://example.com/a",
    "http://example.com:80/": "http://example.com/",
    "https://example.com:443/": "https://example.com/",
    "https://example.com:/": "https://example.com/",
    "https://example.com:0443/": "https://example.com/",
    "http://example.com:443/": "http://example.com:443/",
    "https://example.com./a": "https://example.com/a",
    "https://Bücher.example/": "https://xn--bcher-kva.example/",
    "https://b%C3%BCcher.example/": "https://xn--bcher-kva.example/",
    "https://例え。テスト/": "https://xn--r8jz45g.xn--zckzah/",
    "https://i❤.ws/": "https://xn--i-7iq.ws/",
    "https://straße.example/": "https://xn--strae-oqa.example/",
    "https://under_score-.example/": "https://under_score-.example/",
    "https://192.0.2.1/": "https://192.0.2.1/",
    "https://[2001:DB8:0:0::1]:8443/": "https://[2001:db8::1]:8443/",
    "https://[::FFFF:c000:0201]/": "https://[::ffff:192.0.2.1]/",
    "https://example.com/a/./b/../c": "https://example.com/a/c",
    "https://example.com/../../a": "https://example.com/a",
    "https://example.com/a/..": "https://example.com/",
    "https://example.com/a/%2e%2E/b/": "https://example.com/b/",
    "https://example.com/a//b": "https://example.com/a//b",
    "https://example.com/...": "https://example.com/...",
    "https://example.com/%7euser/%41%2f%3a": "https://example.com/~user/A%2F%3A",
    "https://example.com/é ü": "https://example.com/%C3%A9%20%C3%BC",
    "https://example.com/100%": "https://example.com/100%25",
    "https://example.com/a\\b|c": "https://example.com/a%5Cb%7Cc",
    "https://example.com/a#part": "https://example.com/a",
    "https://example.com/a?": "https://example.com/a",
    "https://example.com/a?&&": "https://example.com/a",
    "https://example.com?b=2&a=1": "https://example.com/?b=2&a=1",
    "https://example.com/?a=x+y%20z": "https://example.com/?a=x+y%20z",
    "https://example.com/?a[]=é": "https://example.com/?a%5B%5D=%C3%A9",
    "https://example.com/?x=1?#!&utm_source=y": "https://example.com/?x=1?",
    "https://example.com/?utm_source=x&id=7&UTM_Medium=y&fbclid=z": "https://example.com/?id=7",
    "https://example.com/?%75tm_source=x": "https://example.com/",
    "https://example.com/?gclid": "https://example.com/",
    "https://example.com/?ref=a&utmost=b": "https://example.com/?ref=a&utmost=b",
    "https://example.com/?id=7&amp;utm_source=x&amp;ftag=y": "https://example.com/?id=7",
    "https://example.com/?itm_source=x&g2i_medium=y&Echobox=1#Echobox=2": "https://example.com/",
    "https://example.com/a;jsessionid=1A2B.node1/b;c=d?JSESSIONID=x": "https://example.com/a/b;c=d",
    "https://example.com/;jsessionid=1": "https://example.com/",
    "https://example.com/#!5753509/the-pier": "https://example.com/#!5753509/the-pier",
    "https://example.com/a?utm_source=x#/b/é": "https://example.com/a#/b/%C3%A9",
    "https://example.com/a#!": "https://example.com/a",
    "https://www.google.com/amp/s/amp.news.example/a-b?usqp=x": "https://amp.news.example/a-b",
    "https://google.co.uk/amp/news.example/a": "http://news.example/a",
    "https://news-example.cdn.ampproject.org/c/s/news.example/a?b=c": "https://news.example/a?b=c",
    "https://cdn.ampproject.org/v/s/news.example:8080/a/?amp_js_v=0.1#x": "https://news.example:8080/a/",
    "https://www.google.com/amp/s/cdn.ampproject.org/c/s/news.example/a": "https://news.example/a",
    "https://www.google.com/amp/s/user@news.example/a": "https://www.google.com/amp/s/user@news.example/a",
    "https://cdn.ampproject.org/rtv/0/v0.js": "https://cdn.ampproject.org/rtv/0/v0.js",
    "https://www.google.com/search/amp/s/news.example/a": "https://www.google.com/search/amp/s/news.example/a",
    f"https://google.com{'/amp/google.com' * 9}/a": f"https://google.com{'/amp/google.com' * 9}/a",
}

FAMILIES = [
    (
        "https://www.news.example/2025/the-pier",
        "http://news.example/2025/the-pier/",
        "https://m.news.example/2025/the-pier",
        "https://mobile.news.example/2025/the-pier/index.html",
        "https://touch.news.example/2025/the-pier//",
        "https://amp.news.example/2025/the-pier",
        "https://news.example/2025/the-pier/amp",
        "https://news.example/2025/the-pier/AMP/?utm_source=x",
        "https://news.example/amp/2025/the-pier",
        "https://news.example/2025/the-pier.amp",
        "https://news.example/2025/the-pier?amp",
        "https://news.example/2025/the-pier/?amp=1#top",
        "https://news.example/2025/the-pier?outputType=amp",
        "https://www.google.com/amp/s/m.news.example/amp/2025/the-pier/",
    ),
    (
        "https://news.example/pier.amp.html",
        "https://news.example/pier.html",
        "https://m.news.example/pier.html?_amp=true",
    ),
    ("https://news.example/a?b=1&c=2", "https://news.example/a/?c=2&b=1", "https://news.example/a/index.php?c=2&b=1"),
    ("https://news.example", "https://news.example/index.htm", "https://m.news.example//"),
    ("https://m.bbc.co.uk/news/1", "https://www.bbc.co.uk/news/1"),
    ("https://m.ft.com/a", "https://ft.com/a"),
]

STRANGERS = [
    ("https://m.co.uk/a", "https://mobile.co.uk/a"),
    ("https://m.com/a", "https://com/a"),
    ("https://sport.news.example/a", "https://news.example/a"),
    ("https://news.example/m/a", "https://news.example/a"),
    ("https://news.example/glossary/amp", "https://news.example/glossary"),
    ("https://news.example/amp/marshall", "https://news.example/marshall"),
    ("https://news.example/gear/amp/marshall-jcm", "https://news.example/gear/marshall-jcm"),
    ("https://news.example/champ", "https://news.example/ch"),
    ("https://news.example/?tag=amp", "https://news.example/"),
    ("https://news.example/a?amp=5", "https://news.example/a"),
    ("https://news.example/a?m=1", "https://news.example/a"),
    ("https://news.example/a?page=2", "https://news.example/a"),
    ("https://news.example/a?b=1&b=2", "https://news.example/a?b=2&b=1"),
    ("https://news.example/#!1/pier", "https://news.example/#!2/ferry"),
    ("https://news.example/index.php/1", "https://news.example/index.php/2"),
    ("https://news.example/Pier", "https://news.example/pier"),
    ("https://news.example/index.html.html", "https://news.example/"),
]

REFUSED = {
    "": "must begin with http:// or https://",
    "example.com/a": "must begin with http:// or https://",
    "//example.com/a": "must begin with http:// or https://",
    "ftp://example.com/": "not ftp:",
    "file:///etc/passwd": "not file:",
    "javascript:alert(1)": "not javascript:",
    "http:": "no host",
    "http:example.com": "no host",
    "https:///a": "no host",
    "https://:80/": "no host",
    "https://?a=b": "no host",
    "https://user@example.com/": "user name or password",
    "https://user:secret@example.com/": "user name or password",
    "https://@example.com/": "user name or password",
    "https://example.com:99999/": "not a port",
    "https://example.com:0/": "not a port",
    "https://example.com:http/": "not a port",
    "https://example.com:-1/": "not a port",
    "https://example.com:²/": "not a port",
    f"https://example.com:{'9' * 5000}/": "not a port",
    "https://a:b:c/": "not a port",
    "https://exa mple.com/": "not a host name",
    "https://exa%00mple.com/": "not a host name",
    "https://exa%2fmple.com/": "not a host name",
    "https://example.com%40evil.example/": "not a host name",
    "https://example.com\\@evil.example/": "user name or password",
    "https://example.com\\.evil.example/": "not a host name",
    "https://%ff.example/": "not a host name",
    "https://a..b/": "not a host name",
    "https://./": "not a host name",
    f"https://{'a' * 64}.example/": "not a host name",
    f"https://{'ü' * 3000}.example/": "not a host name",
    "https://" + "a." * 127 + "example/": "not a host name",
    "https://127.1/": "not an IPv4 address",
    "https://2130706433/": "not an IPv4 address",
    "https://0x7f.0.0.1/": "not an IPv4 address",
    "https://0x7f000001/": "not an IPv4 address",
    "https://0177.0.0.1/": "not an IPv4 address",
    "https://256.0.0.1/": "not an IPv4 address",
    "https://[::1/": "not a host",
    "https://[::1]x/": "not a host",
    "https://[zebra]/": "not an IPv6 address",
    "https://[fe80::1%25eth0]/": "has a zone",
    "https://example.com/a\nb": "control character",
    "https://example.com/\x00": "control character",
    "https://exam\tple.com/": "control character",
    "https://example.com/\x85": "control character",
    "https://example.com/\ud800": "lone surrogate",
    "https://example.com/" + "a" * MAX_LENGTH: "longer than 8192",
    "https://example.com/" + "é" * 3000: "longer than 8192",
}


@pytest.mark.parametrize(("written", "expected"), CANONICAL.items())
def test_canonical_form(written: str, expected: str) -> None:
    assert canonical(written) == expected


@pytest.mark.parametrize("written", CANONICAL)
def test_canonical_form_is_stable(written: str) -> None:
    assert canonical(canonical(written)) == canonical(written)


@pytest.mark.parametrize(("url", "sentence"), REFUSED.items(), ids=lambda text: text[:40].encode("unicode-escape"))
def test_what_cannot_be_fetched_is_refused_with_a_sentence(url: str, sentence: str) -> None:
    with pytest.raises(InvalidUrl) as refusal:
        check(url)
    assert sentence in str(refusal.value)
    assert len(str(refusal.value)) < 300


@pytest.mark.parametrize(
    "function",
    [canonical, normal, identity_hash, former_hash, family, family_hash, host, source_of, is_front_page],
)
def test_every_function_refuses_what_check_refuses(function: object) -> None:
    assert callable(function)
    with pytest.raises(InvalidUrl, match="no host"):
        function("https:///a")


def test_a_password_is_not_repeated_in_the_refusal() -> None:
    with pytest.raises(InvalidUrl) as refusal:
        check("https://user:secret@example.com/")
    assert "secret" not in str(refusal.value)


def test_the_longest_url_is_accepted() -> None:
    url = "https://example.com/"
    assert len(canonical(url + "a" * (MAX_LENGTH - len(url)))) == MAX_LENGTH


def test_the_normal_form_keeps_the_whole_query() -> None:
    assert normal("https://Example.com/?utm_source=x&a&&b=#f") == "https://example.com/?utm_source=x&a&&b="


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://example.com/a", "https://www.example.com/a#top"),
        ("https://WWW.example.com/a?utm_campaign=x", "http://example.com/a?"),
        ("http://www.example.com:80/a", "https://example.com:443/a"),
    ],
)
def test_two_ways_to_one_address_have_one_identity(one: str, other: str) -> None:
    assert identity_hash(one) == identity_hash(other)
    assert len(identity_hash(one)) == 16


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.com/a", "https://example.com/A"),
        ("https://example.com/a", "https://example.com/a/"),
        ("https://example.com/?a=1&b=2", "https://example.com/?b=2&a=1"),
        ("https://example.com/", "https://example.com:8080/"),
        ("https://example.com/", "https://news.example.com/"),
        ("https://www.com/", "https://com/"),
        ("https://example.com/a%2Fb", "https://example.com/a/b"),
        ("https://example.com/#!a", "https://example.com/#!b"),
        ("https://m.example.com/a", "https://example.com/a"),
    ],
)
def test_different_addresses_have_different_identities(one: str, other: str) -> None:
    assert identity_hash(one) != identity_hash(other)


def test_identity_does_not_change_between_versions_of_wireroom() -> None:
    assert identity_hash("https://www.example.com/a?b=c").hex() == "50b269ba99a69f594f96bec2e75c95be"
    assert family_hash("https://www.example.com/a?b=c").hex() == "da31b01107f057feac74163a81cab0d7"


def test_the_former_identity_is_what_an_older_wireroom_wrote() -> None:
    assert former_hash("https://www.example.com/a?b=c") == identity_hash("https://www.example.com/a?b=c")
    marked = "https://m.example.com/a;jsessionid=1/?utm_source=x&ftag=y&b=1#!c"
    assert former_hash(marked).hex() == "1f1255dd6169b4e0fbae4617fa8622d6"
    wrapped = "https://www.google.com/amp/s/news.example/a?amp;utm_source=x"
    assert former_hash(wrapped).hex() == "86827fed477cdc3ad9f9935d8f8d2722"


@pytest.mark.parametrize("addresses", FAMILIES, ids=lambda addresses: family(addresses[0]))
def test_the_addresses_under_which_a_site_shows_one_article_are_a_family(addresses: tuple[str, ...]) -> None:
    assert {family(url) for url in addresses} == {family(addresses[0])}
    assert len({family_hash(url) for url in addresses}) == 1


@pytest.mark.parametrize(("one", "other"), STRANGERS)
def test_addresses_that_may_be_of_two_articles_are_no_family(one: str, other: str) -> None:
    assert family_hash(one) != family_hash(other)


def test_a_family_is_never_taken_for_an_address() -> None:
    assert family("https://news.example/a") == "news.example/a"
    assert family_hash("https://news.example/a") != identity_hash("https://news.example/a")


def test_only_a_front_page_has_no_path() -> None:
    assert all(is_front_page(f"https://news.example{path}") for path in ("", "//", "/index.html", "/?p=1", "/#!a"))
    assert is_front_page("https://cdn.ampproject.org/c/s/news.example/")
    assert not is_front_page("https://news.example/a/index.html")


def test_host_and_source() -> None:
    assert host("https://WWW.Bücher.example:8080/a") == "www.xn--bcher-kva.example"
    assert source_of("https://WWW.Bücher.example:8080/a") == "xn--bcher-kva.example"
    assert source_of("https://www.com/") == "www.com"
    assert host("https://[::1]:80/") == "[::1]"


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_any_text_gives_a_stable_ascii_form_or_a_refusal(name: str, path: str, query: str) -> None:
    for url in (name, f"https://{name}/", f"http://example.com/{path}?{query}"):
        try:
            form = canonical(url)
        except InvalidUrl:
            continue
        assert form.isascii()
        assert canonical(form) == form
        assert identity_hash(form) == identity_hash(url)
        assert family(form) == family(url)


_PIECE = st.sampled_from(
    ["amp", "m", "www", "google.com", "cdn.ampproject.org", "c", "s", "news.example", "index.html", "a-b", "", "#!",
     "?", "utm_source=x", "amp=1", ";jsessionid=1", ".amp", "&", "/", ".", "..", "//"]
)  # fmt: skip


@given(st.lists(_PIECE, max_size=12), st.sampled_from(["/", "", "."]))
def test_what_is_taken_away_leaves_nothing_more_to_take(pieces: list[str], between: str) -> None:
    url = "https://" + between.join(["news.example/", *pieces])
    try:
        form = canonical(url)
    except InvalidUrl:
        return
    assert canonical(form) == form
    assert family(form) == family(url)
