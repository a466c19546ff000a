"""Which addresses may be fetched from."""

from __future__ import annotations

import pytest

from wireroom.errors import WireroomError
from wireroom.ingest.addresses import networks, parse, permitted


def may(address: str, allow: str = "") -> bool:
    return permitted(parse(address), networks(allow))


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "93.184.215.14", "172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.0", "223.255.255.255"],
)
def test_public_ipv4_may_be_fetched(address: str) -> None:
    assert may(address)


@pytest.mark.parametrize("address", ["2606:4700:4700::1111", "2a00:1450:4001:830::200e", "2001:4860:4860::8888"])
def test_public_ipv6_may_be_fetched(address: str) -> None:
    assert may(address)


@pytest.mark.parametrize(
    "address",
    [
        *("0.0.0.0", "0.1.2.3", "10.0.0.1", "127.0.0.1", "127.255.255.254", "172.16.0.1", "172.31.255.255"),
        *("192.168.1.1", "100.64.0.1", "192.0.0.8", "192.88.99.1", "198.18.0.1", "198.19.255.255"),
        *("192.0.2.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
    ],
)
def test_ipv4_that_is_not_public_is_refused(address: str) -> None:
    assert not may(address)


@pytest.mark.parametrize(
    "address", ["169.254.169.254", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "fd00:ec2::254"]
)
def test_the_metadata_services_of_clouds_are_refused(address: str) -> None:
    assert not may(address)


@pytest.mark.parametrize(
    "address",
    [
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "100::1"),
        *("2001::1", "2001:0:7f00:1::", "2001:db8::1", "2002:7f00:1::", "3fff::1", "4000::1", "5f00::1"),
    ],
)
def test_ipv6_that_is_not_public_is_refused(address: str) -> None:
    assert not may(address)


@pytest.mark.parametrize(
    "address",
    [
        *("::ffff:127.0.0.1", "::ffff:7f00:1", "0:0:0:0:0:FFFF:10.0.0.1", "::ffff:c0a8:101"),
        *("64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "::127.0.0.1", "::10.0.0.1", "64:ff9b:1::10.0.0.1"),
    ],
)
def test_a_private_ipv4_carried_in_ipv6_is_refused(address: str) -> None:
    assert not may(address)


@pytest.mark.parametrize("address", ["::ffff:1.1.1.1", "64:ff9b::1.1.1.1"])
def test_a_public_ipv4_carried_in_ipv6_may_be_fetched(address: str) -> None:
    assert may(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.9.9.9", "::ffff:127.0.0.1", "::1"])
def test_what_is_allowed_may_be_fetched(address: str) -> None:
    assert may(address, "127.0.0.0/8, ::1/128")


@pytest.mark.parametrize("address", ["10.0.0.1", "::2", "::ffff:10.0.0.1", "169.254.169.254"])
def test_allowing_one_network_allows_no_other(address: str) -> None:
    assert not may(address, "127.0.0.0/8,::1/128")


def test_what_is_public_stays_so_when_more_is_allowed() -> None:
    assert may("1.1.1.1", "10.0.0.0/8")


def test_no_networks_and_empty_pieces_are_nothing() -> None:
    assert networks("") == networks(" , ") == ()


@pytest.mark.parametrize(
    "text", ["localhost", "10.0.0.1/8", "127.0.0.0/33", "127.1", "0x7f000001", "10.0.0.0-10.0.0.9"]
)
def test_what_is_no_network_is_refused_with_the_setting_named(text: str) -> None:
    with pytest.raises(WireroomError, match=r"WIREROOM_FETCH_ALLOW.* is not a network"):
        networks(f"::1/128,{text}")
