"""A visit to a host: what is asked of it, when, and what is not."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler
from threading import Event
from typing import TYPE_CHECKING

import pytest

from newsroom.house import HOST, Clock, House, visit
from wireroom.contracts import FetchedPage
from wireroom.errors import Busy, Unusable
from wireroom.ingest.fetch import Fetcher, Moved
from wireroom.ingest.robots import FRESH, LEAST_FRESH, MOST_DELAY

if TYPE_CHECKING:
    from unit.ingest.conftest import Site

FETCHER = Fetcher("Wireroom/1", 20, 1000, "127.0.0.1/32")
OTHER = "other.example"


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def clock() -> Clock:
    return Clock()


def go(house: House, clock: Clock, *addresses: str, obeys: bool = True, redirects: Sequence[str] = ()) -> list[object]:
    """Fetch them in one visit: pages, or what was raised."""

    async def all_of_them() -> list[object]:
        found: list[object] = []
        async with visit(house, clock) as visitor:
            for address in addresses:
                try:
                    found.append(await FETCHER.fetch(address, visit=visitor, obeys=obeys, redirects=redirects))
                except Exception as error:  # noqa: BLE001 - whatever it is, it is what became of it
                    found.append(error)
        return found

    return asyncio.run(all_of_them())


def asked(site: Site) -> list[str]:
    return [path for path, _ in site.asked]


def reasons(found: list[object]) -> list[str]:
    return [one.reason if isinstance(one, Unusable) else type(one).__name__ for one in found]


# The delay -------------------------------------------------------------------------------------------------------


def test_between_all_requests_to_a_host_there_is_its_delay(site: Site, house: House, clock: Clock) -> None:
    site.page("/robots.txt", b"")
    site.redirect("/1", "/2")
    site.page("/2")
    site.page("/3")
    go(house, clock, site.at(HOST, "/1"), site.at(HOST, "/3"))
    assert asked(site) == ["/robots.txt", "/1", "/2", "/3"]
    assert clock.slept == [1.5, 1.5, 1.5]


def test_the_host_may_wish_for_a_longer_delay(site: Site, house: House, clock: Clock) -> None:
    site.page("/robots.txt", b"User-agent: *\nCrawl-delay: 7")
    site.page("/1")
    go(house, clock, site.at(HOST, "/1"), site.at(HOST, "/1"))
    assert clock.slept == [7, 7]
    assert [delay for _, delay in house.kept.values()] == [7]


def test_its_wish_is_granted_up_to_a_bound(site: Site, house: House, clock: Clock) -> None:
    house.known[site.at(HOST)] = "User-agent: wireroom\nCrawl-delay: 86400"
    site.page("/1")
    go(house, clock, site.at(HOST, "/1"), site.at(HOST, "/1"))
    assert sum(clock.slept) == MOST_DELAY
    assert house.admissions > 3, "who sleeps for long looks in between whether the visit is still wanted"


def test_a_host_is_left_before_its_next_request_once_it_is_paused(site: Site, house: House, clock: Clock) -> None:
    house.known[site.at(HOST)] = ""
    house.closed_after = 2
    site.redirect("/1", "/2")
    assert reasons(go(house, clock, *[site.at(HOST, "/1")] * 2)) == ["gone", "Left"]
    assert asked(site) == ["/1", "/2"]


# Robots ----------------------------------------------------------------------------------------------------------


def test_what_robots_txt_does_not_allow_is_not_asked_for(site: Site, house: House, clock: Clock) -> None:
    site.page("/robots.txt", b"User-agent: Wireroom\nDisallow: /secret\nAllow: /secret/not$")
    site.page("/secret/not")
    site.page("/open")
    paths = ["/secret/1", "/open", "/secret/not"]
    found = go(house, clock, *(site.at(HOST, path) for path in paths))
    assert reasons(found) == ["robots", "FetchedPage", "FetchedPage"]
    assert asked(site) == ["/robots.txt", "/open", "/secret/not"]


def test_a_redirect_leads_to_nothing_that_is_not_allowed(site: Site, house: House, clock: Clock) -> None:
    house.known[site.at(HOST)] = "User-agent: *\nDisallow: /secret"
    site.redirect("/1", "/secret")
    assert reasons(go(house, clock, site.at(HOST, "/1"))) == ["robots"]
    assert asked(site) == ["/1"]


def test_rules_that_the_ledger_knows_are_not_asked_for(site: Site, house: House, clock: Clock) -> None:
    house.known[site.at(HOST)] = "User-agent: *\nDisallow: /1"
    assert reasons(go(house, clock, site.at(HOST, "/1"))) == ["robots"]
    assert (asked(site), clock.slept) == ([], [])


def test_of_whom_robots_txt_is_not_obeyed_it_is_not_asked(site: Site, house: House, clock: Clock) -> None:
    house.known[site.at(HOST)] = "User-agent: *\nDisallow: /"
    site.page("/1")
    assert reasons(go(house, clock, site.at(HOST, "/1"), obeys=False)) == ["FetchedPage"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_where_there_is_no_robots_txt_all_is_allowed(site: Site, house: House, clock: Clock, status: int) -> None:
    site.page("/robots.txt", b"User-agent: *\nDisallow: /", status=status)
    site.page("/1")
    assert reasons(go(house, clock, site.at(HOST, "/1"))) == ["FetchedPage"]
    assert house.kept[site.at(HOST)][0][:2] == (status, "")


@pytest.mark.parametrize("status", [429, 500, 503])
def test_while_robots_txt_cannot_be_had_nothing_is_allowed(site: Site, house: House, clock: Clock, status: int) -> None:
    site.page("/robots.txt", status=status, headers={"Retry-After": "99"})
    (found,) = go(house, clock, site.at(HOST, "/1"))
    assert isinstance(found, Busy) and found.retry_after == 99
    assert (asked(site), house.kept) == (["/robots.txt"], {})


def test_a_robots_txt_that_does_not_come_makes_the_page_wait(site: Site, house: House, clock: Clock) -> None:
    site.reset("/robots.txt", b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nUser")
    assert reasons(go(house, clock, site.at(HOST, "/1"))) == ["Busy"]


@pytest.mark.parametrize(
    ("said", "seconds"), [("", FRESH), ("max-age=7200", 7200), ("max-age=1", LEAST_FRESH), ("max-age=9999999", FRESH)]
)
def test_rules_are_good_for_a_day_or_less(site: Site, house: House, clock: Clock, said: str, seconds: float) -> None:
    site.page("/robots.txt", headers={"Cache-Control": said})
    go(house, clock, site.at(HOST, "/1"))
    assert house.kept[site.at(HOST)][0].seconds == seconds


def test_of_a_robots_txt_without_end_the_beginning_counts(site: Site, house: House, clock: Clock) -> None:
    site.page("/robots.txt", b"User-agent: *\nDisallow: /1\n" + b"# and so on\n" * 100_000)
    assert reasons(go(house, clock, site.at(HOST, "/1"))) == ["robots"]


def test_each_origin_of_a_host_has_rules_of_its_own(site: Site, house: House, clock: Clock) -> None:
    house.known[f"http://{HOST}"] = "User-agent: *\nDisallow: /"
    site.page("/1")
    assert reasons(go(house, clock, site.at(HOST, "/1"))) == ["FetchedPage"]
    assert list(house.kept) == [site.at(HOST)]


def test_a_robots_txt_that_is_redirected_on_its_host_is_followed_in_peace(
    site: Site, house: House, clock: Clock
) -> None:
    site.redirect("/robots.txt", "/rules.txt")
    site.page("/rules.txt", b"User-agent: *\nDisallow: /1")
    assert reasons(go(house, clock, site.at(HOST, "/1"))) == ["robots"]
    assert (asked(site), clock.slept) == (["/robots.txt", "/rules.txt"], [1.5])


def test_a_robots_txt_of_another_host_is_asked_for_if_that_one_may_be(site: Site, house: House, clock: Clock) -> None:
    site.redirect("/robots.txt", site.at(OTHER, "/rules.txt"))
    site.page("/rules.txt", b"User-agent: *\nDisallow: /1")
    assert reasons(go(house, clock, site.at(HOST, "/1"))) == ["robots"]
    assert house.lent == [OTHER, f"-{OTHER}"]


def test_and_not_if_that_one_must_not_be_asked(site: Site, clock: Clock) -> None:
    site.redirect("/robots.txt", site.at(OTHER, "/rules.txt"))
    assert reasons(go(House(lends=False), clock, site.at(HOST, "/1"))) == ["Busy"]
    assert asked(site) == ["/robots.txt"]


def test_the_rules_of_another_host_are_used_where_they_are_known(site: Site, clock: Clock) -> None:
    house = House(lends=False)
    house.known[site.at(OTHER)] = "User-agent: *\nDisallow: /1"
    site.redirect("/robots.txt", site.at(OTHER, "/robots.txt"))
    assert reasons(go(house, clock, site.at(HOST, "/1"))) == ["robots"]


def test_a_robots_txt_that_leads_from_place_to_place_allows_everything(site: Site, house: House, clock: Clock) -> None:
    site.redirect("/robots.txt", "/robots.txt")
    site.page("/1")
    assert reasons(go(house, clock, site.at(HOST, "/1"))) == ["FetchedPage"]
    assert asked(site) == [*["/robots.txt"] * 6, "/1"]


# Other hosts -----------------------------------------------------------------------------------------------------


def test_a_redirect_to_another_host_is_not_followed_but_told(site: Site, house: House, clock: Clock) -> None:
    house.known[site.at(HOST)] = ""
    site.redirect("/1", "/2")
    target = site.redirect("/2", site.at(OTHER, "/3#part"))
    (moved,) = go(house, clock, site.at(HOST, "/1"))
    assert isinstance(moved, Moved)
    assert (moved.url, moved.redirects) == (site.at(OTHER, "/3"), [site.at(HOST, "/1"), site.at(HOST, "/2")])
    assert asked(site) == ["/1", "/2"] and target


def test_a_page_that_moved_says_what_led_to_it(site: Site, house: House, clock: Clock) -> None:
    house.known[site.at(HOST)] = ""
    site.page("/3")
    first = "http://first.example/1"
    (page,) = go(house, clock, site.at(HOST, "/3"), redirects=[first])
    assert isinstance(page, FetchedPage)
    assert (page.requested_url, page.redirects, page.url) == (first, [first], site.at(HOST, "/3"))


def test_redirects_are_counted_over_all_hosts(site: Site, house: House, clock: Clock) -> None:
    house.known[site.at(HOST)] = ""
    site.redirect("/1", "/2")
    site.page("/2")
    before = [f"http://h{number}.example/" for number in range(7)]
    assert reasons(go(house, clock, site.at(HOST, "/1"), redirects=before)) == ["FetchedPage"]
    assert reasons(go(house, clock, site.at(HOST, "/1"), redirects=[*before, "http://h8.example/"])) == ["redirects"]


def test_two_hosts_that_redirect_to_each_other_are_asked_once(site: Site, house: House, clock: Clock) -> None:
    house.known[site.at(HOST)] = ""
    site.redirect("/2", site.at(OTHER, "/1"))
    assert reasons(go(house, clock, site.at(HOST, "/2"), redirects=[site.at(OTHER, "/1")])) == ["redirects"]


# The connection --------------------------------------------------------------------------------------------------


def test_a_visit_keeps_its_connection(site: Site, house: House, clock: Clock) -> None:
    site.page("/robots.txt", b"")
    site.redirect("/1", "/2")
    site.page("/2", b"Tides" * 100)
    found = go(house, clock, site.at(HOST, "/1"), site.at(HOST, "/missing"), site.at(HOST, "/2"))
    assert reasons(found) == ["FetchedPage", "gone", "FetchedPage"]
    assert len(site.asked) == 5 and len(site.connections) == 1


def test_a_connection_that_the_server_closed_is_made_anew(site: Site, house: House, clock: Clock) -> None:
    house.known[site.at(HOST)] = ""
    first = site.raw("/1", b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nTides")
    site.page("/2", b"Ebb")
    assert first
    found = go(house, clock, site.at(HOST, "/1"), site.at(HOST, "/2"))
    assert [one.body for one in found if isinstance(one, FetchedPage)] == [b"Tides", b"Ebb"]


def test_a_connection_that_ends_under_a_request_is_made_anew_once(site: Site, house: House, clock: Clock) -> None:
    house.known[site.at(HOST)] = ""
    site.page("/1", b"Tides")
    met: list[object] = []

    def hang_up_on_who_comes_again(handler: BaseHTTPRequestHandler) -> None:
        met.append(handler.client_address)
        if len(site.connections) > 1:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nEbb")
        handler.close_connection = True

    site.does("/2", hang_up_on_who_comes_again)
    found = go(house, clock, site.at(HOST, "/1"), site.at(HOST, "/2"))
    assert [one.body for one in found if isinstance(one, FetchedPage)] == [b"Tides", b"Ebb"]
    assert len(met) == 2


@pytest.mark.parametrize("at_once", [True, False])
def test_what_comes_after_an_answer_is_not_taken_for_the_next_one(
    site: Site, house: House, clock: Clock, at_once: bool
) -> None:
    moment = Event()
    house.known[site.at(HOST)] = ""
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nTides"
    lie = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nLie"
    if at_once:
        site.raw("/1", answer + lie, hang_up=False)
    else:
        site.afterwards("/1", answer, lie, moment)
        clock.meanwhile = moment
    site.page("/2", b"Ebb")
    found = go(house, clock, site.at(HOST, "/1"), site.at(HOST, "/2"))
    assert [one.body for one in found if isinstance(one, FetchedPage)] == [b"Tides", b"Ebb"]
