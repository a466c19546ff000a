"""docs/security.md promises nothing that no test shows."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(test_\w+))?`")


def test_each_case_has_a_test_and_each_test_is_there() -> None:
    text = (ROOT / "docs/security.md").read_text()
    cases = [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| case")]
    assert len(cases) > 30 and all("::test_" in line for line in cases if line.count("|") == 4 and "tests/" in line)
    named = NAMED.findall(text)
    missing = [f"{path}::{test}" for path, test in named if not _is_there(ROOT / path, test)]
    assert missing == []


def _is_there(path: Path, test: str) -> bool:
    return path.is_file() and f"def {test}(" in path.read_text() if test else path.is_file()
