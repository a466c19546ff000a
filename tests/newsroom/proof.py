"""The promise, read from the database and from what producers hold: nothing lost, nothing twice, all explained."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from newsroom.line import Line
from newsroom.poison import DEADLY
from newsroom.producers import Press, Wave

DRAIN_SECONDS = 120.0
"""In so much time after the end of a fault the line drains by itself."""
_KILLED = re.compile(r"worker died at \w+ \(SIG(KILL|ALRM: .*)\)|the worker was lost at \w+")
"""What a death says that came from outside; also the timer of an article goes off in a worker that stands still."""
_PLACES = """
SELECT jobs.id, jobs.producer, jobs.key, outcomes.outcome, quarantine.cause, versions.title, versions.parsed ->> 'text',
    (SELECT count(*) FROM attempts WHERE attempts.job_id = jobs.id AND kind = 'lost')
FROM jobs LEFT JOIN outcomes ON outcomes.job_id = jobs.id LEFT JOIN quarantine ON quarantine.job_id = jobs.id
    LEFT JOIN versions ON versions.job_id = jobs.id
WHERE jobs.producer = ANY(%s)
"""


def prove(line: Line, press: Press, *, list_lost: bool = False, killed: bool = False, most_losses: int = 2) -> None:
    """All that the producers of `press` were promised is true once the line has drained; raises what is not.

    What was pushed onto the Redis list is promised only while Redis keeps it: not where its data was `list_lost`.
    Where workers were `killed` from outside, the last death of a poison may have been such a one. Of innocent articles
    none was blamed more than `most_losses` times.
    """
    for wave in press.sent:
        wave.finish()
    line.wait(lambda: not line.count("line") and line.list_is_empty(), "the line to drain", DRAIN_SECONDS)
    line.check()
    rows = {row[0]: row for wave in press.sent for row in _rows(line, wave)}
    _answers_are_jobs(press, rows, list_lost=list_lost)
    _each_ended_once(press, rows, most_losses, killed=killed)
    stored = sum(outcome == "stored" for outcome in line.outcomes().values())
    assert line.count("articles") == line.count("versions") == stored


def _rows(line: Line, wave: Wave) -> list[Any]:
    return line.db.execute(_PLACES, [[order.producer for order in wave.orders]]).fetchall()


def _answers_are_jobs(press: Press, rows: dict[int, Any], *, list_lost: bool) -> None:
    """Each answer is a job for the very article; no article has two jobs, nor one that nobody offered."""
    numbers = {job_id: int(row[2]) for job_id, row in rows.items()}
    held = [one for wave in press.sent for _, one in wave.answered()]
    wrong = [one for one in held if one.job_id is not None and numbers.get(one.job_id) != one.number]
    assert not wrong, wrong
    lost = {one.number for one in held} - set(numbers.values()) - press.lost
    assert not lost or (list_lost and lost <= {one.number for one in held if one.job_id is None}), sorted(lost)
    press.lost |= lost
    assert len(set(numbers.values())) == len(numbers)
    assert set(numbers.values()) <= {one.number for one in held}


def _each_ended_once(press: Press, rows: dict[int, Any], most_losses: int, *, killed: bool) -> None:
    seeded = {which: word for wave in press.sent for which, word in wave.poison.items()}
    deadly = {which: DEADLY[word] for which, word in seeded.items() if word in DEADLY}
    quarantined = {(producer, key): cause for _, producer, key, _, cause, *_ in rows.values() if cause is not None}
    assert quarantined.keys() == deadly.keys(), quarantined
    unexplained = {which: cause for which, cause in quarantined.items() if deadly[which] not in cause}
    assert not unexplained or (killed and all(map(_KILLED.fullmatch, unexplained.values()))), unexplained
    innocent = [row for row in rows.values() if (row[1], row[2]) not in deadly]
    assert Counter(outcome for _, _, _, outcome, *_ in innocent) == {"stored": len(innocent)}
    for job_id, _, key, _, _, title, text, losses in innocent:
        assert f" {key} " in title, (job_id, key, title, text)
        assert losses <= most_losses, (job_id, losses)
