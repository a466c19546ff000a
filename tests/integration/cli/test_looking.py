"""Jobs, timelines, quarantine and records as the command line shows them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newsroom.desk import Desk, offer
from wireroom.contracts import FetchedPage
from wireroom.enrich.stage import enrich, load_enrichers
from wireroom.errors import Busy, Transient
from wireroom.ledger import captures, hosts
from wireroom.ledger.offer import Refused
from wireroom.ledger.refusals import Item, keep
from wireroom.parse.stage import parse
from wireroom.store.stage import store
from wireroom.topology import Enriched

if TYPE_CHECKING:
    from integration.cli.conftest import CommandLine

PAGES = Path(__file__).parents[2] / "pages"
FERRY = PAGES / "text/nairobi-ferry-timetable.txt"


def stored(desk: Desk, text: str, **fields: str) -> int:
    """A job whose article is stored, and so is its twin's."""
    job = desk.job(text=text, **fields)
    desk.flight(stage="store")
    article = enrich(parse(FetchedPage(body=text.encode())), load_enrichers())
    assert store(desk.db, [Enriched(job_id=job, run=1, article=article, stages={"parse": 0.0125})]).failed == []
    return job


def quarantined(desk: Desk, cause: str = "the sky fell", **fields: str) -> int:
    return desk.quarantined(Transient(cause), **fields)


def test_jobs_are_listed_newest_first_by_state_and_source(wireroom: CommandLine, desk: Desk) -> None:
    one = quarantined(desk, source="Harbour Wire")
    two, three, four = desk.job(source="Tide"), desk.job(source="Harbour Wire"), desk.job(source="Tide")
    assert [line["job_id"] for line in wireroom("jobs", "--json").lines] == [four, three, two, one]
    assert [line["job_id"] for line in wireroom("jobs", "--json", "--limit", "2").lines] == [four, three]
    assert [line["job_id"] for line in wireroom("jobs", "--json", "--source", "Tide").lines] == [four, two]
    assert [line["job_id"] for line in wireroom("jobs", "--json", "--state", "quarantined").lines] == [one]
    table = wireroom("jobs", "--state", "quarantined").out.splitlines()
    assert table[1].split()[0] == str(one)
    assert table[1].rstrip().endswith("quarantined           Harbour Wire  the sky fell")


def test_refusals_of_the_intake_list_are_shown_newest_first(wireroom: CommandLine, desk: Desk) -> None:
    given = [
        (Item(9, '{"txt": 1', "crawler", "k1"), Refused("txt", "unknown_field", "unknown field txt")),
        (Item(2_000_000, "<html>\x1b[31m"), Refused("", "malformed", "the JSON is malformed")),
    ]
    keep(desk.db, given)
    found = wireroom("refusals", "--json").lines
    assert [(one["reason"], one["bytes"], one["producer"]) for one in found] == [
        ("malformed", 2_000_000, None), ("unknown_field", 9, "crawler"),
    ]  # fmt: skip
    shown = wireroom("refusals").out
    assert "crawler" in shown and "txt: unknown field txt" in shown and "2,000,000" in shown and "\x1b" not in shown
    assert len(wireroom("refusals", "--json", "--limit", "1").lines) == 1


def test_a_state_of_two_words_may_be_written_with_a_dash(wireroom: CommandLine, desk: Desk) -> None:
    job = desk.job()
    desk.launch()
    assert [line["job_id"] for line in wireroom("jobs", "--json", "--state", "in-flight").lines] == [job]


def test_a_jobs_timeline_tells_every_try_and_its_end(wireroom: CommandLine, desk: Desk) -> None:
    job = quarantined(desk)
    whats = ["accepted", "parse failed (transient)", "quarantined (transient)"]
    document = wireroom("job", str(job), "--json").document
    assert (document["job_id"], document["state"]) == (job, "quarantined")
    assert [step["what"] for step in document["timeline"]] == whats
    text = wireroom("job", str(job)).out
    assert text.startswith(f"job {job} · quarantined · unknown\n")
    assert all(what in text for what in whats)
    assert "the sky fell" in text


def test_a_job_that_waits_for_another_host_tells_which_and_why(wireroom: CommandLine, desk: Desk) -> None:
    job, busy = desk.job(url="https://a.example/1"), Busy("it answered 429 (Too Many Requests)")
    hosts.cool(desk.db, {"b.example": busy}, 60.0)
    assert captures.move(desk.db, desk.flight("fetch"), job, "https://b.example/2", ["https://a.example/1"], 1.0)
    desk.launch("fetch")
    (step,) = wireroom("job", str(job), "--json").document["timeline"][1:]
    assert step["what"] == "waits for its host"
    assert step["details"] == f"b.example may be asked from then on; {busy}; the page moved to https://b.example/2"


