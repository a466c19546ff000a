"""The table: ratios first, then what they are made of."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from benchmarks.idle import Idle, percentile
from benchmarks.material import Kind
from benchmarks.system import Measured

BARE, LINE, CHAIN, LEAN = "bare loop", "Wireroom", "Celery chain", "chain, no results"
SYSTEMS = (BARE, LINE, CHAIN, LEAN)
_HEAD, _CELL = 48, 20


class Load(NamedTuple):
    """What is brought: text articles or pages, with which enrichers."""

    kind: Kind
    enrichers: str

    def __str__(self) -> str:
        return f"{self.kind}, {self.enrichers}"


class Results(NamedTuple):
    """Of each load, each system's rounds; and the idle line."""

    rounds: dict[Load, dict[str, list[Measured]]]
    idle: Idle | None


Figure = Callable[[dict[str, list[Measured]]], str]


def table(results: Results) -> str:
    """What one run measured."""
    rows = [("", [str(load) for load in results.rounds])]
    for head, figure in _figures():
        cells = [figure(systems) for systems in results.rounds.values()]
        if any(cells) or not head:
            rows.append((head, cells))
    return "\n".join([*(_line(*row) for row in rows), "", *_idle(results.idle), *_breakdown(results), "", _machine()])


def total(rounds: Sequence[Measured]) -> Measured:
    """All rounds as one."""
    names = dict.fromkeys(name for one in rounds for name in one.cpu)
    cpu = {name: sum(one.cpu.get(name, 0.0) for one in rounds) for name in names}
    seconds, work = sum(one.seconds for one in rounds), sum(one.work for one in rounds)
    return Measured(sum(one.articles for one in rounds), cpu, seconds, work)


def plumbing(system: Sequence[Measured], bare: Sequence[Measured]) -> float:
    """CPU milliseconds an article above the bare loop."""
    return total(system).cost - total(bare).cost


def _figures() -> Iterable[tuple[str, Figure]]:
    yield "chain / Wireroom: CPU an article", _ratio(lambda found, name: total(found[name]).cost)
    yield "chain / Wireroom: plumbing", _ratio(lambda found, name: plumbing(found[name], found[BARE]))
    yield "Wireroom / chain: articles a second", _ratio(lambda found, name: 1 / total(found[name]).rate)
    yield "no results / Wireroom: CPU an article", _ratio(lambda found, name: total(found[name]).cost, LEAN)
    yield "no results / Wireroom: plumbing", _ratio(lambda found, name: plumbing(found[name], found[BARE]), LEAN)
    yield "", lambda _: ""
    for name in SYSTEMS[1:]:
        yield f"plumbing, CPU ms an article: {name}", _each(name, _plumbing_and_rounds)
    yield f"the same, parse and enrich left out: {LINE}", _each(LINE, _beside)
    yield "", lambda _: ""
    for name in SYSTEMS:
        yield f"CPU ms an article: {name}", _each(name, lambda rounds, _: f"{total(rounds).cost:.2f}")
    yield "", lambda _: ""
    for name in SYSTEMS:
        yield f"articles a second: {name}", _each(name, lambda rounds, _: f"{total(rounds).rate:,.0f}")


def _ratio(of: Callable[[dict[str, list[Measured]], str], float], peer: str = CHAIN) -> Figure:
    def ratio(found: dict[str, list[Measured]]) -> str:
        if not {peer, LINE, BARE} <= found.keys():
            return ""
        ours = of(found, LINE)
        # A difference can drown in what the machine does besides.
        return f"{of(found, peer) / ours:.1f}x" if ours > 0 else "lost in noise"

    return ratio


def _each(name: str, show: Callable[[list[Measured], list[Measured]], str]) -> Figure:
    return lambda found: show(found[name], found[BARE]) if {name, BARE} <= found.keys() else ""


def _plumbing_and_rounds(rounds: list[Measured], bare: list[Measured]) -> str:
    each = sorted(one.cost - other.cost for one, other in zip(rounds, bare, strict=True))
    spread = f" ({each[0]:.1f}-{each[-1]:.1f})" if len(each) > 1 else ""
    return f"{plumbing(rounds, bare):.2f}{spread}"


def _beside(rounds: list[Measured], bare: list[Measured]) -> str:
    """The difference of two large numbers that vary with the machine, without what is large in them."""
    return f"{total(rounds).beside - total(bare).beside:.2f}"


def _idle(idle: Idle | None) -> list[str]:
    if idle is None:
        return []
    ours, theirs = (
        f"p50 {percentile(times, 50):.1f} ms, p95 {percentile(times, 95):.1f} ms" for times in (idle.line, idle.chain)
    )
    ratio = percentile(idle.line, 50) / percentile(idle.chain, 50)
    return [
        f"idle, submit to stored / a chain of four no-ops: {ratio:.2f}x at p50, of {len(idle.line)} each",
        f"  Wireroom {ours}; no-op chain {theirs}",
        "",
    ]


def _breakdown(results: Results) -> list[str]:
    """Where the CPU goes, by process."""
    found = [{name: total(rounds) for name, rounds in systems.items()} for systems in results.rounds.values()]
    known = dict.fromkeys((name, process) for one in found for name in one for process in one[name].cpu)
    lines = []
    for name, process in known:
        cells = (_share(one[name], process) if name in one else "" for one in found)
        lines.append(_line(f"CPU ms an article: {name}: {process}", cells))
    return lines


def _share(measured: Measured, process: str) -> str:
    return f"{measured.cpu.get(process, 0.0) * 1000 / measured.articles:.2f}"


def _line(head: str, cells: Iterable[str]) -> str:
    return f"{head:<{_HEAD}}{''.join(f'{cell:>{_CELL}}' for cell in cells)}".rstrip()


def _machine() -> str:
    machine = f"{os.cpu_count()} cores, {platform.machine()} {platform.system()}"
    return f"Python {platform.python_version()}, {machine}, durable Postgres"
