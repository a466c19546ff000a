"""Articles through the whole line: real processes, real queues, real records."""

from __future__ import annotations

from collections import Counter

from newsroom.line import Line
from wireroom.logs import Event


def test_one_text_article_is_stored_with_its_record(line: Line) -> None:
    (job,) = line.texts(1, source="Harbour Wire")
    line.drain()
    assert line.outcomes()[job] == "stored"
    row = line.db.execute(
        "SELECT title, language, published_at::text, enrichments->'dateline_place'->>'name',"
        " parsed->'authors'->0->>'name' FROM versions WHERE job_id = %s",
        [job],
    )
    assert row.fetchone() == (
        "Ferry number 0 reaches Lagos on its first voyage", "en", "2025-05-02 09:15:00+00", "Lagos", "Ada Okoro",
    )  # fmt: skip
    line.check()


def test_an_idle_line_flies_one_and_a_busy_one_flies_many(line: Line) -> None:
    jobs = line.texts(400)
    line.drain()
    assert Counter(line.outcomes()[job] for job in jobs) == {"stored": 400}
    sizes = [event["articles"] for event in line.log() if event["event"] == "flight_launched"]
    assert (min(sizes), max(sizes)) == (1, 32)
    line.check()


def test_a_changed_article_becomes_a_version(line: Line) -> None:
    first = line.texts(1, url="https://news.example/changing")
    line.drain()
    second = line.texts(1, url="https://news.example/changing")
    line.drain()
    assert [line.outcomes()[job] for job in first + second] == ["stored", "updated"]
    row = line.db.execute("SELECT article_id, number, why FROM versions WHERE job_id = %s", second)
    article, number, why = row.fetchone() or (None, None, None)
    assert (number, why) == (2, "publisher")
    assert line.db.execute("SELECT current FROM articles WHERE id = %s", [article]).fetchone() == (2,)
    line.check()


def test_the_log_joins_by_job_flight_stage_and_source(line: Line) -> None:
    (job,) = line.texts(1, source="Harbour Wire")
    line.drain()
    events = line.log()
    assert {event["event"] for event in events} <= set(Event)
    (stored,) = [event for event in events if event.get("job") == job]
    assert (stored["event"], stored["source"], stored["stage"]) == ("article_stored", "Harbour Wire", "store")
    flight = [(one["event"], one["stage"]) for one in events if one.get("flight") == stored["flight"]]
    assert sorted(flight) == sorted(
        [("flight_launched", "parse"), ("article_stored", "store")]
        + [("flight_started", stage) for stage in ("parse", "enrich", "store")]
        + [("flight_passed", stage) for stage in ("parse", "enrich")]
    )
    line.check()
