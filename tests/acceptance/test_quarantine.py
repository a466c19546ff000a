"""After a fix: what an enricher with a bug brought into quarantine is found by its cause and sent back, all of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from newsroom.desk import offer
from newsroom.line import Line, story
from newsroom.poison import install

CULPRITS = 4
PATIENT = {"WIREROOM_LEASE_SCALE": "3"}
"""No loss but by the poison, however slow the machine."""


def poisoned(word: str, number: int) -> Any:
    return offer(text=f"{story(number)}\n\nThe word is {word}, the captain said.", source=f"Wire {number % 2}")


def wireroom(line: Line, *arguments: str) -> list[dict[str, Any]]:
    """What a person is told, as JSON."""
    command = [sys.executable, "-m", "wireroom.cli.main", *arguments, "--json"]
    answer = subprocess.run(command, env=os.environ | line.env, check=True, stdout=subprocess.PIPE).stdout
    return [json.loads(one) for one in answer.splitlines()]


def test_after_the_fix_all_of_one_cause_are_stored_with_their_history(database: str, tmp_path: Path) -> None:
    with Line(database, tmp_path / "broken", env=install(tmp_path / "poison") | PATIENT) as line:
        mates = line.texts(20)
        culprits = [job for number in range(CULPRITS) for job in line.submit([poisoned("NAN", 1000 + number)])]
        (other,) = line.submit([poisoned("SEGFAULT", 2000)])
        line.drain()
        assert line.count("quarantine") == CULPRITS + 1
        large, small = wireroom(line, "quarantine")
        assert (large["jobs"], large["sources"], large["stage"]) == (CULPRITS, 2, "store")
        assert large["cause"].startswith("ValidationError: Expected `float`, got `null`")
        assert (small["jobs"], small["job_id"]) == (1, other)
        line.check()

    with Line(database, tmp_path / "mended", env=PATIENT) as line:
        back = wireroom(line, "redrive", "--cause", large["fingerprint"])
        assert [one["job_id"] for one in back] == sorted(culprits)
        line.drain()
        assert line.outcomes() == dict.fromkeys([*mates, *culprits], "stored")
        assert [one["job_id"] for one in wireroom(line, "quarantine", "--by-job")] == [other]
        for job in culprits:
            (document,) = wireroom(line, "job", str(job))
            steps = [step["what"] for step in document["timeline"]]
            assert steps == ["accepted", *["store failed (lost)"] * 3, "redriven", "stored"]
        line.check()
