"""Pauses as a person makes and ends them."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from newsroom.desk import Desk
from wireroom.embedded import EmbeddedValkey
from wireroom.topology import WAKE_CHANNEL

if TYPE_CHECKING:
    from integration.cli.conftest import CommandLine


def test_a_source_is_held_with_the_reason_until_it_is_resumed(wireroom: CommandLine, desk: Desk) -> None:
    job = desk.job(source="Tide")
    ended = wireroom("pause", "source", "Tide", "--why", "their pages are broken")
    assert ended == (0, "source Tide is paused; flights under way finish\n", "")
    assert desk.launch() == []
    shown = wireroom("job", str(job)).out
    assert shown.startswith(f"job {job} · paused · Tide\n")
    assert "held by the pause of source Tide  cli:ada: their pages are broken" in shown
    assert [line["job_id"] for line in wireroom("jobs", "--state", "paused", "--json").lines] == [job]
    assert wireroom("resume", "source", "Tide") == (0, "source Tide goes on\n", "")
    assert wireroom("jobs", "--state", "paused", "--json").lines == []


def test_pausing_twice_is_harmless_and_tells_who_was_first(wireroom: CommandLine, desk: Desk) -> None:
    wireroom("pause", "lane", "backfill", "--why", "the disk is full")
    again = wireroom("pause", "lane", "backfill", "--why", "I say so")
    assert again.code == 0
    assert again.out.startswith("lane backfill is paused already, since 20")
    assert again.out.endswith("Z by cli:ada: the disk is full\n")
    (listed,) = wireroom("pauses", "--json").lines
    assert (listed["what"], listed["name"], listed["who"], listed["why"]) == (
        "lane", "backfill", "cli:ada", "the disk is full",
    )  # fmt: skip
    assert "lane backfill  20" in wireroom("pauses").out


@pytest.mark.parametrize("target", [("line",), ("leg", "fetch"), ("lane", "live"), ("host", "h.example")])
def test_resuming_what_is_not_paused_is_told(wireroom: CommandLine, target: tuple[str, ...]) -> None:
    told = f"not resumed: {' '.join(target)} is not paused"
    assert wireroom("resume", *target) == (1, "", f"{told}\n")
    wireroom("pause", "leg", "process")
    assert wireroom("resume", *target) == (1, "", f"{told}; others still are, see wireroom pauses\n")


def test_json_tells_whether_anything_changed(wireroom: CommandLine) -> None:
    assert wireroom("pause", "line", "--json").document == {"what": "line", "name": "", "paused": True, "changed": True}
    assert wireroom("pause", "line", "--json").document["changed"] is False
    assert wireroom("resume", "line", "--json").document == {
        "what": "line", "name": "", "paused": False, "changed": True,
    }  # fmt: skip
    again = wireroom("resume", "line", "--json")
    assert (again.code, again.document["changed"]) == (1, False)


def test_a_name_that_nobody_has_heard_of_is_paused_and_said_aloud(wireroom: CommandLine, desk: Desk) -> None:
    ended = wireroom("pause", "source", "Tidd")
    assert ended.code == 0
    assert ended.err == "note: none of the newest 20,000 jobs is of source Tidd; what comes will be held\n"
    ended = wireroom("pause", "host", "H.Example")
    assert ended.out == "host h.example is paused; a request under way finishes\n"
    assert ended.err == "note: no page was asked for yet from host h.example; what comes will be held\n"
    job = desk.job(source="Tidd", url="https://h.example/1")
    assert desk.launch("fetch") == []
    assert wireroom("jobs", "--json").lines[0]["state"] == "paused"
    assert wireroom("cancel", str(job)).code == 0


def test_a_reason_that_cannot_be_kept_is_refused(wireroom: CommandLine) -> None:
    ended = wireroom("pause", "line", "--why", "w" * 600)
    assert ended == (1, "", "error: why has 600 bytes; at most 512 are kept\n")
    assert wireroom("pauses") == (0, "", "nothing is paused\n")


def test_what_cannot_be_paused_is_told_with_the_fix(wireroom: CommandLine) -> None:
    ended = wireroom("pause", "leg", "parse")
    assert (ended.code, ended.out) == (2, "")
    assert "a leg is fetch or process or poll, not 'parse'" in ended.err


def test_resuming_wakes_the_dispatchers(wireroom: CommandLine, valkey: EmbeddedValkey) -> None:
    import redis

    wireroom.env["WIREROOM_REDIS_URL"] = valkey.url
    wireroom("pause", "line")
    with redis.Redis.from_url(valkey.url) as client, client.pubsub(ignore_subscribe_messages=True) as heard:
        heard.subscribe(WAKE_CHANNEL)
        heard.get_message(timeout=5)
        assert wireroom("resume", "line").code == 0
        assert heard.get_message(timeout=5) is not None


def test_names_of_others_are_never_read_as_markup(wireroom: CommandLine) -> None:
    wireroom("pause", "source", "[bold]x[/nonsense]", "--why", "\x1b[2J")
    for command in ("pauses", "status"):
        with wireroom.start(command, stderr=subprocess.STDOUT) as process:
            out, _ = process.communicate()
        assert b"[bold]x[/nonsense]" in out and b"\x1b" not in out
