"""After a parser was mended: what it reads otherwise becomes a version that says so, once, and nothing else changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from newsroom.desk import offer
from newsroom.line import Line
from newsroom.morgue import age
from newsroom.pages import page
from wireroom.ledger import repair
from wireroom.records import versions


def replay(line: Line, *arguments: str) -> list[dict[str, Any]]:
    """What a person is told, as JSON."""
    command = [sys.executable, "-m", "wireroom.cli.main", "replay", *arguments, "--json"]
    answer = subprocess.run(command, env=os.environ | line.env, check=True, stdout=subprocess.PIPE).stdout
    return [json.loads(one) for one in answer.splitlines()]


def test_after_the_fix_each_article_is_read_anew_once(line: Line) -> None:
    jobs = line.submit(offer(html=page(n), url=f"https://tram.example/{n}", source="Tram") for n in range(3))
    line.drain()
    first = [line.record(job) for job in jobs]
    mended, fine = first[1], [first[0], first[2]]
    age(line.db, mended.article_id, title="Menu", section="Home")

    review, replayed = replay(line, "--source", "Tram", "--yes")
    assert (review["same"], review["differ"]) == (2, 1)
    assert review["fields"]["title"]["examples"] == [
        {"article_id": mended.article_id, "before": "Menu", "after": mended.parsed.title}
    ]
    assert review["fields"]["section"]["lost"] == 1
    assert replayed["article_id"] == mended.article_id
    line.drain()
    assert line.outcomes()[replayed["job_id"]] == "updated"
    now = line.record(replayed["job_id"])
    assert (now.version.number, now.current, now.version.why) == (2, 2, "reparse")
    assert now.parsed == mended.parsed and now.version.captured_at == mended.version.captured_at
    for one in fine:
        assert versions(line.db, one.article_id) == [one.version]

    (again,) = replay(line, "--source", "Tram", "--yes")
    assert (again["same"], again["differ"]) == (3, 0)
    assert line.count("jobs") == len(jobs) + 1
    line.check()


def test_a_record_that_reads_the_same_stays_though_it_is_replayed(line: Line) -> None:
    (job,) = line.texts(1)
    line.drain()
    before = line.record(job)
    (again,) = repair.replay(line.db, [job], "test").values()
    line.broker.wake()
    line.drain()
    assert line.outcomes()[again] == "unchanged"
    assert versions(line.db, before.article_id) == [before.version]
    line.check()
