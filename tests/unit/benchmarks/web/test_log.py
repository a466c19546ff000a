"""The log of the local web tells of every breach of manners, and of nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from benchmarks.web.log import Asked, most_at_once, rudeness
from benchmarks.web.site import TRAPS, Land, Site

DELAY = 0.2


@pytest.fixture
def site() -> Site:
    site = Land(8400).site("gazette")
    site.forbid("/closed/")
    return site


def asked(site: Site, begin: float, end: float, path: str = "/", **fields: Any) -> Asked:
    return Asked(site.name, site.address, path, begin, end, **fields)


def found(site: Site, *log: Asked) -> list[str]:
    return rudeness(log, {site.name: site}, DELAY)


def test_a_polite_reader_is_not_blamed(site: Site) -> None:
    site.delay = 1.0
    log = asked(site, 0, 1, "/robots.txt"), asked(site, 2, 3), asked(site, 4, 9, rest=3.0), asked(site, 12, 13)
    assert found(site, *log) == []


@pytest.mark.parametrize(
    ("second", "says"),
    [
        ({"begin": 1.1, "end": 2}, "asked for 0.100 s after"),
        ({"begin": 0.5, "end": 2}, "asked for -0.500 s after"),
        ({"begin": 2, "end": 3, "path": "/closed/7"}, "is closed"),
        ({"begin": 2, "end": 3, "early": True}, "time of rest"),
    ],
)
def test_each_breach_is_a_sentence(site: Site, second: dict[str, Any], says: str) -> None:
    (sentence,) = found(site, asked(site, 0, 1), asked(site, **second))
    assert says in sentence


def test_a_host_says_how_long_it_is_to_be_left_in_peace(site: Site) -> None:
    assert found(site, asked(site, 0, 1, rest=3.0), asked(site, 3.9, 5)) != []
    site.delay = 1.0
    assert found(site, asked(site, 0, 1), asked(site, 1.9, 5)) != []


def test_the_end_of_what_a_reader_breaks_off_is_known_late(site: Site) -> None:
    assert found(site, asked(site, 0, 1, whole=False), asked(site, 1.16, 2)) == []
    assert found(site, asked(site, 0, 1, whole=False), asked(site, 1.14, 2)) != []


@pytest.mark.parametrize("trap", TRAPS)
def test_who_connects_to_a_trap_is_rude_even_if_he_asks_for_nothing(site: Site, trap: str) -> None:
    (sentence,) = found(site, Asked("", trap, "", 0, 0))
    assert f"{trap} was connected to" in sentence


def test_hosts_do_not_wait_for_each_other(site: Site) -> None:
    other = Land(8400).site("courier")
    log = [asked(site, 0, 9), asked(other, 1, 2), asked(other, 3, 4)]
    assert rudeness(log, {site.name: site, other.name: other}, DELAY) == []
    assert most_at_once(log) == 2
