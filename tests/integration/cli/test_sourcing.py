"""Sources as a person adds, looks at and changes them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from newsroom.desk import EPOCH, Desk
from wireroom.formats import opml
from wireroom.ledger import polls
from wireroom.ledger.poll_launch import PollLauncher
from wireroom.ledger.poll_terms import End, Tally

if TYPE_CHECKING:
    from integration.cli.conftest import CommandLine

FEED = "https://news.example/feed.xml"


def polled(desk: Desk, **fields: object) -> None:
    """All that is due was polled."""
    for flight in PollLauncher(10).launch(desk.db, EPOCH).flights:
        source = polls.to_poll(desk.db, flight.id)
        assert source is not None
        end = End("read", 0.1, source.url, 600.0, pace=600.0, kind="rss", title="Tide")
        if cause := fields.get("cause"):
            end = End("failed", 0.1, source.url, 600.0, cause=str(cause))
        polls.finish(desk.db, flight.id, source, end, Tally(known=3), (), desk.tickets)


def test_what_is_added_is_told_once_and_what_is_refused_with_its_reason(wireroom: CommandLine) -> None:
    ended = wireroom("sources", "add", FEED, FEED, "ftp://news.example/", "--name", "Harbour Wire")
    assert ended.code == 1
    assert ended.out == f"       1  {FEED}\n"
    assert "refused: ftp://news.example/: url: the URL must begin with http:// or https://, not ftp:" in ended.err
    assert "1 added, 1 refused" in ended.err
    again = wireroom("sources", "add", FEED)
    assert (again.code, again.err) == (0, "0 added, 1 known before\n")
    assert again.out == f"       1  {FEED}  known before, and as it was: `wireroom sources set 1` changes it\n"


def test_a_source_is_listed_and_shown_with_its_polls(wireroom: CommandLine, desk: Desk) -> None:
    wireroom("sources", "add", FEED, "--every", "10m", "--no-robots")
    polled(desk)
    (listed,) = wireroom("sources", "list", "--json").lines
    assert (listed["state"], listed["kind"], listed["fastest"], listed["slowest"], listed["robots"]) == (
        "polled", "rss", 600.0, 600.0, False,
    )  # fmt: skip
    shown = wireroom("sources", "show", "1")
    assert shown.out.startswith(f"source 1 · polled · rss · news.example · Tide · {FEED}\n")
    assert "robots.txt is not obeyed for it" in shown.out and "every 10m" in shown.out
    document = wireroom("sources", "show", "1", "--json").document
    assert [(one["status"], one["seen"], one["known"]) for one in document["polls"]] == [("read", 3, 3)]
    assert wireroom("sources", "list", "--state", "failing").err.startswith("no source is as asked")
    assert wireroom("sources", "list", "--state", "silent").code == 2
    assert wireroom("sources", "list", "--kind", "rss", "--source", "news.example").code == 0


def test_into_a_pipe_no_address_is_broken(wireroom: CommandLine, desk: Desk) -> None:
    del wireroom.env["COLUMNS"]
    long = f"https://news.example/{'path/' * 27}"
    wireroom("sources", "add", long, FEED)
    _, first, second = wireroom("sources", "list").out.splitlines()
    assert long in first and FEED in second and len(first) > 200


def test_why_a_source_fails_is_told(wireroom: CommandLine, desk: Desk) -> None:
    wireroom("sources", "add", FEED)
    polled(desk, cause="the server answered 503 (Service Unavailable)")
    assert "failed 1 times in a row: the server answered 503" in wireroom("sources", "show", "1").out
    assert "503" in wireroom("sources", "list", "--state", "failing").out


def test_who_waits_for_a_poll_that_fails_is_told_by_the_exit_code(wireroom: CommandLine, desk: Desk) -> None:
    wireroom("sources", "add", FEED)
    polled(desk, cause="the server answered 404 (Not Found)")
    ended = wireroom("sources", "add", FEED, "--wait")
    assert ended.code == 1 and "404" in ended.out
    wireroom("sources", "poll", "1")
    polled(desk)
    assert wireroom("sources", "add", FEED, "--wait").code == 0


def test_sources_are_paused_resumed_polled_changed_and_removed_by_their_ids(wireroom: CommandLine, desk: Desk) -> None:
    wireroom("sources", "add", FEED, "https://b.example/feed")
    ended = wireroom("sources", "pause", "1", "9", "--why", "too many")
    assert (ended.code, ended.out) == (1, "source 1 is paused\n")
    assert "unchanged: source 9: there is no such source" in ended.err
    assert "source 1: it is paused already" in wireroom("sources", "pause", "1").err
    assert "`wireroom sources resume` ends that" in wireroom("sources", "poll", "1").err
    assert "source 2: it is not paused" in wireroom("sources", "resume", "2").err
    assert "say what to change" in wireroom("sources", "set", "2").err
    assert "with its unit, as 90s" in wireroom("sources", "set", "2", "--slowest", "10").err
    shown = wireroom("sources", "show", "1").out
    assert "paused since" in shown and "cli:ada: too many" in shown
    assert wireroom("sources", "poll", "1").code == 1
    assert wireroom("sources", "resume", "1").out == "source 1 is polled again\n"
    assert wireroom("sources", "poll", "1", "2", "--json").lines == [
        {"id": 1, "changed": True},
        {"id": 2, "changed": True},
    ]
    assert wireroom("sources", "set", "2", "--slowest", "1h", "--lane", "backfill", "--name", "Tide").code == 0
    assert desk.db.execute("SELECT slowest, lane, source FROM sources WHERE id = 2").fetchone() == (
        3600.0, "backfill", "Tide",
    )  # fmt: skip
    assert wireroom("sources", "set", "2", "--slowest", "auto").code == 0
    assert desk.value("SELECT slowest FROM sources WHERE id = 2") is None
    assert wireroom("sources", "set", "2", "--fastest", "9d").code == 2
    assert wireroom("sources", "remove", "1").out == "source 1 is removed\n"
    assert [id_ for (id_,) in desk.db.execute("SELECT id FROM sources")] == [2]


LISTS = {
    "feeds.opml": '<opml version="2.0"><body><outline text="News"><outline text="Tide" xmlUrl="https://a.example/f"/>'
    '<outline text="x" xmlUrl="ftp://b.example/f"/></outline></body></opml>',
    "feeds.txt": "# mine\nhttps://a.example/f\n\nftp://b.example/f\n",
    "feeds.csv": "link;name;lane\nhttps://a.example/f;Tide;backfill\nftp://b.example/f;Tide;live\n",
    "feeds.jsonl": '{"url": "https://a.example/f", "source": "Tide", "slowest": 600}\n{"url": "ftp://b.example/f"}\n',
}


@pytest.mark.parametrize("name", LISTS)
def test_lists_of_all_kinds_are_imported_and_what_cannot_be_taken_is_told_with_its_place(
    wireroom: CommandLine, desk: Desk, tmp_path: Path, name: str
) -> None:
    file = tmp_path / name
    file.write_text(LISTS[name])
    ended = wireroom("sources", "import", str(file))
    assert ended.code == 1 and "1 added, 1 refused" in ended.err
    assert [url for (url,) in desk.db.execute("SELECT url FROM sources")] == ["https://a.example/f"]
    place = "the list" if name.endswith("opml") else {"txt": "line 4", "csv": "line 3"}.get(name[6:], "line 2")
    assert f"refused: {place}: " in ended.err


_GIVE = "the list: give OPML, a URL a line, or a table with a column url"
NO_LISTS = {
    "empty.opml": ('<opml version="2.0"><body><outline text="A"/></body></opml>', "the list: this OPML names no feed"),
    "names.csv": (
        "name,home\nTide,https://a.example/\n",
        "line 1: url: a table needs a column named url, link, xmlurl",
    ),
    "array.json": ('[{"url": "https://a.example/f"}]', _GIVE),
    "pretty.json": ('{\n  "url": "https://a.example/f"\n}', _GIVE),
    "feeds.xls": ("\0\1\2", _GIVE),
    "type.jsonl": (
        '{"url": "https://a.example/f", "slowest": "1h"}',
        "line 1: slowest: slowest must be a number of seconds",
    ),
    "type.csv": (
        "url,slowest\nhttps://a.example/,1h\n",
        "line 2: slowest: slowest must be a number of seconds, as 3600",
    ),
    "lane.csv": ("url,lane\nhttps://a.example/,fast\n", "line 2: lane: lane must be live or backfill"),
    "lane.jsonl": ('{"url": "https://a.example/f", "lane": "fast"}', "line 1: lane: lane must be live or backfill"),
    "none.jsonl": ('{"source": "Tide"}', "line 1: url: url must be given"),
}


@pytest.mark.parametrize("name", NO_LISTS)
def test_a_file_of_another_kind_is_refused_once_with_what_to_give(
    wireroom: CommandLine, tmp_path: Path, name: str
) -> None:
    content, why = NO_LISTS[name]
    (tmp_path / name).write_text(content)
    ended = wireroom("sources", "import", str(tmp_path / name))
    assert ended.code == 1 and "0 added, 1 refused" in ended.err
    assert f"refused: {why}" in ended.err


def test_a_table_says_all_that_a_line_of_json_can(wireroom: CommandLine, desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "feeds.csv"
    file.write_text("# mine\nName,Feed,slowest,robots,colour\nTide,https://a.example/f,600,false,red\n")
    assert wireroom("sources", "import", str(file)).code == 0
    row = desk.db.execute("SELECT url, source, slowest, robots FROM sources").fetchone()
    assert row == ("https://a.example/f", "Tide", 600.0, False)


def test_options_go_before_what_a_list_says(wireroom: CommandLine, desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "feeds.jsonl"
    file.write_text('{"url": "https://a.example/f", "source": "Tide"}\n{"url": "https://b.example/f", "lan": "x"}\n')
    ended = wireroom("sources", "import", str(file), "--name", "Harbour Wire", "--lane", "backfill")
    assert desk.db.execute("SELECT source, lane FROM sources").fetchall() == [("Harbour Wire", "backfill")]
    assert "refused: line 2: lan: unknown field lan; known are: url, source" in ended.err


def test_what_is_exported_can_be_imported_again(wireroom: CommandLine, desk: Desk) -> None:
    wireroom("sources", "add", FEED, "--name", "Harbour Wire", "--every", "10m")
    exported = wireroom("sources", "export")
    found, _ = opml.read(exported.out.encode())
    assert [(one.url, one.categories) for one in found] == [(FEED, ["Harbour Wire"])]
    lines = wireroom("sources", "export", "--lines").out
    desk.db.execute("DELETE FROM sources")
    assert wireroom("sources", "import", "-", stdin=lines).code == 0
    assert desk.db.execute("SELECT url, source, slowest FROM sources").fetchall() == [(FEED, "Harbour Wire", 600.0)]


def test_a_list_with_nothing_in_it_is_told(wireroom: CommandLine) -> None:
    ended = wireroom("sources", "import", "-", stdin="\n")
    assert (ended.code, ended.err) == (1, "error: there is nothing in -: give OPML, or a URL a line\n")
    assert wireroom("sources", "import", "missing.opml").err.startswith("error: missing.opml cannot be read: No such")
