"""Cancel as a person does it, with an answer for each job."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newsroom.desk import Desk
from wireroom.errors import Transient

if TYPE_CHECKING:
    from integration.cli.conftest import CommandLine


def quarantined(desk: Desk) -> int:
    return desk.quarantined(Transient("the sky fell"))


def test_a_cancelled_job_is_rejected_by_the_users_name(wireroom: CommandLine, desk: Desk) -> None:
    ready, waiting = desk.job(), quarantined(desk)
    ended = wireroom("cancel", str(ready), str(waiting))
    assert ended == (0, f"job {ready} is cancelled\njob {waiting} is cancelled\n", "")
    rows = desk.db.execute("SELECT outcome, reason, cause FROM outcomes").fetchall()
    assert rows == [("rejected", "cancelled", "cancelled by cli:ada")] * 2
    desk.check()


def test_what_has_ended_keeps_its_outcome(wireroom: CommandLine, desk: Desk) -> None:
    ended_job, ready = desk.job(), desk.job()
    desk.flight(stage="store")
    desk.finish((ended_job, 1))
    ended = wireroom("cancel", str(ended_job), "99", str(ready), "--json")
    assert ended.code == 1
    assert [(line["job_id"], line["state"], line["reason"]) for line in ended.lines] == [
        (ended_job, "finished", "test"),
        (99, "unknown", None),
        (ready, "ended", None),
    ]
    assert ended.err.splitlines() == [
        f"not cancelled: job {ended_job} has ended already: rejected (test)",
        "not cancelled: there is no job 99",
    ]
    desk.check()
