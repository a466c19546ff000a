"""What counts as one address, and which addresses are refused with which sentence."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wireroom.urls import MAX_LENGTH, InvalidUrl, canonical, check, host, identity_hash, normal, source_of

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
}

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


@pytest.mark.parametrize("function", [canonical, normal, identity_hash, host, source_of])
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
    ],
)
def test_different_addresses_have_different_identities(one: str, other: str) -> None:
    assert identity_hash(one) != identity_hash(other)


def test_identity_does_not_change_between_versions_of_wireroom() -> None:
    assert identity_hash("https://www.example.com/a?b=c").hex() == "50b269ba99a69f594f96bec2e75c95be"


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
