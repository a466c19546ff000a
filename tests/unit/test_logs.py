"""What the log promises to those who read it with a program, and to those who must not read secrets in it."""

from __future__ import annotations

import ast
import contextlib
import datetime
import inspect
import io
import json
import logging
import re
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from wireroom import logs
from wireroom.logs import Event

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture(autouse=True)
def logging_is_put_back() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, showwarning = root.handlers[:], root.level, warnings.showwarning
    yield
    logging.captureWarnings(False)
    root.handlers[:], warnings.showwarning = handlers, showwarning
    root.setLevel(level)


@pytest.fixture
def stderr(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    # One that lives as long as the test: pytest has another one for each phase of it.
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    return stream


@pytest.fixture
def lines(stderr: io.StringIO) -> Lines:
    logs.configure("parse", "json")
    return lambda: [json.loads(line) for line in stderr.getvalue().splitlines()]


def test_a_line_is_one_json_object_with_a_head_and_its_fields(lines: Lines) -> None:
    logs.info(Event.article_stored, job="7", outcome="updated")
    (line,) = lines()
    assert list(line) == ["time", "level", "event", "role", "pid", "job", "outcome"]
    assert (line["level"], line["event"], line["role"]) == ("info", "article_stored", "parse")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])


def test_a_field_cannot_pretend_to_be_the_head(lines: Lines) -> None:
    logs.warning(Event.request, level="calm", role="king", pid=0)
    (line,) = lines()
    assert (line["level"], line["role"], line["pid"] != 0) == ("warning", "parse", True)


def test_bound_fields_are_on_every_line_until_they_are_left(lines: Lines) -> None:
    with logs.bound(job="7", flight="f"):
        logs.info(Event.article_stored)
        logging.getLogger("celery.worker").warning("late")
    logs.info(Event.article_stored)
    assert [(line.get("job"), line.get("flight")) for line in lines()] == [("7", "f"), ("7", "f"), (None, None)]


def test_lines_below_the_level_are_not_written(stderr: io.StringIO, lines: Lines) -> None:
    with contextlib.redirect_stderr(stderr):
        logs.configure("parse", "json", "warning")
    logs.info(Event.article_stored)
    logging.getLogger("celery").info("quiet")
    logs.error(Event.article_quarantined)
    assert [line["event"] for line in lines()] == ["article_quarantined"]


def test_configuring_twice_does_not_write_twice(stderr: io.StringIO, lines: Lines) -> None:
    with contextlib.redirect_stderr(stderr):
        logs.configure("store", "json")
    logs.info(Event.article_stored)
    assert [line["role"] for line in lines()] == ["store"]


def test_a_line_of_another_library_is_an_event_too(lines: Lines) -> None:
    logging.getLogger("celery.worker").info("%d tasks", 3)
    (line,) = lines()
    assert (line["event"], line["logger"], line["message"]) == ("library", "celery.worker", "3 tasks")


def test_a_warning_is_a_line_of_a_library(stderr: io.StringIO, lines: Lines) -> None:
    with warnings.catch_warnings(), contextlib.redirect_stderr(stderr):
        warnings.simplefilter("always")
        logging.captureWarnings(False)
        logs.configure("parse", "json")
        warnings.warn("old ways", DeprecationWarning, stacklevel=1)
    (line,) = lines()
    assert line["event"] == "library"
    assert "old ways" in line["message"]


def test_a_line_that_cannot_be_formatted_says_so_in_one_line(lines: Lines) -> None:
    del logging.getLogger().handlers[1:]  # pytest's, which raise
    logging.getLogger("celery").info("%d tasks", "three")
    (line,) = lines()
    assert line["message"].startswith("a line of celery could not be written")
    assert "TypeError" in line["exception"]


def test_an_exception_is_one_field(lines: Lines) -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError as raised:
        logs.error(Event.article_failed, exc_info=raised)
        logging.getLogger("kombu").exception("lost")
    for line in lines():
        assert line["exception"].startswith("Traceback")
        assert line["exception"].endswith("ValueError: two\nlines")


@pytest.mark.parametrize(
    "name", ["password", "DB_PASSWORD", "token", "access_token", "client_secret", "Authorization", "Set-Cookie"]
)
@pytest.mark.parametrize("secret", ["hunter2", b"hunter2", ["hunter2"], {"a": "hunter2"}])
def test_a_field_with_a_secret_name_is_masked_at_any_depth(lines: Lines, name: str, secret: object) -> None:
    logs.info(Event.request, headers=[{name: secret}], **{name: secret})
    (line,) = lines()
    assert (line[name], line["headers"]) == ("***", [{name: "***"}])


def test_an_api_key_is_masked_and_other_keys_are_not(lines: Lines) -> None:
    logs.info(Event.request, api_key="a", apikey="a", key="b", monkey="b", keywords="b")
    (line,) = lines()
    assert [line[name] for name in ("api_key", "apikey", "key", "monkey", "keywords")] == ["***", "***", "b", "b", "b"]


