"""An outage is told once when it begins and once when it is over, however often it is met."""

from __future__ import annotations

import logging

import pytest

from newsroom.clock import SteadyClock
from wireroom import logs
from wireroom.logs import Event
from wireroom.outages import QUIET_SECONDS, Outage


@pytest.fixture
def outage(clock: SteadyClock, caplog: pytest.LogCaptureFixture) -> Outage:
    caplog.set_level(logging.INFO, "wireroom")
    return Outage(Event.broker_away, Event.broker_back, clock)


def said(caplog: pytest.LogCaptureFixture) -> list[logs.Event]:
    lines: list[dict[str, logs.Event]] = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
    return [line["event"] for line in lines]


def test_it_is_told_once(outage: Outage, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        outage.met(OSError("gone"))
    assert said(caplog) == ["broker_away"]
    for _ in range(3):
        outage.over()
    assert said(caplog) == ["broker_away", "broker_back"]


def test_a_server_that_was_never_away_is_not_back(outage: Outage, caplog: pytest.LogCaptureFixture) -> None:
    outage.over()
    assert said(caplog) == []


def test_one_that_comes_and_goes_is_told_of_now_and_then(
    outage: Outage, clock: SteadyClock, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(20):
        outage.met(OSError("gone"))
        outage.over()
        clock.now += QUIET_SECONDS / 10
    assert said(caplog) == ["broker_away", "broker_back"] * 2


def test_what_still_fails_right_after_a_long_outage_is_part_of_it(
    outage: Outage, clock: SteadyClock, caplog: pytest.LogCaptureFixture
) -> None:
    outage.met(OSError("gone"))
    clock.now += 2 * QUIET_SECONDS
    outage.over()
    outage.met(OSError("a connection from before"))
    assert said(caplog) == ["broker_away", "broker_back"]
    clock.now += QUIET_SECONDS
    outage.met(OSError("gone again"))
    assert said(caplog) == ["broker_away", "broker_back", "broker_away"]
