"""A document may end the process that reads it, and nothing else."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from wireroom import apart
from wireroom.errors import Unusable
from wireroom.formats.listing import MAX_BYTES
from wireroom.formats.reading import read_listing
from wireroom.ingest.reader import Reader

URL = "https://news.example/rss"
FEED = b"<rss><channel><title>T\n\n</title><item><link>/a</link></item></channel></rss>"
SLOW = b"<rss><channel><item>" + b"".join(b"<category>%d</category>" % n for n in range(60_000))
"""A feed that takes minutes, where others take milliseconds."""
LARGE = b"<rss><channel><item><title>" + b"x" * 40_000_000 + b"</title></item></channel></rss>"


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    reader = Reader(processes=1, seconds=120.0, memory=150_000_000)
    yield reader
    reader.close()


def children() -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if "wireroom.ingest.reader" in one.cmdline()]


def read(reader: Reader) -> None:
    assert reader.read(FEED, "text/xml", URL) == read_listing(FEED, "text/xml", URL)


def refused(reader: Reader, body: bytes) -> tuple[str, str]:
    with pytest.raises(Unusable) as raised:
        reader.read(body, "", URL)
    return raised.value.reason, str(raised.value)


def test_a_listing_is_what_reading_gives_from_one_process_for_many(reader: Reader) -> None:
    read(reader)
    (before,) = children()
    with ThreadPoolExecutor(8) as threads:
        assert (
            list(threads.map(lambda _: reader.read(FEED, "", URL).entries[0].url, range(40)))
            == ["https://news.example/a"] * 40
        )
    assert children() == [before]


def test_a_refusal_is_the_same(reader: Reader) -> None:
    assert refused(reader, b"hello") == (
        "not_a_source",
        "it is neither a feed nor a sitemap nor a page, but some other text",
    )
    assert refused(reader, b"x" * (MAX_BYTES + 1))[0] == "too_large"


def test_a_document_that_takes_too_long_is_ended_and_the_next_one_is_read() -> None:
    reader = Reader(processes=1, seconds=1.5)
    for _ in range(2):
        assert refused(reader, SLOW)[1] == "it cannot be read within the limits: reading took more than 1.5 s"
    read(reader)
    reader.close()


def test_a_document_that_takes_too_much_memory_is_ended_and_the_next_one_is_read(reader: Reader) -> None:
    assert refused(reader, LARGE) == ("unreadable", "it cannot be read within the limits: MemoryError")
    read(reader)


def test_a_process_that_died_idle_is_no_documents_fault(reader: Reader) -> None:
    read(reader)
    (child,) = children()
    child.kill()
    child.wait()
    read(reader)


def test_a_process_that_cannot_end_itself_is_ended(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    read(reader)
    (child,) = children()
    monkeypatch.setattr(apart, "GRACE", -119.5)
    os.kill(child.pid, signal.SIGSTOP)
    assert refused(reader, FEED) == ("unreadable", "it cannot be read within the limits: reading died of SIGKILL")


def test_no_password_of_ours_is_in_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WIREROOM_DATABASE_URL", "postgresql://wireroom:secret@db/wireroom")
    reader = Reader(processes=1)
    read(reader)
    environments = [one.environ() for one in children()]
    assert environments and not all("WIREROOM_DATABASE_URL" in one for one in environments)
    reader.close()
