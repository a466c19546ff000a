"""Decoding a body within its limit."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator

import pytest

from wireroom.errors import Transient, Unusable
from wireroom.ingest import body
from wireroom.ingest.body import Inflater

TEXT = b"The tide comes in. " * 50


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def read(data: bytes, encoding: str, *, step: int = 7, limit: int = 10_000) -> bytes:
    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(data), step):
            yield data[start : start + step]

    return asyncio.run(body.read(chunks(), encoding, limit))


@pytest.mark.parametrize("step", [1, 2, 7, 10_000])
@pytest.mark.parametrize(
    ("encoding", "data"),
    [
        ("", TEXT),
        ("identity", TEXT),
        ("utf-8", TEXT),
        ("gzip", gzip.compress(TEXT, mtime=0)),
        ("X-GZIP", gzip.compress(TEXT, mtime=0)),
        ("gzip", gzip.compress(TEXT[:9], mtime=0) + gzip.compress(TEXT[9:], mtime=0)),
        ("gzip", gzip.compress(TEXT, mtime=0) + bytes(64)),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate(TEXT)),
    ],
    ids=["none", "identity", "no encoding", "gzip", "x-gzip", "two members", "padded", "deflate", "raw deflate"],
)
def test_a_body_is_the_same_however_it_arrives(encoding: str, data: bytes, step: int) -> None:
    assert read(data, encoding, step=step) == TEXT


def test_a_body_may_be_empty_in_any_encoding() -> None:
    assert read(b"", "gzip") == read(b"", "deflate") == read(b"", "") == b""


@pytest.mark.parametrize(("encoding", "data"), [("", TEXT), ("gzip", gzip.compress(TEXT, mtime=0))])
def test_the_limit_is_of_the_decoded_body(encoding: str, data: bytes) -> None:
    assert read(data, encoding, limit=len(TEXT)) == TEXT
    with pytest.raises(Unusable, match="more than 949 bytes") as raised:
        read(data, encoding, limit=len(TEXT) - 1)
    assert raised.value.reason == "too_large"


def test_what_is_sent_is_bounded_even_if_it_decodes_to_nothing() -> None:
    with pytest.raises(Unusable, match="more than 1,000 bytes"):
        read(gzip.compress(b"") * 100, "gzip", limit=1000)


def test_inflating_makes_one_byte_too_many_at_most() -> None:
    bomb = gzip.compress(bytes(5_000_000))
    assert len(Inflater(31).feed(bomb, 100)) == 101


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "gzip, br", "compress"])
def test_an_encoding_that_was_not_asked_for_is_unusable(encoding: str) -> None:
    with pytest.raises(Unusable, match="not asked for") as raised:
        read(TEXT, encoding)
    assert raised.value.reason == "encoding"


def test_broken_compression_has_to_wait() -> None:
    with pytest.raises(Transient, match="compression is broken"):
        read(TEXT, "gzip")


@pytest.mark.parametrize("data", [gzip.compress(TEXT, mtime=0)[:-1], gzip.compress(TEXT, mtime=0)[:12], b"\x1f"])
def test_compression_that_ends_early_has_to_wait(data: bytes) -> None:
    with pytest.raises(Transient, match="ended early"):
        read(data, "gzip")
