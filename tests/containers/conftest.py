"""Containers on a real engine: `make test-containers`."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import pytest

from newsroom.compose import Compose
from wireroom.embedded import free_port

TAG = "test"


@pytest.fixture(scope="session", autouse=True)
def engine() -> None:
    """A Docker engine answers, and has compose."""
    for command in (("docker", "info"), ("docker", "compose", "version")):
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as error:
            said = getattr(error, "stderr", None) or error
            pytest.exit(f"The containers cannot be tested: {' '.join(command)}: {said}", returncode=1)


@pytest.fixture(scope="session")
def images(engine: None) -> str:
    """The tag of images of this checkout, all just built."""
    Compose("wireroom-build", 1, tag=TAG)("--profile", "tools", "build", "--quiet")
    return TAG


@pytest.fixture(scope="session")
def stack(images: str) -> Iterator[Compose]:
    """Everything up and ready, by the command of the README; every test leaves it so."""
    compose = Compose(f"wireroom-test-{os.getpid()}", free_port(), tag=images)
    try:
        compose.up()
        yield compose
    finally:
        compose.down()
