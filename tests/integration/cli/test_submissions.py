"""Many articles under one name from the command line: how far they are, waiting for them, taking them back."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING

from newsroom.desk import Desk, offer

if TYPE_CHECKING:
    from integration.cli.conftest import CommandLine


def end(desk: Desk, *jobs: int) -> None:
    desk.flight(stage="store")
    desk.finish(*((job, 1) for job in jobs))


def stories(wireroom: CommandLine, *names: str) -> tuple[str, ...]:
    """Files with an article each."""
    for name in names:
        (wireroom.folder / name).write_text(f"Story {name}.")
    return names


def submit(wireroom: CommandLine, *names: str, submission: str = "import 7") -> list[int]:
    ended = wireroom("submit", *stories(wireroom, *names), "--submission", submission, "--json")
    assert ended.code == 0
    return [line["job_id"] for line in ended.lines]


def test_a_name_given_is_kept_and_how_to_ask_is_told(wireroom: CommandLine, desk: Desk) -> None:
    ended = wireroom("submit", *stories(wireroom, "a", "b"), "--submission", "import 7")
    assert ended.err.splitlines() == ["2 accepted", "how far they are: wireroom submission 'import 7'"]
    assert desk.value("SELECT count(*) FROM submitted WHERE submission = 'import 7'") == 2


def test_without_a_name_there_is_no_submission(wireroom: CommandLine, desk: Desk) -> None:
    assert wireroom("submit", *stories(wireroom, "a")).err == "1 accepted\n"
    assert desk.value("SELECT count(*) FROM submissions") == 0


def test_how_far_it_is_is_told_in_a_sentence(wireroom: CommandLine, desk: Desk) -> None:
    first, *_ = submit(wireroom, "a", "b", "c")
    assert wireroom("submission", "import 7").out == "0 of 3 ended, 3 on the line\n"
    end(desk, first)
    assert wireroom("submission", "import 7").out == "1 of 3 ended: 1 rejected, 2 on the line\n"
    wireroom("cancel", "--submission", "import 7")
    assert wireroom("submission", "import 7") == (0, "3 of 3 ended: 3 rejected\n", "")


def test_as_json_it_is_what_the_api_shows(wireroom: CommandLine, desk: Desk) -> None:
    submit(wireroom, "a", submission="s")
    shown = wireroom("submission", "s", "--json").document
    opened_at = desk.value("SELECT opened_at FROM submissions")
    assert shown == {
        "submission": "s", "opened_at": opened_at.isoformat().replace("+00:00", "Z"), "jobs": 1, "ended": 0,
        "done": False, "stored": 0, "updated": 0, "unchanged": 0, "rejected": 0, "quarantined": 0, "on_the_line": 1,
    }  # fmt: skip


def test_a_name_that_nobody_gave_is_told(wireroom: CommandLine) -> None:
    for command in (("submission", "s"), ("cancel", "--submission", "s"), ("submission", "s", "--wait")):
        ended = wireroom(*command)
        assert (ended.code, ended.out, ended.err) == (1, "", "error: there is no submission s: is the name right?\n")


def test_submit_waits_until_all_have_ended_under_a_name_it_makes(wireroom: CommandLine, desk: Desk) -> None:
    with wireroom.start("submit", *stories(wireroom, "a"), "--wait", "--json") as process:
        assert process.stdout and process.stderr
        job = json.loads(process.stdout.readline())["job_id"]
        end(desk, job)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err.decode().splitlines()) == (0, ["1 accepted", "1 of 1 ended: 1 rejected"])
    assert desk.value("SELECT id FROM submissions").startswith("cli:ada-")


def test_waiting_ends_with_the_time_limit_and_the_exit_code_says_so(wireroom: CommandLine) -> None:
    ended = wireroom("submit", *stories(wireroom, "a"), "--submission", "s", "--time-limit", "0.1")
    assert (ended.code, ended.err.splitlines()[-1]) == (1, "0 of 1 ended, 1 on the line")
    ended = wireroom("submission", "s", "--time-limit", "0.1")
    assert (ended.code, ended.out) == (1, "0 of 1 ended, 1 on the line\n")


def test_ctrl_c_leaves_them_running_and_says_so(wireroom: CommandLine, desk: Desk) -> None:
    submit(wireroom, "a", submission="s")
    with wireroom.start("submission", "s", "--wait") as process:
        assert process.stderr
        looked = (
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'wireroom cli' AND query LIKE '%%submi%%'"
        )
        while not desk.value(looked):
            assert process.poll() is None
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)[1].decode()
    assert (process.returncode, said) == (130, "they go on without you; how far they are: wireroom submission s\n")
    assert desk.value("SELECT count(*) FROM line") == 1


def test_a_submission_is_cancelled_but_for_what_others_want(wireroom: CommandLine, desk: Desk) -> None:
    first, *_ = submit(wireroom, "a", "b", "c", submission="s")
    end(desk, first)
    desk.accept(offer(body=b"Story b.", producer="other"))
    ended = wireroom("cancel", "--submission", "s")
    assert (ended.code, ended.out) == (0, "1 cancelled, 1 had ended, 1 are wanted by others too\n")
    again = wireroom("cancel", "--submission", "s", "--json")
    assert again.lines == [{"submission": "s", "cancelled": 0, "ended_before": 2, "shared": 1}]


def test_what_is_refused_all_of_it_opens_no_submission(wireroom: CommandLine, desk: Desk) -> None:
    ended = wireroom("submit", "ftp://news.example/a", "--wait")
    assert (ended.code, ended.err.splitlines()[-1]) == (1, "0 accepted, 1 refused")
    assert desk.value("SELECT count(*) FROM submissions") == 0
