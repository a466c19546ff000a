"""Migrate and reconcile, as an operator runs them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from newsroom.desk import Desk
from wireroom.database.migrate import migrations

if TYPE_CHECKING:
    from integration.cli.conftest import CommandLine


def test_migrate_names_what_it_applied_once(wireroom: CommandLine, empty_database: str) -> None:
    wireroom.env["WIREROOM_DATABASE_URL"] = empty_database
    names = [migration.name for migration in migrations()]
    assert wireroom("migrate") == (0, "".join(f"{name}\n" for name in names), "")
    assert wireroom("migrate") == (0, "up to date\n", "")
    assert wireroom("migrate", "--json").document == {"applied": []}


def test_a_database_without_a_schema_is_told_with_the_fix(wireroom: CommandLine, empty_database: str) -> None:
    wireroom.env["WIREROOM_DATABASE_URL"] = empty_database
    assert wireroom("jobs") == (1, "", "error: the database is empty: run `wireroom migrate`\n")


def test_a_whole_ledger_reconciles_with_its_sum(wireroom: CommandLine, desk: Desk) -> None:
    desk.jobs(2)
    desk.finish((1, 1))
    line = "2 accepted = 0 stored + 0 updated + 0 unchanged + 1 rejected + 0 quarantined + 1 on the line\n"
    assert wireroom("reconcile") == (0, line, "")
    document = wireroom("reconcile", "--json").document
    assert (document["findings"], document["sums"]["accepted"]) == ([], 2)


def test_what_is_unaccounted_is_found(wireroom: CommandLine, desk: Desk) -> None:
    job = desk.job()
    desk.db.execute("DELETE FROM line")
    ended = wireroom("reconcile")
    assert ended.code == 1
    assert ended.out.splitlines()[0] == f"a job is not in exactly one of line, quarantine, outcomes: {job} (nowhere)"
    ended = wireroom("reconcile", "--json")
    assert (ended.code, ended.document["findings"][0]["id"]) == (1, job)


def test_only_everything_looks_further_back_than_the_last_clean_pass(wireroom: CommandLine, desk: Desk) -> None:
    desk.job()
    assert wireroom("reconcile").code == 0
    desk.db.execute("DELETE FROM line")
    desk.db.execute("UPDATE jobs SET accepted_at = now() - interval '2 days'")
    assert wireroom("reconcile").code == 0
    assert wireroom("reconcile", "--everything").code == 1


def test_a_running_wireroom_is_found_from_its_folder(wireroom: CommandLine, desk: Desk) -> None:
    url = wireroom.env.pop("WIREROOM_DATABASE_URL")
    env = Path(wireroom.folder, ".wireroom/env")
    env.parent.mkdir()
    env.write_text(f"WIREROOM_DATABASE_URL={url}\n")
    job = desk.job()
    assert [line["job_id"] for line in wireroom("jobs", "--json").lines] == [job]
