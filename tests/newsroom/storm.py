"""A storm: harm of every kind at random moments while articles pour in; the same seed is the same storm."""

from __future__ import annotations

import random
import time
from contextlib import ExitStack
from pathlib import Path

from newsroom import harm
from newsroom.harm import Harm, PostgresHarm
from newsroom.line import Line
from newsroom.pages import Web
from newsroom.poison import DEADLY, install
from newsroom.producers import Press
from newsroom.proof import prove
from wireroom.database.migrate import migrate
from wireroom.embedded import EmbeddedPostgres
from wireroom.topology import STAGES

WAVE_SECONDS = 15.0
"""A new wave comes so often."""
WAVE, PUSHED, TWINS = 250, 30, 40
CALM = (1.0, 5.0)
"""Seconds between one harm and the next."""


def storm(directory: Path, seed: str, seconds: float) -> None:
    """Let it rage for so long over a line of its own, then prove that nothing came of it."""
    print(f"storm {seed!r} of {seconds:g} s")
    env = install(directory / "poison") | {"WIREROOM_LEASE_SCALE": "0.2", "WIREROOM_ARTICLE_SECONDS": "2"}
    with EmbeddedPostgres(directory / "postgres") as postgres:
        migrate(postgres.url)
        with Web() as web, Line(postgres.url, directory / "line", dispatchers=2, gateway=True, env=env) as line:
            press = Press(line, web, directory)
            line.wait_until_up()
            _rage(line, press, PostgresHarm(postgres), random.Random(seed), seconds)
            prove(line, press, list_lost=True, killed=True)


def _rage(line: Line, press: Press, postgres: PostgresHarm, chance: random.Random, seconds: float) -> None:
    kinds, start = _kinds(postgres), time.monotonic()
    next_wave = start
    with ExitStack() as waves:
        while (now := time.monotonic()) < start + seconds:
            if now >= next_wave:
                waves.enter_context(press.wave(WAVE, pushed=PUSHED, twins=TWINS, poison=_poison(chance),
                                               seconds=WAVE_SECONDS / 2))  # fmt: skip
                next_wave += WAVE_SECONDS
            time.sleep(chance.uniform(*CALM))
            what = chance.choice(sorted(kinds))
            print(f"{time.monotonic() - start:5.1f} s: {what}", flush=True)
            kinds[what](line, chance)
        for wave in press.sent:
            wave.finish()


def _poison(chance: random.Random) -> dict[int, str]:
    """One article of a wave, none that has twins."""
    return {chance.randrange(WAVE - TWINS): chance.choice(sorted(DEADLY))}


def _kinds(postgres: PostgresHarm) -> dict[str, Harm]:
    kinds = {f"kill {name}": one for name, one in harm.KILLS.items()}
    kinds |= {f"stop {name}": harm.stop(name, 5.0) for name in ("dispatcher", *STAGES)}
    kinds |= {"flush Redis": harm.flush, "restart Redis": harm.restart_redis, "stop Redis": harm.stop_redis(5.0)}
    kinds |= {"cut connections to Postgres": harm.cut_connections, "stop Postgres": postgres.stop(5.0)}
    kinds |= {"kill Postgres": postgres.kill, "shut down Postgres": postgres.shut_down}
    return kinds | {"kill a connection's Postgres": postgres.kill_backend}
