"""Prediction rows in a folder, one file a system as `score.py` reads it, so that peers need not run again."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from pathlib import Path

from benchmarks.extract.peers import pinned
from benchmarks.extract.turns import Row


def kept_rows(folder: Path, system: str, pages: Collection[str]) -> dict[str, Row]:
    """A peer's rows of these pages, if they are of its version; of Wireroom none, for it changes."""
    file = folder / f"{system}.jsonl"
    if not pinned(system) or not file.exists():
        return {}
    rows = (json.loads(line) for line in file.read_text("utf-8").splitlines())
    return {row["id"]: row for row in rows if row["id"] in pages and row["of"] == pinned(system)}


def keep(folder: Path, found: Mapping[str, Mapping[str, Row]]) -> None:
    """Write all rows there are."""
    folder.mkdir(parents=True, exist_ok=True)
    for system, rows in found.items():
        lines = (json.dumps(row | {"of": pinned(system)}) for row in rows.values())
        (folder / f"{system}.jsonl").write_text("".join(f"{line}\n" for line in lines), "utf-8")
