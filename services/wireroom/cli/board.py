"""The status, made readable."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from wireroom.cli.output import cell, clock, short
from wireroom.ledger.pauses import Pause
from wireroom.ledger.status import PLACES, TIMED_SECONDS, TOTAL, Cause, Checked, InFlight, Rate, Status, Times, Waiting
from wireroom.topology import POLL, QUEUED, STAGES

_HEADS = {"ready": "ready", "time": "for their time", "host": "for their host", "pause": "for a pause"}


def board(found: Status, *, compact: bool = False) -> Group:
    """Everything; `compact` puts tables side by side where the terminal is wide enough."""
    return Group(*_parts(found, compact=compact))


def _parts(found: Status, *, compact: bool) -> Iterator[RenderableType]:
    yield cell(f"Wireroom at {clock(found.at)}", "bold")
    for one in found.pauses:
        yield cell(f"paused: {one}, since {clock(one.since)} by {one.told}", "yellow")
    yield _checked(found.checked, found.at)
    # First what a person has to see to: a small terminal shows no more than fits.
    if found.oldest:
        yield cell(f"the oldest unfinished is job {found.oldest.job_id}, accepted {_span(found.oldest.seconds)} ago")
    yield from _failures(found)
    for pair in (
        (_waiting(found.waiting, found.pauses), _in_flight(found.in_flight)),
        (_times(found.times), _rates(found.rates)),
    ):
        yield Text()
        yield Columns(pair, padding=(0, 3)) if compact else Group(pair[0], Text(), pair[1])


def _checked(checked: Checked | None, at: datetime) -> Text:
    if checked is None:
        return cell("not reconciled yet: a dispatcher does it, or wireroom reconcile", "yellow")
    ago = f"reconciled {_span((at - checked.started_at).total_seconds())} ago"
    if checked.findings:
        clean = f"the last clean pass began {clock(checked.clean_at)}" if checked.clean_at else "no pass was clean"
        return cell(f"{ago}: {checked.findings} UNACCOUNTED, see wireroom reconcile; {clean}", "bold red")
    return cell(f"{ago}, all accounted for: {checked.sums or ''}")


def _waiting(rows: Sequence[Waiting], pauses: Sequence[Pause]) -> Table:
    paused = {str(one) for one in pauses}
    made = _numbers("waiting", *_HEADS.values())
    for row in rows:
        numbers = [f"{getattr(row, place):,}{'+' if place in row.at_least else ''}" for place in PLACES]
        held = " (paused)" if paused & {"line", f"leg {row.leg}", f"lane {row.lane}"} else ""
        made.add_row(f"{row.leg} {row.lane}{held}", *numbers)
    return made


def _in_flight(rows: Sequence[InFlight]) -> Table:
    made = _numbers("in flight", "queued", "started")
    for stage in QUEUED:
        by_state = {row.started: _articles(row) for row in rows if row.stage == stage}
        made.add_row(stage, by_state.get(False, "0"), by_state.get(True, "0"))
    return made


def _articles(row: InFlight) -> str:
    if row.stage == POLL:
        return f"{row.flights:,} source{'s' if row.flights > 1 else ''}"
    return f"{row.articles:,} in {row.flights:,} flight{'s' if row.flights > 1 else ''}"


def _rates(rates: Sequence[Rate]) -> Table:
    made = _numbers("rate", "last minute", "last hour")
    for what in dict.fromkeys(rate.what for rate in rates):
        made.add_row(what, *(_rate(rate) for rate in rates if rate.what == what))
    return made


def _rate(rate: Rate) -> str:
    often = f"{rate.per_second:,.1f}/s" if rate.per_second >= 1 else f"{rate.per_second * 60:,.1f}/min"
    return often if rate.seconds in (60, 3600) else f"{often} ({_span(rate.seconds)})"


def _times(times: Sequence[Times]) -> RenderableType:
    if not times:
        return cell(f"nothing finished in the last {_span(TIMED_SECONDS)}")
    made = _numbers("seconds", "p50", "p95", "of")
    order = (TOTAL, *STAGES)
    for one in sorted(times, key=lambda one: order.index(one.what) if one.what in order else len(order)):
        name = "accepted to finished" if one.what == TOTAL else one.what
        made.add_row(name, f"{one.p50:,.3f}", f"{one.p95:,.3f}", f"{one.number:,}")
    return made


def _failures(found: Status) -> Iterator[RenderableType]:
    failed = ", ".join(f"{one.stage} {one.kind} {one.number:,}" for one in found.failures)
    yield cell(f"failed in the last hour: {failed or 'nothing'}")
    yield from _causes(found.causes)
    held = f"{found.quarantine.number:,}{'+' if found.quarantine.at_least else ''}"
    yield cell(f"in quarantine: {held}", "yellow" if found.quarantine.number else "")
    yield from _causes(found.quarantine_causes)
    refused = ", ".join(f"{one.reason} {one.number:,}" for one in found.refusals)
    yield cell(f"refused in the last day: {refused or 'nothing'}")


def _causes(causes: Sequence[Cause]) -> Iterator[RenderableType]:
    for one in causes:
        named = f", cause {one.fingerprint}" if one.fingerprint else ""
        yield cell(f"  {one.number:,} × {one.stage} ({one.kind}{named}): {short(one.cause)}")


def _numbers(*columns: str) -> Table:
    made = Table(box=None, pad_edge=False, header_style="dim")
    made.add_column(columns[0], min_width=20, no_wrap=True)
    for column in columns[1:]:
        made.add_column(column, justify="right", no_wrap=True)
    return made


def _span(seconds: float) -> str:
    """A length of time in its two largest units."""
    whole = round(seconds)
    parts = ((whole // 86_400, "d"), (whole // 3600 % 24, "h"), (whole // 60 % 60, "min"), (whole % 60, "s"))
    first = next((place for place, (number, _) in enumerate(parts) if number), len(parts) - 1)
    return " ".join(f"{number} {unit}" for number, unit in parts[first : first + 2] if number) or "0 s"
