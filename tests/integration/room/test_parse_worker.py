"""The parse worker reads pages by the rules that the settings name."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from newsroom.desk import offer
from newsroom.line import ROOT, Line
from wireroom.embedded import EmbeddedValkey

RULES = ROOT / "tests/rules"


def test_a_page_of_a_site_with_a_rule_is_read_by_it(database: str, tmp_path: Path) -> None:
    page = (RULES / "saltmarsh.example.html").read_text("utf-8")
    with Line(database, tmp_path, env={"WIREROOM_RULES": str(RULES)}) as line:
        (job,) = line.submit([offer(html=page, url="https://saltmarsh.example/leaf/212")])
        line.drain()
        parsed = line.record(job).parsed
        assert (parsed.title, parsed.origins["body"]) == ("The weir at Kilmore is open again", "rule")
        line.check()


def test_a_rule_that_cannot_be_read_ends_the_worker_with_a_sentence(
    database: str, valkey: EmbeddedValkey, tmp_path: Path
) -> None:
    (tmp_path / "lake.toml").write_text("domain = 7\n")
    env = {"WIREROOM_DATABASE_URL": database, "WIREROOM_REDIS_URL": valkey.url, "WIREROOM_RULES": str(tmp_path)}
    argv = [sys.executable, "-m", "wireroom.parse.worker"]
    ended = subprocess.run(argv, env=os.environ | env, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 1
    assert ended.stderr == f"wireroom parse: {tmp_path}/lake.toml: Expected `str`, got `int` - at `$.domain`\n"
