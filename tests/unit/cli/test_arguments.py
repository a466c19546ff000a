"""What every command teaches, and what it refuses before it does anything."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner, Result

from wireroom.cli import commands
from wireroom.cli.app import app

COMMANDS = (
    "migrate", "submit", "submission", "jobs", "job", "quarantine", "refusals", "redrive", "reject", "cancel", "raw",
    "replay", "reconcile", "article", "try", "status", "pause", "resume", "pauses",
)  # fmt: skip


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("WIREROOM_DATABASE_URL", "postgresql://wireroom@127.0.0.1:9/wireroom")
    return CliRunner(env={"COLUMNS": "200"})


def ended(run: CliRunner, *arguments: str) -> Result:
    commands.load()
    return run.invoke(app, arguments)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches_with_an_example(run: CliRunner, command: str) -> None:
    result = ended(run, command, "--help")
    assert result.exit_code == 0
    assert f"wireroom {command}" in result.stdout.partition("Example")[2]
    assert "--json" in result.stdout


def test_help_lists_every_command(run: CliRunner) -> None:
    shown = ended(run, "--help").stdout
    assert all(f"│ {command} " in shown for command in commands.MODULES)


def test_each_command_is_registered_by_the_modules_that_are_named_for_it() -> None:
    commands.load()
    groups = {one.name: one.typer_instance.registered_commands for one in app.registered_groups if one.typer_instance}
    groups |= {one.name or getattr(one.callback, "__name__", ""): [one] for one in app.registered_commands}
    found = {name: {one.callback.__module__ for one in of if one.callback} for name, of in groups.items()}
    assert found == {name: {f"wireroom.cli.{one}" for one in named} for name, named in commands.MODULES.items()}


@pytest.mark.parametrize(
    "arguments",
    [
        ("job", "7x"),
        ("job", str(2**63)),
        ("job", "0"),
        ("jobs", "--state", "lost"),
        ("jobs", "--limit", "0"),
        ("jobs", "--source", ""),
        ("jobs", "--source", "\udce9"),
        ("article", "1", "--version", str(2**31)),
        ("submit", "--lane", "fast", "a.txt"),
        ("redrive",),
        ("redrive", "7", "--all"),
        ("redrive", "--all", "--source", "Tide"),
        ("redrive", "--cause", "the sky fell"),
        ("redrive", "--stage", "fetch"),
        ("reject", "7"),
        ("reject", "7", "--why", " "),
        ("reject", "--why", "not news"),
        ("quarantine", "--stage", "fetch"),
        ("raw",),
        ("cancel", "-1"),
        ("pause",),
        ("pause", "leg"),
        ("pause", "leg", "parse"),
        ("pause", "line", "fetch"),
        ("pause", "job", "7"),
        ("resume", "host", "no host"),
        ("cancel",),
        ("cancel", "7", "--submission", "s"),
        ("replay", "--dry-run"),
        ("replay", "7", "--all", "--dry-run"),
        ("replay", "0", "--dry-run"),
        ("replay", "--all", "--stage", "enrich", "--dry-run"),
        ("replay", "--since", "yesterday", "--dry-run"),
        ("replay", "--until", "0001-01-01T00:00+23:00", "--dry-run"),
        ("replay", "--parser", "html", "--dry-run"),
        ("replay", "--parser", "html/2+", "--dry-run"),
        ("replay", "--all", "--sample", "-1", "--dry-run"),
        ("replay", "--all", "--processes", "0", "--dry-run"),
        ("replay", "--all"),
        ("submission", ""),
        ("submission", "n" * 513),
        ("submit", "a.txt", "--submission", " "),
        ("submit", "a.txt", "--time-limit", "-1"),
    ],
)
def test_a_wrong_argument_is_told_before_anything_is_done(run: CliRunner, arguments: tuple[str, ...]) -> None:
    result = ended(run, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr
