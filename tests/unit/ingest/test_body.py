"""Decoding a body within its limit."""

from __future__ import annotations

import asyncio
import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator

import brotli
import pytest
import zstandard

from wireroom.errors import Transient, Unusable
from wireroom.ingest import body
from wireroom.ingest.body import Brotli, Decoder, Inflater, Zstandard

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
        ("br", brotli.compress(TEXT)),
        ("zstd", zstandard.compress(TEXT)),
        ("zstd", zstandard.compress(TEXT[:9]) + zstandard.compress(TEXT[9:])),
    ],
    ids=[
        "none",
        "identity",
        "no encoding",
        "gzip",
        "x-gzip",
        "two members",
        "padded",
        "deflate",
        "raw deflate",
        "brotli",
        "zstd",
        "two frames",
    ],
)
def test_a_body_is_the_same_however_it_arrives(encoding: str, data: bytes, step: int) -> None:
    assert read(data, encoding, step=step) == TEXT


def test_a_body_may_be_empty_in_any_encoding() -> None:
    assert {read(b"", encoding) for encoding in ("gzip", "deflate", "br", "zstd", "")} == {b""}


PACKED = [("gzip", gzip.compress(TEXT, mtime=0)), ("br", brotli.compress(TEXT)), ("zstd", zstandard.compress(TEXT))]


@pytest.mark.parametrize(("encoding", "data"), [("", TEXT), *PACKED])
def test_the_limit_is_of_the_decoded_body(encoding: str, data: bytes) -> None:
    assert read(data, encoding, limit=len(TEXT)) == TEXT
    with pytest.raises(Unusable, match="more than 949 bytes") as raised:
        read(data, encoding, limit=len(TEXT) - 1)
    assert raised.value.reason == "too_large"


def test_what_is_sent_is_bounded_even_if_it_decodes_to_nothing() -> None:
    with pytest.raises(Unusable, match="more than 1,000 bytes"):
        read(gzip.compress(b"") * 100, "gzip", limit=1000)


@pytest.mark.parametrize(
    ("decoder", "bomb"),
    [
        (Inflater(31), gzip.compress(bytes(5_000_000))),
        (Brotli(), brotli.compress(bytes(5_000_000), quality=5)),
        (Zstandard(), zstandard.compress(bytes(5_000_000))),
    ],
    ids=["gzip", "br", "zstd"],
)
def test_unpacking_gives_one_byte_too_many_at_most(decoder: Decoder, bomb: bytes) -> None:
    assert len(decoder.feed(bomb, 100)) == 101


@pytest.mark.parametrize(
    ("decoder", "bomb"),
    [(Brotli(), brotli.compress(bytes(100_000_000), quality=1)), (Zstandard(), zstandard.compress(bytes(100_000_000)))],
    ids=["br", "zstd"],
)
def test_a_bomb_is_never_unpacked_as_a_whole(decoder: Decoder, bomb: bytes) -> None:
    tracemalloc.start()
    decoder.feed(bomb, 100)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 20_000_000


def test_a_zstd_window_is_bounded() -> None:
    parameters = zstandard.ZstdCompressionParameters(window_log=27, enable_ldm=True)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    with pytest.raises(Transient, match="too much memory"):
        read(packer.compress(TEXT) + packer.flush(), "zstd")


def test_the_head_of_a_body_is_read_and_no_more() -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield TEXT
        raise AssertionError("enough was read")

    assert asyncio.run(body.read_head(chunks(), "", 10)) == TEXT[:10]
    assert asyncio.run(body.read_head(_one(gzip.compress(TEXT)), "gzip", 10)) == TEXT[:10]


async def _one(data: bytes) -> AsyncIterator[bytes]:
    yield data


@pytest.mark.parametrize("encoding", ["gzip, gzip", "gzip, br", "compress"])
def test_an_encoding_that_was_not_asked_for_is_unusable(encoding: str) -> None:
    with pytest.raises(Unusable, match="not asked for") as raised:
        read(TEXT, encoding)
    assert raised.value.reason == "encoding"


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br", "zstd"])
def test_broken_compression_has_to_wait(encoding: str) -> None:
    with pytest.raises(Transient, match="compression is broken"):
        read(TEXT, encoding)


@pytest.mark.parametrize("kept", [slice(-1), slice(12), slice(1)], ids=["all but one byte", "12 bytes", "one byte"])
@pytest.mark.parametrize(("encoding", "data"), PACKED)
def test_compression_that_ends_early_has_to_wait(encoding: str, data: bytes, kept: slice) -> None:
    with pytest.raises(Transient, match="ended early"):
        read(data[kept], encoding)
