"""Three source roots make one package, and hide nobody else's."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
ROOTS = ("services", "workers", "infra")


def modules(root: str) -> set[str]:
    """Names of what `import wireroom.NAME` finds under this root."""
    entries = [entry for entry in (CHECKOUT / root / "wireroom").iterdir() if entry.name != "__pycache__"]
    return {entry.stem for entry in entries if entry.is_dir() or entry.suffix == ".py"}


@pytest.mark.parametrize("root", ROOTS)
def test_no_root_claims_the_whole_package(root: str) -> None:
    assert not (CHECKOUT / root / "wireroom" / "__init__.py").exists(), "it would hide the other roots"


@pytest.mark.parametrize("root", ROOTS)
def test_a_root_holds_nothing_else_that_can_be_imported(root: str) -> None:
    importable = {entry.stem for entry in (CHECKOUT / root).iterdir() if entry.is_dir() or entry.suffix == ".py"}
    assert importable - {"__pycache__"} <= {"wireroom", "deploy"}, "a folder docker would be what `import docker` finds"


def test_no_module_is_under_two_roots() -> None:
    counted = Counter(name for root in ROOTS for name in modules(root))
    assert [name for name, times in counted.items() if times > 1] == [], "they would merge silently in the wheel"


def test_all_takes_in_every_extra() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    (everything,) = extras.pop("all")
    named = re.fullmatch(r"wireroom\[(.*)\]", everything)
    assert named is not None
    assert set(named[1].split(",")) == set(extras)


def test_each_role_has_an_extra_an_image_and_a_service() -> None:
    extras = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    roles = extras.keys() - {"all", "client", "embedded"}
    dockerfile = (CHECKOUT / "infra/deploy/docker/Dockerfile").read_text()
    assert set(re.findall(r"^FROM runtime AS (\w+)$", dockerfile, re.MULTILINE)) == roles
    compose = (CHECKOUT / "docker-compose.yml").read_text()
    assert set(re.findall(r"\bROLE: (\w+)", compose)) == roles


APART = {
    "wireroom.cli.commands; wireroom.cli.commands.load()": ("starlette", "uvicorn", "tld"),
    "wireroom.gateway.__main__": ("feedparser", "protego", "trafilatura", "typer"),
    "wireroom.ingest.worker": ("starlette", "trafilatura", "tld", "typer"),
    "wireroom.store.worker": ("httpx", "lxml", "selectolax", "starlette"),
    "wireroom.dispatcher.__main__": ("httpx", "lxml", "selectolax", "starlette", "tld"),
}
"""What a role begins with -> packages that its image does not have."""


@pytest.mark.parametrize("role", APART)
def test_a_role_starts_without_what_only_others_have(role: str) -> None:
    code = f"import sys; sys.modules.update(dict.fromkeys({APART[role]!r})); import {role}"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("lock", ["requirements.lock", "docker/tools.lock"])
def test_a_lock_has_hashes_and_names_no_host(lock: str) -> None:
    text = (CHECKOUT / "infra/deploy" / lock).read_text()
    pins = re.findall(r"^\S+==.*(?:\n .*)*", text, re.MULTILINE)
    assert pins and all("--hash=sha256:" in pin for pin in pins)
    assert "://" not in text
