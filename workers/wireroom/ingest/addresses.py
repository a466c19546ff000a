"""Which network addresses may be fetched from: public ones, and private ones that the operator allows."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from wireroom.errors import WireroomError

Address = IPv4Address | IPv6Address
Networks = tuple[IPv4Network | IPv6Network, ...]

# Written out, because `is_global` of the standard library changes between versions of Python. Source: the IANA
# special-purpose address registries.
_NOT_PUBLIC_V4: Networks = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carrier-grade NAT
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, and the metadata services of clouds
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
_PUBLIC_V6 = IPv6Network("2000::/3")
_NOT_PUBLIC_V6: Networks = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # protocols, Teredo among them, which carries IPv4 addresses
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which carries IPv4 addresses
        "3fff::/20",  # documentation
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")


def networks(text: str) -> Networks:
    """Read comma-separated networks, as `127.0.0.0/8,::1/128`; raises `WireroomError` that names the setting."""
    return tuple(_network(piece.strip()) for piece in text.split(",") if piece.strip())


def permitted(address: Address, allow: Networks) -> bool:
    """Whether `address` may be connected to: it is public, or in `allow`, as itself or as the IPv4 it carries."""
    return any(_within(form, allow) for form in _forms(address)) or _public(address)


def parse(text: str) -> Address:
    """The address that a resolver gave as `text`; a zone (`%eth0`) is kept."""
    return ip_address(text)


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise WireroomError(
            f"WIREROOM_FETCH_ALLOW: {text!r} is not a network ({error}); write networks as 127.0.0.0/8,::1/128"
        ) from error


def _forms(address: Address) -> Iterator[Address]:
    yield address
    carried = _carried(address)
    if carried is not None:
        yield carried


def _carried(address: Address) -> IPv4Address | None:
    """The IPv4 address that is really reached through `address`, a mapped or NAT64 one."""
    if isinstance(address, IPv4Address):
        return None
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else address.ipv4_mapped


def _public(address: Address) -> bool:
    carried = _carried(address)
    if carried is not None:
        return _public(carried)
    if isinstance(address, IPv4Address):
        return not _within(address, _NOT_PUBLIC_V4)
    return address in _PUBLIC_V6 and not _within(address, _NOT_PUBLIC_V6)


def _within(address: Address, some: Networks) -> bool:
    return any(address in network for network in some)
