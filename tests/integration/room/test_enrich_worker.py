"""The enrich worker runs the enrichers that the settings name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from newsroom.line import Line
from wireroom.embedded import EmbeddedValkey


def test_only_those_that_are_named_run(database: str, tmp_path: Path) -> None:
    with Line(database, tmp_path, env={"WIREROOM_ENRICHERS": "language"}) as line:
        (job,) = line.texts(1)
        line.drain()
        assert [one.name for one in line.record(job).enrichments.ran] == ["language"]
        line.check()


def test_one_that_is_not_installed_ends_the_worker_with_a_sentence(database: str, valkey: EmbeddedValkey) -> None:
    env = {"WIREROOM_DATABASE_URL": database, "WIREROOM_REDIS_URL": valkey.url, "WIREROOM_ENRICHERS": "langauge"}
    argv = [sys.executable, "-m", "wireroom.enrich.worker"]
    ended = subprocess.run(argv, env=os.environ | env, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert ended.stderr.startswith("wireroom enrich: WIREROOM_ENRICHERS: 'langauge' is not installed, only ")
