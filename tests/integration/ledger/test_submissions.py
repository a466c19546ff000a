"""A submission: many offers under one name."""

from __future__ import annotations

from newsroom.desk import Desk, offer
from wireroom.ledger.accept import Accepted


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
