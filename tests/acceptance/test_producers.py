"""docs/producers.md keeps its word: every example is run against a whole Wireroom, and does what is written beside it.

The document's addresses stand for others: that of the gateway, of Redis, and https://example.com for a web on loopback.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from newsroom.api import PATIENCE, GatewayProcess
from newsroom.databases import database_of
from newsroom.examples import Example, Reader, examples
from newsroom.line import ROOT, Line
from newsroom.pages import Web
from wireroom.client import ArticleJob
from wireroom.embedded import EmbeddedPostgres, free_port
from wireroom.gateway.intake import limit
from wireroom.gateway.lines import MOST_LINES
from wireroom.ledger.offer import MAX_LEVELS, MAX_META, MAX_NAME
from wireroom.settings import Settings
from wireroom.urls import MAX_LENGTH

DOCUMENT = ROOT / "docs/producers.md"
EXAMPLES = examples(DOCUMENT)


class House:
    """A whole Wireroom, a web, and somebody who reads the document."""

    def __init__(self, line: Line, reader: Reader, web: Web) -> None:
        self.line = line
        self.reader = reader
        self._web = web

    def job(self, number: int, key: str | None = None) -> dict[str, Any]:
        """The one job with the document's key or address of that number, when it has come."""
        key, url = key or f"story-{number}", self._web.url(number)
        query = "SELECT * FROM jobs LEFT JOIN outcomes ON job_id = id WHERE key = %s OR url = %s"

        def rows() -> list[dict[str, Any]]:
            found = self.line.db.execute(query.encode(), [key, url])
            assert found.description is not None
            names = [column.name for column in found.description]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

        self.line.wait(lambda: bool(rows()), f"job {number}")
        (row,) = rows()
        return row

    def stored(self, number: int, **fields: Any) -> None:
        """That job is stored, is the program's, and has these fields."""
        self.line.wait(lambda: self.job(number)["outcome"] is not None, f"the end of job {number}")
        row = self.job(number)
        assert row["outcome"] == "stored", row
        assert {name: row[name] for name in fields} == fields
        assert row["producer"] == "my-program"

    def submission(self, name: str) -> int:
        """How many jobs it has."""
        row = self.line.db.execute("SELECT count(*) FROM submitted WHERE submission = %s", [name]).fetchone()
        assert row is not None
        return int(row[0])


