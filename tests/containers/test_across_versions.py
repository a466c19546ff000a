"""An upgrade with data in place, from the code before the newest migration."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from newsroom.compose import Compose
from newsroom.line import ROOT, story
from wireroom.embedded import free_port

MIGRATIONS = "infra/wireroom/database/migrations"
PACKAGING = ("docker-compose.yml", ".dockerignore", "infra/deploy/docker")
"""What today's images are made by; older code is packed by it too."""
FILES = ("docker-compose.yml",)
OLD_TAG = "test-old"


def git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True).stdout


def before_the_newest_migration() -> str:
    """The commit before the one that brought the newest migration."""
    if git("rev-parse", "--is-shallow-repository").strip() == b"true":
        pytest.fail("this clone lacks the older code to upgrade from: git fetch --unshallow")
    log = git("log", "-1", "--no-renames", "--diff-filter=A", "--format=%H", "--", f"{MIGRATIONS}/*.sql")
    return f"{log.decode().strip()}^"


@pytest.fixture
def old_tree(tmp_path: Path) -> Path:
    """The code and the lock of that commit, with today's packaging."""
    archive = git("archive", before_the_newest_migration())
    subprocess.run(["tar", "--extract", "--directory", tmp_path], input=archive, check=True)
    for path in PACKAGING:
        copy = partial(shutil.copytree, dirs_exist_ok=True) if (ROOT / path).is_dir() else shutil.copy
        copy(ROOT / path, tmp_path / path)
    return tmp_path


@pytest.fixture
def versions(images: str, old_tree: Path) -> Iterator[tuple[Compose, Compose]]:
    """The old Wireroom and today's, of one project: the containers of one replace those of the other."""
    project, port = f"wireroom-upgrade-{os.getpid()}", free_port()
    old = Compose(project, port, tag=OLD_TAG, tree=old_tree, files=FILES)
    new = Compose(project, port, tag=images, files=FILES)
    old("build", "--quiet")
    try:
        yield old, new
    finally:
        new.down()


def test_an_upgrade_keeps_the_data_and_finishes_what_was_under_way(versions: tuple[Compose, Compose]) -> None:
    old, new = versions
    assert len(list((old.tree / MIGRATIONS).glob("*.sql"))) < len(list((new.tree / MIGRATIONS).glob("*.sql")))

    # It need not have the probes of today, so nobody waits for them.
    old("up", "--detach", "--no-build")
    stored = [old.offer(text=story(n), producer="old", key=str(n)) for n in range(20)]
    records = {end["article_id"]: old.get(f"/v1/articles/{end['article_id']}") for end in old.ends(stored).values()}
    old("stop", "store")
    under_way = [old.offer(text=story(n), producer="old", key=str(n)) for n in range(20, 120)]

    new.up()
    fresh = [new.offer(text=story(n), producer="new", key=str(n)) for n in range(120, 140)]

    assert {end["state"] for end in new.ends([*stored, *under_way, *fresh]).values()} == {"stored"}
    for article, record in records.items():
        now = new.get(f"/v1/articles/{article}").json()
        assert [now[field] for field in ("title", "text")] == [record.json()[field] for field in ("title", "text")]
    assert [new.offer(text=story(0), producer="old", key="0")] == stored[:1], "the receipts are kept"
    sums = new.reconcile()
    assert (sums["accepted"], sums["stored"]) == (140, 140)
