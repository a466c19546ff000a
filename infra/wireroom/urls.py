"""Addresses of articles: which are fit to fetch, their normal form, and when two are the same address."""

from __future__ import annotations

import ipaddress
import re
from hashlib import blake2b
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

import idna

from wireroom import variants
from wireroom.errors import WireroomError

MAX_LENGTH = 8192
_CACHES = 4

_PARTS = re.compile(r"(?:([A-Za-z][A-Za-z0-9+.\-]*):)?(?://([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?")
_AUTHORITY = re.compile(r"(\[[^\]]*\]|[^:\[]*)(?::(.*))?")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_LABELS = re.compile(r"[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")
_PORT = re.compile(r"0*([0-9]{1,5})")
_UNSETTLED = re.compile(r"%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?]")
_UNRESERVED = re.compile(r"[A-Za-z0-9\-._~]")
_ROUTE = re.compile(r"(?:!/?|/)[A-Za-z0-9].*")
"""A fragment by which a script in the page chooses what it shows."""
_DEFAULT_PORTS = {"http": 80, "https": 443}


class InvalidUrl(WireroomError):  # noqa: N818
    """The URL cannot be the address of an article; the message says what is wrong with it."""


class _Parts(NamedTuple):
    """A URL in normal form, in pieces."""

    scheme: str
    host: str
    port: int | None
    path: str
    query: str
    fragment: str = ""

    def __str__(self) -> str:
        return f"{self.scheme}://{self.rest(self.host)}"

    def rest(self, host: str) -> str:
        port = "" if self.port is None else f":{self.port}"
        query = f"?{self.query}" if self.query else ""
        fragment = f"#{self.fragment}" if self.fragment else ""
        return f"{host}{port}{self.path}{query}{fragment}"


def check(url: str) -> None:
    """Raise `InvalidUrl` with a sentence unless `url` is an absolute http(s) address that can be asked for."""
    normal(url)


def normal(url: str) -> str:
    """The RFC 3986 normal form, ASCII only: what is asked of the server. No fragment; the whole query is kept."""
    return _bounded(str(_parts(url)._replace(fragment="")))


def canonical(url: str) -> str:
    """The normal form without what marks a click or a session, and out of AMP caches: an address that leads to the
    same page. Equal for two ways to write one address; idempotent.

    The rest of the query keeps its order: publishers write it in one order, and for some servers order has meaning.
    """
    return str(_canonical(url))


def identity_hash(url: str) -> bytes:
    """16 bytes that tell whether two URLs are one address: of the canonical form without scheme and leading `www.`."""
    parts = _canonical(url)
    return _hash(parts.rest(variants.without_www(parts.host)))


def former_hash(url: str) -> bytes:
    """The identity of the URL as a ledger has it that is older than `sources`."""
    parts = _parts(url)
    before = parts._replace(query=variants.without_former_marks(parts.query), fragment="")
    return _hash(before.rest(variants.without_www(parts.host)))


def family(url: str) -> str:
    """What the addresses have in common under which a site shows one article: ordinary, mobile and AMP, with a slash at
    the end or without, whatever the order of the query. It need not lead anywhere."""
    parts = _canonical(url)
    plain = parts._replace(path=variants.family_path(parts.path), query=variants.family_query(parts.query))
    return plain.rest(variants.family_host(parts.host))


def family_hash(url: str) -> bytes:
    """16 bytes that tell whether two URLs are of one family; never those of an identity."""
    return _hash(family(url), b"family")


def is_front_page(url: str) -> bool:
    """Whether it has no path, so that it cannot be the address of one article alone."""
    return variants.family_path(_canonical(url).path) == "/"


def host(url: str) -> str:
    """The host in normal form, without the port: `xn--bcher-kva.example`, `192.0.2.1`, `[2001:db8::1]`."""
    return _parts(url).host


def source_of(url: str) -> str:
    """The publisher that a URL speaks for where nobody names one: its host without a leading `www.`."""
    return variants.without_www(host(url))


def _canonical(url: str) -> _Parts:
    parts = _out_of_caches(_parts(url))
    _bounded(str(parts._replace(fragment="")))
    plain = parts._replace(query=variants.without_marks(parts.query))
    return plain if plain.fragment and len(str(plain)) <= MAX_LENGTH else plain._replace(fragment="")


def _out_of_caches(parts: _Parts) -> _Parts:
    """What an AMP cache or viewer shows; not where they are nested deeper than anybody does in earnest."""
    inner = parts = _without_session(parts)
    for _ in range(_CACHES):
        found = variants.inside(inner.host, inner.path)
        if found is None:
            return inner
        try:
            inner = _without_session(_parts(f"{found.scheme}://{found.rest}?{inner.query}#{inner.fragment}"))
        except InvalidUrl:
            return inner
    return parts


def _without_session(parts: _Parts) -> _Parts:
    path = variants.without_session(parts.path)
    return parts if path is parts.path else parts._replace(path=_without_dots(path) or "/")


