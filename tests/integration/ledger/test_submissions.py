"""A submission: many offers under one name."""

from __future__ import annotations

from newsroom.desk import Desk, offer
from wireroom.errors import Transient
from wireroom.ledger import submissions
from wireroom.ledger.accept import Accepted
from wireroom.ledger.submissions import Cancelled


def submitted(desk: Desk, submission: str) -> list[int]:
    rows = desk.db.execute("SELECT job_id FROM submitted WHERE submission = %s ORDER BY job_id", [submission])
    return [job for (job,) in rows]


def test_a_submission_holds_new_jobs_known_ones_and_those_of_others(desk: Desk) -> None:
    (others,) = desk.accept(offer(text="Seen by others", producer="others"))
    (known,) = desk.accept(offer(text="Known by its key", key="k"))
    answers = desk.accept(
        offer(text="Seen by others"), offer(text="Known by its key", key="k"), offer(text="New"), submission="s"
    )
    assert answers[:2] == [Accepted(others.job_id, duplicate=True), known]  # type: ignore[union-attr]
    assert submitted(desk, "s") == sorted(answer.job_id for answer in answers if isinstance(answer, Accepted))
    assert len(submitted(desk, "s")) == 3


def test_repeating_a_submission_adds_nothing(desk: Desk) -> None:
    for _ in range(2):
        desk.accept(offer(text="Once", key="k"), submission="s")
    assert (desk.value("SELECT count(*) FROM submissions"), len(submitted(desk, "s"))) == (1, 1)


def test_a_refused_offer_is_in_no_submission(desk: Desk) -> None:
    desk.accept(offer(text="First", key="k"))
    desk.accept(offer(text="Another", key="k"), submission="s")
    assert submitted(desk, "s") == []


def test_producers_in_one_request_have_their_own_keys(desk: Desk) -> None:
    one, two = desk.accept(offer(text="A", key="k", producer="one"), offer(text="B", key="k", producer="two"))
    assert isinstance(one, Accepted) and isinstance(two, Accepted)
    assert one.job_id != two.job_id
    assert desk.accept(offer(text="B", key="k", producer="two")) == [two]


def test_how_far_a_submission_is(desk: Desk) -> None:
    answers = desk.accept(*(offer() for _ in range(4)), submission="s")
    ended, failed, flying, _ = (answer.job_id for answer in answers if isinstance(answer, Accepted))
    desk.job()
    flight = desk.flight()
    desk.finish((ended, 1))
    desk.db.execute("UPDATE line SET failures = 5 WHERE job_id = %s", [failed])
    desk.fail(flight, failed, Transient("no"))
    desk.fail(flight, flying, Transient("no"))
    found = submissions.how_far(desk.db, "s")
    assert found is not None
    assert (found.jobs, found.rejected, found.quarantined, found.ended, found.on_the_line) == (4, 1, 1, 2, 2)
    assert submissions.how_far(desk.db, "t") is None


def test_a_submission_without_jobs_is_at_its_end(desk: Desk) -> None:
    desk.accept(submission="s")
    found = submissions.how_far(desk.db, "s")
    assert found is not None
    assert (found.jobs, found.on_the_line) == (0, 0)


def test_cancelling_a_submission_ends_what_nobody_else_wants(desk: Desk) -> None:
    ended, seen, twice, own, seen_by_itself = desk.accept(
        *(offer(text=name) for name in ("ended", "seen", "twice", "own", "seen by itself")), submission="s"
    )
    desk.accept(offer(text="twice"), submission="other")
    desk.accept(offer(text="seen", producer="other"), offer(text="seen by itself"))
    desk.flight()
    desk.finish((ended.job_id, 1))  # type: ignore[union-attr]
    assert submissions.cancel(desk.db, "s", "ada") == Cancelled(cancelled=2, ended_before=1, shared=2)
    left = [job for (job,) in desk.db.execute("SELECT job_id FROM line ORDER BY job_id")]
    assert left == [seen.job_id, twice.job_id]  # type: ignore[union-attr]
    cancelled = [job for (job,) in desk.db.execute("SELECT job_id FROM outcomes WHERE reason = 'cancelled' ORDER BY 1")]
    assert cancelled == [own.job_id, seen_by_itself.job_id]  # type: ignore[union-attr]
    assert submissions.cancel(desk.db, "s", "ada") == Cancelled(cancelled=0, ended_before=3, shared=2)
    assert submissions.cancel(desk.db, "unknown", "ada") is None
    desk.check()


def test_what_somebody_without_a_name_offered_too_is_shared(desk: Desk) -> None:
    desk.accept(offer(text="Seen", producer="anonymous"), submission="s")
    desk.accept(offer(text="Seen", producer="anonymous"))
    assert submissions.cancel(desk.db, "s", "ada") == Cancelled(cancelled=0, ended_before=0, shared=1)