def test_a_stored_jobs_timeline_has_the_seconds_of_each_stage(wireroom: CommandLine, desk: Desk) -> None:
    job = stored(desk, FERRY.read_text("utf-8"))
    last = wireroom("job", str(job), "--json").document["timeline"][-1]
    assert (last["what"], last["details"]) == ("stored", "article 1, version 1 (parse 12.5 ms)")


def test_an_article_is_shown_readably_and_whole_as_json(wireroom: CommandLine, desk: Desk) -> None:
    stored(desk, FERRY.read_text("utf-8"), source="Kenya News Desk")
    gold = json.loads(FERRY.with_suffix(".gold.json").read_text("utf-8"))
    shown = wireroom("article", "1").out
    assert shown.startswith("article 1, version 1 · Kenya News Desk ───")
    assert gold["title"] in shown
    document = wireroom("article", "1", "--json").document
    assert document["title"] == gold["title"]
    assert [" ".join(block["text"].split()) for block in document["blocks"]] == gold["paragraphs"]
    assert document["version"]["number"] == 1
    assert len(document["versions"]) == 1


def test_an_earlier_version_can_be_asked_for(wireroom: CommandLine, desk: Desk) -> None:
    text = FERRY.read_text("utf-8")
    stored(desk, text, source="S", external_id="7")
    stored(desk, text.replace("one ticket", "two tickets"), source="S", external_id="7")
    assert wireroom("article", "1", "--json").document["version"]["number"] == 2
    first = wireroom("article", "1", "--version", "1")
    assert first.out.startswith("article 1, version 1 (current is 2) · S ───")
    assert "use one ticket" in first.out


def test_an_article_is_shown_with_the_places_where_it_was_seen(wireroom: CommandLine, desk: Desk) -> None:
    text = FERRY.read_text("utf-8")
    job = desk.job(text=text, url="https://news.example/ferry", source="Kenya News Desk")
    desk.accept(offer(text=text, url="https://m.news.example/ferry/", source="Sea", producer="crawler"))
    desk.flight(stage="store")
    article = enrich(parse(FetchedPage(body=text.encode())), load_enrichers())
    store(desk.db, [Enriched(job_id=job, run=1, article=article, stages={})])
    shown = wireroom("article", "1").out
    assert "seen 2 times, the newest first" in shown
    assert [line.split()[-1] for line in shown.splitlines()[-2:]] == [
        "https://m.news.example/ferry/", "https://news.example/ferry",
    ]  # fmt: skip
    seen = wireroom("article", "1", "--json").document["seen"]
    assert [one["producer"] for one in seen["newest"]] == ["crawler", "test"]


def test_what_changed_between_two_versions_is_shown(wireroom: CommandLine, desk: Desk) -> None:
    text = FERRY.read_text("utf-8")
    stored(desk, text, source="S", external_id="7")
    stored(desk, text.replace("one ticket", "two tickets"), source="S", external_id="7")
    lines = wireroom("diff", "1").out.splitlines()
    assert lines[0].startswith("article 1, version 1 to 2 · S ───")
    assert lines[1].startswith("version 2: changed by the publisher, page of 20")
    (old,), (new,) = ([line for line in lines if line.startswith(mark)] for mark in "-+")
    assert ("one ticket" in old, "two tickets" in new) == (True, True)
    assert any(line.endswith("as before") for line in lines)
    document = wireroom("diff", "1", "--from", "2", "--to", "1", "--json").document
    assert [one["number"] for one in (document["from"], document["to"])] == [2, 1]


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (("job", "7"), "error: there is no job 7; see `wireroom jobs`\n"),
        (("diff", "7"), "error: there is no article 7\n"),
        (("article", "7"), "error: there is no article 7; `wireroom jobs` shows what was stored\n"),
        (
            ("article", "7", "--version", "2", "--json"),
            "error: there is no version 2 of article 7; `wireroom jobs` shows what was stored\n",
        ),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(wireroom: CommandLine, command: tuple[str, ...], told: str) -> None:
    assert wireroom(*command) == (1, "", told)


def test_what_publishers_write_is_never_read_as_markup(wireroom: CommandLine, desk: Desk) -> None:
    job = quarantined(desk, cause="[red]\x1b[2Jfell[/]", source="[bold]x[/nonsense]")
    for command in (("jobs",), ("job", str(job)), ("quarantine",), ("quarantine", "--by-job")):
        shown = wireroom(*command).out
        assert "[bold]x[/nonsense]" in shown
        assert "\x1b" not in shown