@pytest.fixture(scope="module")
def house(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    directory = tmp_path_factory.mktemp("house")
    with (
        database_of(postgres, "producers") as database,
        Line(database, directory, env={"WIREROOM_LEASE_SCALE": "3"}) as line,
        Web() as web,
    ):
        gateway = GatewayProcess(line.env | {"WIREROOM_GATEWAY_PORT": str(free_port())}, directory / "gateway.log")
        try:
            gateway.wait_until_it_answers()
            folder = tmp_path_factory.mktemp("reader")
            addresses = {
                "http://127.0.0.1:8300": gateway.url,
                "redis://127.0.0.1:6379/0": line.valkey.url,
                "https://example.com/": web.url(""),
            }
            yield House(line, Reader(folder, addresses, line.env), web)
            assert gateway.end() == 0
            line.drain()
            line.check()
        finally:
            gateway.process.kill()
            gateway.process.wait()


Effect = Callable[[House, str], None]


def one_by_curl(house: House, said: str) -> None:
    assert json.loads(said) == {"job_id": house.job(1)["id"], "duplicate": False}
    house.stored(1, key="story-1")


def many_by_curl(house: House, said: str) -> None:
    first, refused, last = map(json.loads, said.splitlines())
    assert (first["line"], first["job_id"]) == (1, house.job(2)["id"])
    assert [refused[name] for name in ("line", "status", "field", "reason")] == [2, 422, "url", "bad_url"]
    assert (last["line"], last["job_id"]) == (3, house.job(4)["id"])
    assert house.submission("import-1") == 2
    house.stored(4)


def by_javascript(house: House, said: str) -> None:
    assert f"job_id: {house.job(5)['id']}" in said
    house.stored(5, key="story-5")


def one_by_python(house: House, said: str) -> None:
    accepted, refused = said.splitlines()
    assert accepted == f"{house.job(6)['id']} False"
    assert refused.startswith("422 url bad_url the URL must begin with http")
    house.stored(6, source="Harbour Wire", meta={"desk": "sea"})


def many_by_python(house: House, said: str) -> None:
    first, second, third, progress = said.splitlines()
    assert (first, second) == (f"accepted {house.job(8)['id']}", f"accepted {house.job(9)['id']}")
    assert third == "refused story-10 text is empty"
    assert "jobs=2, ended=2, done=True, stored=2" in progress
    house.stored(8)
    house.stored(9, lane="backfill")
    captured = "SELECT content_type, bytes FROM captures WHERE job_id = %s"
    assert house.line.db.execute(captured, [house.job(8)["id"]]).fetchone() == ("text/html", 255)
    assert "café" in house.line.record(house.job(8)["id"]).parsed.text


def by_python_on_asyncio(house: House, said: str) -> None:
    together, *answers = said.splitlines()
    assert json.loads(together) == [house.job(11)["id"], house.job(12)["id"]]
    assert [re.findall(r"job_id=(\d+)", answer) for answer in answers] == [[str(house.job(n)["id"])] for n in (13, 14)]
    for number in (11, 12, 13, 14):
        house.stored(number)


def by_command_line(house: House, said: str) -> None:
    *jobs, progress = said.splitlines()
    assert progress == "2 of 2 ended: 2 stored"
    assert f"{house.job(15)['id']}" in jobs[2]
    assert house.submission("import-3") == 2
    house.stored(15)


def by_redis_cli(house: House, said: str) -> None:
    assert said.split()[-1].isdecimal(), "the length of the list"
    house.stored(16, key="story-16")


def by_kombu(house: House, _: str) -> None:
    house.stored(17, key="story-17")


def by_celery(house: House, _: str) -> None:
    house.stored(18, key="story-18")
    house.stored(19, key="story-19")


def a_submission_by_curl(house: House, said: str) -> None:
    told = json.loads(said)
    assert [told[name] for name in ("submission", "jobs", "ended", "done", "stored")] == ["import-1", 2, 2, True, 2]


def outcomes(house: House, said: str) -> None:
    ended = "SELECT count(*) FROM events JOIN jobs ON jobs.id = job_id WHERE producer = 'my-program'"
    house.line.wait(lambda: house.line.count("line") + house.line.count("endings") == 0, "all to be told")
    told = said.splitlines() + house.reader.run(EXAMPLES["outcomes"]).splitlines()
    row = house.line.db.execute(ended.encode()).fetchone()
    assert row is not None and len(told) == row[0] > 15
    article = house.job(6)["article_id"]
    assert f"story-6 stored article {article}, version 1" in told
    assert house.reader.run(EXAMPLES["outcomes"]) == "", "the cursor was kept"


def cancelled(house: House, said: str) -> None:
    house.line.wait(lambda: house.job(20)["outcome"] is not None, "the end of job 20")
    row = house.job(20)
    assert said == ("cancelled\n" if row["outcome"] == "rejected" else f"too late: {row['outcome']}\n")


EFFECTS: dict[str, Effect] = {
    "curl-one": one_by_curl,
    "curl-many": many_by_curl,
    "javascript": by_javascript,
    "python-one": one_by_python,
    "python-many": many_by_python,
    "python-async": by_python_on_asyncio,
    "command-line": by_command_line,
    "redis-cli": by_redis_cli,
    "kombu": by_kombu,
    "celery": by_celery,
    "curl-submission": a_submission_by_curl,
    "outcomes": outcomes,
    "cancel": cancelled,
}
"""Name of an example -> what must be true after it, given what it printed."""


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_an_example_does_what_is_written_beside_it(house: House, example: Example) -> None:
    if example.missing:
        pytest.skip(f"there is no {example.missing}; the last lines of the run say so")
    EFFECTS[example.name](house, house.reader.run(example))


def test_every_example_has_an_effect_that_is_checked() -> None:
    assert list(EFFECTS) == list(EXAMPLES)


def test_the_python_examples_satisfy_a_strict_type_checker(tmp_path: Path) -> None:
    for name, example in EXAMPLES.items():
        if "wireroom.client" in example.code:
            (tmp_path / f"{name.replace('-', '_')}.py").write_text(example.code)
    (tmp_path / "wrong.py").write_text("from wireroom.client import Client\nClient().submit(urll='x')\n")
    options = ("--strict", "--explicit-package-bases", "--no-error-summary", "--cache-dir", str(tmp_path / "cache"))
    env = os.environ | {"MYPYPATH": os.pathsep.join(str(ROOT / root) for root in ("services", "infra"))}
    command = [sys.executable, "-m", "mypy", *options, "."]
    ended = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=PATIENCE)
    errors = [line for line in ended.stdout.splitlines() if ": error: " in line]
    assert len(errors) == 1 and errors[0].startswith("wrong.py:2: error: Unexpected keyword argument"), ended.stdout


def section(title: str) -> str:
    """The text under a heading of the document."""
    return DOCUMENT.read_text("utf-8").partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_every_field_of_an_article_is_told() -> None:
    rows = re.findall(r"^\| (`.*?) \|", section("An article"), re.MULTILINE)
    told = [field for row in rows for field in re.findall(r"`(\w+)`", row)]
    assert sorted(told) == sorted(ArticleJob.__struct_fields__)


def test_every_reason_is_told_and_there_are_no_others() -> None:
    ledger, gateway = ROOT / "infra/wireroom/ledger", ROOT / "services/wireroom/gateway"
    code = {file.stem: file.read_text("utf-8") for folder in (ledger, gateway) for file in folder.glob("*.py")}
    given = re.findall(r'\breason="(\w+)"', "\n".join(code.values()))
    given += re.findall(r'_Refusal\("(\w+)"', code.pop("envelopes"))
    given += re.findall(r'\b(?:Refused|_Refusal)\([^,]*, "(\w+)"', "\n".join(code.values()))
    rows = re.findall(r"^\| \w+ \| (`.*?) \|", section("Refusals and errors"), re.MULTILINE)
    told = {reason for row in rows for reason in re.findall(r"`(\w+)`", row)}
    assert told == set(given) - {"cut_off"}, "who cut a request off does not hear it"


def test_the_limits_are_the_real_ones() -> None:
    limits, given = section("Limits"), Settings(_env_file=None)
    assert f"{given.content_bytes // 10**6} MB (`WIREROOM_CONTENT_BYTES`)" in limits
    assert f"{given.request_bytes // 10**6} MB (`WIREROOM_REQUEST_BYTES`)" in limits
    assert f", {MOST_LINES:,} lines; what is beyond is not read" in limits
    assert f"{MAX_NAME} bytes of UTF-8" in limits and f"| {MAX_LENGTH} characters" in limits
    assert f"{MAX_META:,} bytes as JSON, {MAX_LEVELS} levels" in limits
    assert limit(10**6) == 14 * 10**5 + 100_000, "1.4 times that, and 100 kB"
