"""Which sources bring less than they used to, over HTTP."""

from __future__ import annotations

import httpx
import pytest

from newsroom.almanac import Almanac
from wireroom.database import Connection
from wireroom.volumes import counting


@pytest.fixture
def desk(db: Connection, database: str, monkeypatch: pytest.MonkeyPatch) -> Almanac:
    monkeypatch.setattr(counting, "STEP", 2000)
    desk = Almanac(db, database)
    now = desk.now
    desk.came("Tide", range(now - 24 * 24, now - 40))
    desk.came("Ebb", range(now - 24 * 24, now))
    desk.judge()
    return desk


def test_who_is_silent_is_told_and_the_others_on_demand(api: httpx.Client, desk: Almanac) -> None:
    told = api.get("/v1/sources/health").json()
    ((gone),) = told["sources"]
    assert (gone["source"], gone["state"], gone["look_at"]) == (
        "Tide", "silent", "no feed of ours: its producer test sends less",
    )  # fmt: skip
    assert told["states"] == {"silent": 1, "failing": 0, "low": 0, "paused": 0, "learning": 0, "ok": 1}
    every = api.get("/v1/sources/health?all=true&limit=1").json()
    assert ([one["source"] for one in every["sources"]], every["more"]) == (["Tide"], True)
    (well,) = api.get("/v1/sources/health?source=Ebb").json()["sources"]
    assert well["state"] == "ok" and well["least"] < well["came"] < well["most"]


@pytest.mark.parametrize(
    ("query", "field", "reason"),
    [
        ("al=true", "al", "unknown_parameter"),
        ("all=yes", "all", "bad_value"),
        ("limit=0", "limit", "bad_number"),
        ("limit=10001", "limit", "bad_number"),
        ("source=", "source", "empty"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_its_field(api: httpx.Client, query: str, field: str, reason: str) -> None:
    answer = api.get(f"/v1/sources/health?{query}")
    assert answer.status_code == 422
    assert (answer.json()["field"], answer.json()["reason"]) == (field, reason)
