from __future__ import annotations

from collections.abc import Iterator

import pytest
from benchmarks.web.publishers import Size
from benchmarks.web.serving import LocalWeb
from benchmarks.web.town import Plan

from newsroom.databases import database_of
from newsroom.webline import WebLine
from wireroom.embedded import EmbeddedPostgres


@pytest.fixture(scope="module")
def plan() -> Plan:
    """How large the web is."""
    return Plan(Size(publishers=40, feeds=40, entries=5))


@pytest.fixture(scope="module")
def env() -> dict[str, str]:
    """The settings of the line."""
    return {}


@pytest.fixture(scope="module")
def web(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalWeb]:
    with LocalWeb(tmp_path_factory.mktemp("web"), plan) as web:
        yield web


@pytest.fixture(scope="module")
def line(
    postgres: EmbeddedPostgres, web: LocalWeb, env: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[WebLine]:
    """A whole line with one ingest worker, for all tests of a module; at its end all is accounted for."""
    with (
        database_of(postgres, "web") as database,
        WebLine(database, tmp_path_factory.mktemp("line"), web, env) as line,
    ):
        line.wait_until_up()
        yield line
        line.check()
