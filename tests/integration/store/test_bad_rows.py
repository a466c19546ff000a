"""Data that Postgres cannot keep: cleaned where that loses nothing, else only the culprit fails."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from newsroom.storing import Newsdesk, enriched
from wireroom.contracts import Enrichments, Entity, Keyword, Language, Mention, Place
from wireroom.records import article as record
from wireroom.store.stage import store

HUGE = Place(name="Nowhere", country="XX", lat=0.0, lon=0.0, geonameid=10**5000)


def alone_fails(desk: Newsdesk, source: str = "News", **fields: Any) -> Exception:
    """Store a bad article between two good ones: only it fails. Its error; its job is still on the line."""
    jobs = [desk.captured(source=name) for name in ("News", source, "News")]
    stored = desk.store(
        enriched(jobs[0], "One."), enriched(jobs[1], **{"text": "Two."} | fields), enriched(jobs[2], "Three.")
    )
    assert [(end.job_id, end.outcome) for end in stored.ends] == [(jobs[0], "stored"), (jobs[2], "stored")]
    (failed,) = stored.failed
    assert failed.job_id == jobs[1]
    assert desk.value("SELECT array_agg(job_id) FROM line") == [jobs[1]]
    assert desk.value("SELECT count(*) FROM articles") == desk.value("SELECT count(*) FROM identities") == 2
    return failed.error


def spoil(desk: Newsdesk, table: str) -> None:
    """Postgres itself refuses a row of the table, once it has been sent."""
    desk.db.execute(
        f"""
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF to_jsonb(NEW)::text LIKE '%BAD%' THEN RAISE numeric_value_out_of_range; END IF;
            RETURN NEW;
        END $$;
        CREATE TRIGGER spoil BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION refuse();
        """.encode()
    )


def test_a_nul_is_replaced_and_everything_else_is_kept(desk: Newsdesk) -> None:
    text = "A nul \0\0 and a backslash \\\0 and what looks like one \\u0000."
    mention = Enrichments(keywords=[Keyword(text="nul \0", score=1.0)])
    end = desk.end(enriched(desk.captured(), text, title="Nul \0", enrichments=mention))
    found = record(desk.db, end.article)
    assert found is not None
    assert found.parsed.text == text.replace("\0", "\ufffd")
    assert (found.parsed.title, found.enrichments.keywords[0].text) == ("Nul \ufffd", "nul \ufffd")
    assert desk.value("SELECT title FROM versions") == "Nul \ufffd"


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"text": "Half a pair \ud800."}, id="a lone surrogate in the text"),
        pytest.param({"title": "\udfff"}, id="a lone surrogate in the title"),
        pytest.param(
            {"enrichments": Enrichments(language=Language(code="e\0n", confidence=1.0, origin="detected"))},
            id="a NUL in a column",
        ),
        pytest.param({"stages": {"par\0se": 0.1}}, id="a NUL in JSON"),
        pytest.param({"enrichments": Enrichments(dateline_place=HUGE)}, id="a number without end"),
    ],
)
def test_only_what_cannot_be_kept_fails(desk: Newsdesk, fields: dict[str, Any]) -> None:
    assert isinstance(alone_fails(desk, **fields), (psycopg.DataError, ValueError))


@pytest.mark.parametrize("table", ["articles", "versions", "outcomes"])
def test_only_what_postgres_refuses_fails_at_whatever_table(desk: Newsdesk, table: str) -> None:
    spoil(desk, table)
    error = alone_fails(desk, source="BAD", title="BAD", stages={"BAD": 0.1})
    assert isinstance(error, psycopg.errors.NumericValueOutOfRange)


def test_a_page_that_is_no_longer_kept_fails_alone_and_says_so(desk: Newsdesk) -> None:
    gone, mate = desk.captured(), desk.captured()
    desk.flight(stage="store")
    desk.db.execute("DELETE FROM captures WHERE job_id = %s", [gone])
    stored = store(desk.db, [enriched(gone, "One."), enriched(mate, "Two.")])
    assert [end.job_id for end in stored.ends] == [mate]
    assert [(one.job_id, str(one.error)) for one in stored.failed] == [
        (gone, "the page that the article was parsed from is no longer kept")
    ]


def test_mates_of_a_bad_article_are_applied_in_the_order_of_capture(desk: Newsdesk) -> None:
    url = "https://news.example/pier"
    late = desk.captured(url, at="2025-05-02T12:00:00+00:00")
    bad = desk.captured()
    early = desk.captured(url, at="2025-05-02T08:00:00+00:00")
    stored = desk.store(enriched(late, "Open."), enriched(bad, "\ud800"), enriched(early, "Soon."))
    assert [(end.job_id, end.outcome, end.version) for end in stored.ends] == [
        (early, "stored", 1), (late, "updated", 2),
    ]  # fmt: skip


def test_a_failed_article_leaves_its_flight_and_can_be_stored_later(desk: Newsdesk) -> None:
    job = desk.captured()
    flight = desk.flight(stage="store")
    (failed,) = store(desk.db, [enriched(job, "\ud800")]).failed
    (verdict,) = desk.fail(flight, job, failed.error, "store")
    assert (verdict.kind, verdict.retry_in is not None) == ("surprise", True)
    assert verdict.cause.startswith("UnicodeEncodeError: ")
    desk.hurry()
    assert desk.end(enriched(job, "Whole.")).outcome == "stored"


def test_very_many_mentions_are_kept(desk: Newsdesk) -> None:
    mentions = [Mention(surface="pier", start=n, end=n + 4) for n in range(20_000)]
    entity = Entity(name="The pier", kind="other", mentions=mentions)
    end = desk.end(enriched(desk.captured(), enrichments=Enrichments(entities=[entity])))
    found = record(desk.db, end.article)
    assert found is not None and len(found.enrichments.entities[0].mentions) == 20_000


@pytest.mark.parametrize("table", ["articles", "identities", "versions", "outcomes"])
def test_a_full_disk_is_nobodys_fault_at_whatever_table(desk: Newsdesk, table: str) -> None:
    jobs = [desk.captured() for _ in range(3)]
    articles = [enriched(job, f"Pier {job} is open.") for job in jobs]
    desk.flight(stage="store")
    desk.refuse(table, psycopg.errors.DiskFull)
    with pytest.raises(psycopg.errors.DiskFull):
        store(desk.db, articles)
    desk.accept_again(table)
    assert [end.outcome for end in store(desk.db, articles).ends] == ["stored"] * 3


def test_a_database_that_is_away_is_nobodys_fault(desk: Newsdesk) -> None:
    job = desk.captured()
    desk.flight(stage="store")
    desk.db.execute("SET lock_timeout = '50ms'")
    with psycopg.connect(desk.url) as other:
        other.execute("SELECT FROM line FOR UPDATE")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            store(desk.db, [enriched(job)])
    assert [end.outcome for end in store(desk.db, [enriched(job)]).ends] == ["stored"]