def _hash(text: str, person: bytes = b"") -> bytes:
    return blake2b(text.encode("ascii"), digest_size=16, person=person).digest()


def _bounded(url: str) -> str:
    if len(url) > MAX_LENGTH:
        raise InvalidUrl(f"the URL is longer than {MAX_LENGTH} characters")
    return url


def _parts(url: str) -> _Parts:
    scheme, authority, path, query, fragment = _split(_clean(url))
    name, port = _host_and_port(authority)
    if port == _DEFAULT_PORTS[scheme]:
        port = None
    route = _settled(fragment) if _ROUTE.fullmatch(fragment) else ""
    return _Parts(scheme, _host(name), port, _without_dots(_settled(path)) or "/", _settled(query), route)


def _clean(url: str) -> str:
    """The URL without ASCII white space around it, once it is known to be plain text of a sane length."""
    url = _bounded(url).strip(" \t\r\n\f")
    if _CONTROL.search(url):
        raise InvalidUrl("the URL has a control character in it")
    if _SURROGATE.search(url):
        raise InvalidUrl("the URL has a lone surrogate in it: it is not valid Unicode")
    return url


def _split(url: str) -> tuple[str, str, str, str, str]:
    match = _PARTS.match(url)
    scheme, authority, path, query, fragment = match.groups("") if match else ("", "", "", "", "")
    if scheme.lower() not in _DEFAULT_PORTS:
        raise InvalidUrl(f"the URL must begin with http:// or https://{f', not {scheme[:32]}:' if scheme else ''}")
    if not authority:
        raise InvalidUrl("the URL has no host")
    if "@" in authority:
        raise InvalidUrl("the URL has a user name or password in it; an article must be readable without")
    return scheme.lower(), authority, path, query, fragment


def _host_and_port(authority: str) -> tuple[str, int | None]:
    match = _AUTHORITY.fullmatch(authority)
    if match is None:
        raise InvalidUrl(f"{authority[:64]!r} is not a host")
    name, port = match[1], match[2]
    if not port:
        return name, None
    digits = _PORT.fullmatch(port)
    if digits is None or not 0 < int(digits[1]) < 65536:
        raise InvalidUrl(f"{port[:16]!r} is not a port: it must be a number from 1 to 65535")
    return name, int(digits[1])


def _host(name: str) -> str:
    if not name:
        raise InvalidUrl("the URL has no host")
    if name.startswith("["):
        return _ipv6(name)
    ascii_name = _domain(name).removesuffix(".")
    if not _LABELS.fullmatch(ascii_name) or len(ascii_name) > 253:
        raise InvalidUrl(f"{name[:64]!r} is not a host name")
    # Other ways to write an IPv4 address (127.1, 0x7f000001) are read differently by different programs.
    return _ipv4(ascii_name) if _NUMBER.fullmatch(ascii_name.rpartition(".")[2]) else ascii_name


def _domain(name: str) -> str:
    """The name in ASCII, by UTS 46 as browsers do it (IDNA 2008 alone refuses names that exist)."""
    try:
        text = unquote_to_bytes(name).decode()
        if not text.isascii():
            text = idna.uts46_remap(text[:1024], std3_rules=False, transitional=False)
    except (UnicodeError, IndexError) as error:
        raise InvalidUrl(f"{name[:64]!r} is not a host name") from error
    return ".".join(_label(label) for label in text.lower().split("."))


def _label(label: str) -> str:
    return label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii")


def _ipv4(name: str) -> str:
    try:
        return str(ipaddress.IPv4Address(name))
    except ValueError as error:
        raise InvalidUrl(f"{name[:64]!r} is not an IPv4 address in the form 192.0.2.1") from error


def _ipv6(name: str) -> str:
    try:
        address = ipaddress.IPv6Address(name[1:-1])
    except ValueError as error:
        raise InvalidUrl(f"{name[:64]!r} is not an IPv6 address in brackets") from error
    if address.scope_id is not None:
        raise InvalidUrl(f"{name[:64]!r} has a zone: it is an address of one machine only")
    # Python 3.13 writes a mapped address in another way than 3.11.
    return f"[::ffff:{address.ipv4_mapped}]" if address.ipv4_mapped else f"[{address}]"


def _settled(text: str) -> str:
    """Percent-encoded where it must be and nowhere else, in upper case: `%7e ` becomes `~%20`."""
    return _UNSETTLED.sub(_settle, text)


def _settle(match: re.Match[str]) -> str:
    found = match[0]
    if len(found) == 1:
        return "".join(f"%{byte:02X}" for byte in found.encode())
    character = chr(int(found[1:], 16))
    return character if _UNRESERVED.fullmatch(character) else found.upper()


def _without_dots(path: str) -> str:
    """The path without `.` and `..` (RFC 3986, 5.2.4); empty segments stay."""
    if "/." not in path:
        return path
    segments = path.split("/")[1:]
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)
