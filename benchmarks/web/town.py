"""The whole local web, as data: the same for the process that serves it and for those who read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from benchmarks.web import hostile, moving, publishers, roads, rules, slow, troubled
from benchmarks.web.publishers import Press, Size
from benchmarks.web.site import Land, Site


class Plan(NamedTuple):
    """How large a web is to be."""

    press: Size = Size()
    slow: int = 240

    @classmethod
    def of(cls, hosts: int, feeds: int, entries: int) -> Plan:
        """About so many hosts, so many feeds with so many entries."""
        publishers_ = max(20, hosts // 3)
        return cls(Size(publishers_, feeds, entries), max(10, hosts // 4))


@dataclass(frozen=True)
class Town:
    """A local web."""

    land: Land
    press: Press

    @property
    def sites(self) -> dict[str, Site]:
        """Name -> host."""
        return self.land.sites


def build(port: int, plan: Plan) -> Town:
    """The web of that plan on that port."""
    land = Land(port)
    for kind in (rules, roads, troubled, hostile, moving):
        kind.build(land)
    slow.build(land, plan.slow)
    return Town(land, publishers.build(land, plan.press))
