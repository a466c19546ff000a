"""Systems as processes: a page on which one fails is a miss that is counted, and the next page is asked for."""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import pytest
from benchmarks.extract import turns
from benchmarks.extract.kept import keep, kept_rows
from benchmarks.extract.peers import PRECISE
from benchmarks.extract.runner import content_type_of, decoded
from benchmarks.extract.turns import Given, Row, take_turns

from wireroom.errors import WireroomError

PEER = """
import json, os, sys
for line in sys.stdin:
    given = json.loads(line)
    if given["id"] == "deadly":
        os.abort()
    print(json.dumps({"id": given["id"], "text": given["url"], "cpu": 0.5}), flush=True)
"""


def run(monkeypatch: pytest.MonkeyPatch, directory: Path, source: str, ids: list[str]) -> dict[str, Row]:
    monkeypatch.setattr(turns, "command", lambda system: [sys.executable, "-c", source])
    found: dict[str, dict[str, Row]] = {"peer": {}}
    said = list(take_turns(["peer"], [Given(one, "/nowhere", one) for one in ids], directory, found))
    assert said[-1].startswith(f"[{len(ids)}/{len(ids)}] ")
    return found["peer"]


def test_a_page_that_ends_a_system_is_its_failure_and_the_next_is_answered(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = run(monkeypatch, tmp_path, PEER, ["one", "deadly", "two"])
    assert found["two"] == {"id": "two", "text": "two", "cpu": 0.5}
    assert found["deadly"] == {"id": "deadly", "err": "ended with -6"}


def test_a_page_without_an_answer_is_given_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(turns, "PATIENCE", 0.2)
    found = run(monkeypatch, tmp_path, "import time; time.sleep(60)", ["one"])
    assert found["one"]["err"] == "no answer in 0.2 s, was ended"


def test_a_system_that_is_not_installed_is_an_error_and_not_a_miss(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(WireroomError, match="no_such_peer"):
        run(monkeypatch, tmp_path, "import no_such_peer", ["one"])


def test_wireroom_answers_with_its_record_its_refusal_and_its_time(tmp_path: Path) -> None:
    story = "<title>Trams cross the bridge</title>" + "<p>The council of the harbour decided it on Friday.</p>" * 9
    for name, body in (("story", story), ("empty", " ")):
        (tmp_path / name).write_bytes(gzip.compress(body.encode()))
    found: dict[str, dict[str, Row]] = {"wireroom": {}}
    list(
        take_turns(["wireroom"], [Given(one, str(tmp_path / one), None) for one in ("story", "empty")], tmp_path, found)
    )
    assert found["wireroom"]["story"]["title"] == "Trams cross the bridge"
    assert "decided it on Friday" in found["wireroom"]["story"]["text"]
    assert found["wireroom"]["empty"]["refused"] == "empty"
    assert all(row["cpu"] > 0 for row in found["wireroom"].values())


def test_kept_predictions_of_a_peer_are_taken_again_but_not_of_another_version_nor_of_wireroom(tmp_path: Path) -> None:
    keep(tmp_path, {PRECISE: {"a": {"id": "a"}, "b": {"id": "b"}}, "wireroom": {"a": {"id": "a"}}})
    assert kept_rows(tmp_path, PRECISE, {"a"}).keys() == {"a"}
    assert kept_rows(tmp_path, "wireroom", {"a"}) == {}
    file = tmp_path / f"{PRECISE}.jsonl"
    file.write_text(json.dumps({"id": "a", "of": "trafilatura==0.1"}) + "\n")
    assert kept_rows(tmp_path, PRECISE, {"a"}) == {}


def test_bytes_are_decoded_as_they_can_be_and_then_as_they_say() -> None:
    assert decoded("<meta charset=windows-1251>Ж".encode()) == "<meta charset=windows-1251>Ж"
    assert decoded("<meta charset=windows-1251>Ж".encode("cp1251")) == "<meta charset=windows-1251>Ж"
    assert decoded(b"<meta charset=no-such>\xe9") == "<meta charset=no-such>é"
    assert (content_type_of("é".encode()), content_type_of(b"\xe9")) == ("text/html; charset=utf-8", "text/html")