URLS = {
    "redis://:hunter2@cache:6379/0": "redis://:***@cache:6379/0",
    "postgresql://wireroom:hunter2@db/wireroom": "postgresql://wireroom:***@db/wireroom",
    "postgresql://wireroom:hun/t?e@r2@db/wireroom": "postgresql://wireroom:***@db/wireroom",
    "at 'https://me:hunter2@example.com/a', twice": "at 'https://me:***@example.com/a', twice",
    "sentinel://:a@one;sentinel://:b@two": "sentinel://:***@two",
    "https://example.com:8443/@someone": "https://example.com:8443/@someone",
    "https://example.com/a:b@c": "https://example.com/a:b@c",
    "http://[::1]:80/@x": "http://[::1]:80/@x",
    "mail a:b@example.com": "mail a:b@example.com",
}


@pytest.mark.parametrize(("said", "written"), URLS.items())
def test_the_password_of_a_url_is_masked_and_the_rest_is_kept(lines: Lines, said: str, written: str) -> None:
    logs.info(Event.broker_away, cause=ConnectionError(said), seen={"at": [said]})
    logging.getLogger("kombu").error("cannot reach %s", said)
    ours, theirs = lines()
    assert (ours["cause"], ours["seen"], theirs["message"]) == (written, {"at": [written]}, f"cannot reach {written}")


@pytest.mark.parametrize("form", ["json", "pretty"])
def test_an_exception_does_not_tell_a_password(capsys: pytest.CaptureFixture[str], form: logs.Format) -> None:
    logs.configure("parse", form)
    failure = ConnectionError("no answer from redis://:hunter2@cache")
    logs.error(Event.broker_away, exc_info=failure)
    logging.getLogger("kombu").error("away", exc_info=failure)
    written = capsys.readouterr().err
    assert written.count("redis://:***@cache") == 2
    assert "hunter2" not in written


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()) | st.integers(), inner) | st.tuples(inner),
)


@given(value=VALUES)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_field_holds_the_line_is_strict_json(capsys: pytest.CaptureFixture[str], value: object) -> None:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    logs.configure("parse", "json")
    logs.info(Event.request, value=value)
    line = json.loads(capsys.readouterr().err, parse_constant=refuse)
    json.dumps(line, ensure_ascii=False).encode()


def test_what_json_cannot_say_is_written_as_text(lines: Lines) -> None:
    moment = datetime.datetime(2025, 4, 19, tzinfo=datetime.UTC)
    logs.info(Event.request, at=moment, path=Path("/a"), half="\ud800!", rate=float("inf"))
    (line,) = lines()
    assert (line["at"], line["path"]) == ("2025-04-19 00:00:00+00:00", "/a")
    assert (line["half"], line["rate"]) == ("\ufffd!", "inf")


def test_a_value_that_holds_itself_ends_somewhere(lines: Lines) -> None:
    loop: list[object] = []
    loop.append(loop)
    logs.info(Event.request, loop=loop)
    assert "..." in str(lines())


def test_an_article_cannot_take_over_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure("parse", "pretty")
    logs.info(Event.article_rejected, cause="\x1b[2J\x9b2J")
    assert not re.search(r"[\x1b\x9b]", capsys.readouterr().err)


def test_a_process_that_never_configures_the_log_is_silent(capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger().handlers.clear()
    logs.error(Event.article_failed)
    assert capsys.readouterr() == ("", "")


CELERY = """
import logging
from celery import Celery
from celery.utils.log import get_task_logger
from billiard.util import get_logger
from wireroom import logs

logs.configure("parse", "json")
logs.adopt_celery()
logs.adopt_celery()
Celery().log.setup(loglevel="DEBUG", redirect_stdouts=True)
get_task_logger("parse").info("a task")
logging.getLogger("celery.worker").info("a worker")
get_logger().error("a pool")
print("not redirected")
"""


def test_celery_installs_no_handlers_and_its_lines_take_our_pipe() -> None:
    ran = subprocess.run([sys.executable, "-c", CELERY], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in ran.stderr.splitlines()]
    assert [line["message"] for line in lines] == ["a task", "a worker", "a pool"]
    assert {line["event"] for line in lines} == {"library"}
    assert ran.stdout == "not redirected\n"


def documented() -> dict[str, str]:
    page = Path(__file__).parents[2] / "docs" / "events.md"
    return dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", page.read_text(), re.MULTILINE))


def meanings() -> dict[str, str]:
    (vocabulary,) = ast.parse(inspect.getsource(Event)).body
    assert isinstance(vocabulary, ast.ClassDef)
    texts = [ast.literal_eval(node.value) for node in vocabulary.body if isinstance(node, ast.Expr | ast.Assign)]
    return dict(zip(texts[1::2], texts[2::2], strict=True))


def test_every_event_is_documented_with_its_meaning_and_no_other() -> None:
    assert documented() == meanings()
    assert set(documented()) == set(Event)


def test_an_event_is_called_what_it_is_written_as() -> None:
    assert [event.name for event in Event] == [event.value for event in Event]
