"""Requests with many articles are bounded, and each line keeps its place."""

from __future__ import annotations

import msgspec
import pytest

from wireroom.client import Accepted, Problem, Refused
from wireroom.client.batches import BYTES, LINES, Batches, offer
from wireroom.client.jobs import Line
from wireroom.client.patience import Patience, Pause
from wireroom.client.talk import Reply, Request


def sizes(*lengths: int) -> list[list[int]]:
    batches, made = Batches(), list[list[Line]]()
    for length in lengths:
        made += batches.add(Line("k", b"x" * length))
    made += batches.rest()
    return [[len(line.data) for line in batch] for batch in made]


def test_a_batch_is_bounded_in_lines() -> None:
    assert list(map(len, sizes(*[1] * (2 * LINES + 1)))) == [LINES, LINES, 1]


def test_a_batch_is_bounded_in_bytes_unless_one_line_has_more() -> None:
    half = BYTES // 2
    assert sizes(half, half, 1, BYTES + 1, 1) == [[half], [half, 1], [BYTES + 1], [1]]


def test_nothing_makes_no_batch() -> None:
    assert sizes() == []


def answer(*lines: dict[str, object], status: int = 200) -> Reply:
    return Reply(status, b"".join(msgspec.json.encode(line) + b"\n" for line in lines))


def lines(step: object) -> list[bytes]:
    assert isinstance(step, Request) and step.content is not None
    return step.content.split(b"\n")


LINES_OF_THREE = [Line(key, key.encode()) for key in "abc"]


def test_lines_that_are_not_taken_now_are_sent_again_after_a_pause() -> None:
    talk = offer(LINES_OF_THREE, {}, Patience(60))
    assert lines(next(talk)) == [b"a", b"b", b"c"]
    away = {"status": 503, "detail": "away", "reason": "database_away"}
    pause = talk.send(answer({"line": 1, "job_id": 7, "duplicate": False}, {"line": 2} | away))
    assert isinstance(pause, Pause)
    assert lines(next(talk)) == [b"b", b"c"]
    with pytest.raises(StopIteration) as ended:
        talk.send(answer({"line": 1, "job_id": 8, "duplicate": True}, {"line": 2, "status": 422, "detail": "bad"}))
    assert ended.value.value == [
        Accepted(job_id=7, duplicate=False, key="a"), Accepted(job_id=8, duplicate=True, key="b"),
        Refused(status=422, detail="bad", key="c"),
    ]  # fmt: skip


def test_where_a_request_was_cut_the_rest_is_sent_at_once() -> None:
    talk = offer(LINES_OF_THREE, {}, Patience(0))
    next(talk)
    cut = {"status": 413, "detail": "too large", "reason": "too_large"}
    step = talk.send(answer({"line": 1, "job_id": 7, "duplicate": False}, {"line": 2} | cut))
    assert lines(step) == [b"b", b"c"]
    step = talk.send(answer({"line": 1} | cut))
    assert lines(step) == [b"c"], "the first line of a request is too large itself"
    with pytest.raises(StopIteration) as ended:
        talk.send(answer({"line": 1, "job_id": 8, "duplicate": False}))
    assert [one.key for one in ended.value.value if isinstance(one, Refused)] == ["b"]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"<html>"),
        answer({"line": 4, "job_id": 7}),
        answer({"line": 0, "job_id": 7}),
        Reply(200, b"[]"),
        Reply(302, b""),
    ],
    ids=["not JSON", "a line too many", "no line", "no object", "elsewhere"],
)
def test_an_answer_that_is_none_is_a_problem(reply: Reply) -> None:
    talk = offer(LINES_OF_THREE, {}, Patience(60))
    next(talk)
    with pytest.raises(Problem, match="no answer of Wireroom's"):
        talk.send(reply)
