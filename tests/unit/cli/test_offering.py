"""Labels, keys, and chunks that a transaction can take."""

from __future__ import annotations

from typing import Any

from wireroom.cli.given import Given, Unreadable
from wireroom.cli.offering import CHUNK_BYTES, Label, Offered, chunks
from wireroom.contracts import ArticleJob
from wireroom.ledger.accept import CHUNK
from wireroom.ledger.offer import Offer

LABEL = Label("cli:ada")


def offered(label: Label = LABEL, name: str = "", **job: Any) -> Offered:
    made = label.offer(Given("line 1", ArticleJob(**job), name), 100_000_000)
    assert isinstance(made, Offered)
    return made


def key(label: Label = LABEL, name: str = "", **job: Any) -> str:
    found = offered(label, name, **job).offer.job.key
    assert found is not None
    return found


def test_a_key_is_the_same_for_the_same_and_another_for_anything_else() -> None:
    assert key(text="A", name="a.txt") == key(text="A", name="a.txt")
    keys = [
        key(text="A"), key(text="B"), key(html="A"), key(text="A", name="a.txt"), key(text="A", name="b.txt"),
        key(text="A", source="S"), key(Label("cli:ada", source="T"), text="A"), key(text="A", lane="backfill"),
        key(text="A", meta={"n": 1}), key(Label("cli:ada", key_prefix="may-"), text="A"), key(url="http://n.example/"),
    ]  # fmt: skip
    assert len(set(keys)) == len(keys)


def test_a_key_of_the_producers_own_is_kept() -> None:
    assert key(Label("cli:ada", key_prefix="may-"), text="A", key="7") == "7"


def test_a_prefix_too_long_for_a_key_is_refused() -> None:
    refused = Label("cli:ada", key_prefix="k" * 500).offer(Given("a.txt", ArticleJob(text="A")), 100)
    assert isinstance(refused, Unreadable)
    assert (refused.where, refused.field) == ("a.txt", "key")


def test_an_article_is_called_by_its_address_or_where_it_stood() -> None:
    assert offered(url="https://news.example/a").what == "https://news.example/a"
    assert offered(text="A").what == "line 1"


def test_chunks_keep_the_order_and_are_never_too_many() -> None:
    offers = [offered(text=f"Article {n}") for n in range(CHUNK + 1)]
    made = list(chunks(offers))
    assert [len(chunk) for chunk in made] == [CHUNK, 1]
    assert [one for chunk in made for one in chunk] == offers


def sized(size: int) -> Offered:
    job = ArticleJob(text="A")
    return Offered("", "", Offer(job, "P", "S", b"", b"", "{}", "process", body=bytes(size)))


def test_chunks_are_never_too_large_unless_one_article_is() -> None:
    sizes = [CHUNK_BYTES // 2, CHUNK_BYTES // 2, 1, CHUNK_BYTES + 1, 1]
    made = [[len(one.offer.body) for one in chunk] for chunk in chunks(map(sized, sizes))]
    assert made == [sizes[:2], sizes[2:3], sizes[3:4], sizes[4:]]


def test_no_offers_make_no_chunk() -> None:
    assert list(chunks([])) == []
