"""An article that kills its worker is quarantined with its cause; its mates are stored."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from newsroom.desk import offer
from newsroom.line import Line, story
from newsroom.poison import install

POISON = {
    "HANG": ("enrich", "worker died at enrich (SIGALRM: the article took more than 1 s)"),
    "NAN": ("store", "ValidationError: Expected `float`, got `null`%"),
}


@pytest.mark.parametrize("poison", POISON)
def test_the_culprit_is_quarantined_and_its_mates_are_stored(database: str, tmp_path: Path, poison: str) -> None:
    env = install(tmp_path / "poison") | {"WIREROOM_ARTICLE_SECONDS": "1"}
    with Line(database, tmp_path / "line", env=env) as line:
        mates = line.texts(40)
        (culprit,) = line.submit([offer(text=f"{story(1000)}\n\nThe word is {poison}, the captain said.")])
        mates += line.texts(40)
        line.drain()
        assert Counter(line.outcomes()[job] for job in mates) == {"stored": 80}
        stage, cause = POISON[poison]
        row = line.db.execute("SELECT job_id, stage, kind, cause LIKE %s FROM quarantine", [cause])
        assert row.fetchall() == [(culprit, stage, "lost", True)]
        losses: dict[int, int] = dict(
            line.db.execute("SELECT job_id, count(*) FROM attempts GROUP BY job_id").fetchall()
        )
        assert losses.pop(culprit) == 3
        # A death is blamed on one article; a message that cannot be read, on all in it.
        assert set(losses.values()) <= ({1} if stage == "store" else set())
        line.check()


def test_an_enricher_that_fails_is_recorded_and_the_article_stored(database: str, tmp_path: Path) -> None:
    with Line(database, tmp_path / "line", env=install(tmp_path / "poison")) as line:
        words = {"EAT": "MemoryError", "RECURSE": "RecursionError"}
        jobs = line.submit(offer(text=f"{story(n)}\n\nThe word is {word}, he said.") for n, word in enumerate(words))
        line.drain()
        for job, failure in zip(jobs, words.values(), strict=True):
            (error,) = [run.error for run in line.record(job).enrichments.ran if run.name == "zz_poison"]
            assert error is not None and error.startswith(failure)
        line.check()
