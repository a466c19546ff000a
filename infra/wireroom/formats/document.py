"""From bytes to text: out of gzip, in which sitemaps are often kept, and out of any charset."""

from __future__ import annotations

import codecs
import zlib

from wireroom.charset import decode
from wireroom.contracts import FetchedPage
from wireroom.errors import Unusable
from wireroom.formats.listing import MAX_BYTES, Problems

_MAGIC = b"\x1f\x8b"
_GZIP = 31
_MOST_LAYERS = 2
_PIECE = 1 << 20
_WIDE = {
    codecs.BOM_UTF32_LE: "utf-32-le", codecs.BOM_UTF32_BE: "utf-32-be",
    b"<\0\0\0": "utf-32-le", b"\0\0\0<": "utf-32-be", b"<\0": "utf-16-le", b"\0<": "utf-16-be",
}  # fmt: skip
"""How a document begins in a charset that no page has, or without the mark that a page has."""


def text_of(body: bytes, content_type: str, problems: Problems) -> str:
    """The text of a document, from its first character on; raises `Unusable` for what is none, and for too much."""
    body = _unpacked(body, problems)
    charset = next((charset for start, charset in _WIDE.items() if body.startswith(start)), None)
    text = body.decode(charset, "replace") if charset else decode(FetchedPage(body=body, content_type=content_type))
    text = text.lstrip("\ufeff \t\r\n\0")
    if not text:
        raise Unusable("empty", "the document is empty")
    return text


def _unpacked(body: bytes, problems: Problems) -> bytes:
    """The body without its gzip, at most `MAX_BYTES`; of a torn one what is left."""
    for _ in range(_MOST_LAYERS):
        if body.startswith(_MAGIC):
            body = _layer(body, problems)
    if len(body) > MAX_BYTES:
        raise Unusable("too_large", f"it has more than {MAX_BYTES:,} bytes, the most that a feed or sitemap may have")
    return body


def _layer(body: bytes, problems: Problems) -> bytes:
    made, rest = bytearray(), body
    try:
        while rest.startswith(_MAGIC) and len(made) <= MAX_BYTES:
            stream = zlib.decompressobj(_GZIP)
            while not stream.eof and len(made) <= MAX_BYTES and (piece := stream.decompress(rest, _PIECE)):
                made += piece
                rest = stream.unconsumed_tail
            if not stream.eof:
                problems.note("its compressed data ended early")
                break
            rest = stream.unused_data
    except zlib.error as error:
        if not made:
            raise Unusable("compression", f"its compression is broken: {error}") from error
        problems.note(f"its compression is broken: {error}")
    return bytes(made)
