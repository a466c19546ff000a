"""Articles that kill whoever works on them are quarantined with their cause, and harm nobody else for long."""

from __future__ import annotations

import random

import pytest

from newsroom.line import Line
from newsroom.poison import DEADLY, install
from newsroom.producers import Press
from newsroom.proof import prove

WAVES = {"1": (400, 1), "2": (1_950, 2)}
"""Processes of a pool -> articles of a wave, and how often each poison is among them."""
WORDS = (*DEADLY, "EAT", "RECURSE")
SECONDS_TO_QUARANTINE = 60.0
"""At most, from the first death of a poison."""
_DEATHS = """
SELECT jobs.producer, jobs.key, array_agg(flight_id ORDER BY attempts.id),
    extract(epoch FROM max(quarantined_at) - min(attempts.at))
FROM attempts JOIN jobs ON jobs.id = attempts.job_id JOIN quarantine USING (job_id)
WHERE attempts.kind = 'lost' AND quarantine.kind = 'lost' GROUP BY jobs.id
"""


@pytest.fixture(scope="module", params=WAVES, ids=["one process", "two processes"])
def env(
    request: pytest.FixtureRequest, env: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> dict[str, str]:
    """Of a line whose enrich worker has an enricher that does harm."""
    poison = install(tmp_path_factory.mktemp("poison") / "installed")
    seconds = {"WIREROOM_ARTICLE_SECONDS": "2", "WIREROOM_RETRY_SECONDS": "0.2"}
    return env | poison | seconds | {"WIREROOM_CONCURRENCY": request.param}


def check_deaths(line: Line) -> None:
    """Whoever was blamed flew alone from then on, and was quarantined soon: so nobody was harmed twice by the same."""
    launched = line.flights()
    for producer, key, died_in, seconds in line.db.execute(_DEATHS):
        assert len(died_in) == 3, (producer, key, died_in)
        assert [launched[flight] for flight in died_in[1:]] == [1, 1], (producer, key)
        assert seconds < SECONDS_TO_QUARANTINE, (producer, key)


def is_whole(line: Line, processes: int) -> bool:
    """Whether parse and enrich have all their processes."""
    return all(len(line.children(stage)) == processes for stage in ("parse", "enrich"))


def test_poison_anywhere_in_a_wave_harms_nobody_else(
    line: Line, press: Press, chance: random.Random, env: dict[str, str]
) -> None:
    articles, doses = WAVES[env["WIREROOM_CONCURRENCY"]]
    words = WORDS * doses
    poison = dict(zip(chance.sample(range(articles), len(words)), words, strict=True))
    with press.wave(articles, poison=poison):
        line.wait(lambda: line.count("outcomes") > 0, "the line to work")
        workers = line.supervisor.pids()
        prove(line, press, most_losses=1)
    check_deaths(line)
    assert line.supervisor.pids() == workers


def test_the_worker_is_back(line: Line, press: Press, env: dict[str, str]) -> None:
    line.wait(lambda: is_whole(line, int(env["WIREROOM_CONCURRENCY"])), "the processes that died to be replaced")
    with press.wave(100):
        prove(line, press, most_losses=1)


def test_two_poisons_in_one_flight(line: Line, press: Press) -> None:
    with press.wave(24, poison={3: "SEGFAULT", 5: "HANG"}, pushed=0) as wave:
        with line.together():
            wave.finish()
        prove(line, press, most_losses=1)
    check_deaths(line)
    first_deaths = {(producer, key): died_in[0] for producer, key, died_in, _ in line.db.execute(_DEATHS)}
    launched = line.flights()
    assert all(launched[first_deaths[which]] > 2 for which in wave.poison)
