"""Sources over HTTP: what is polled, and how its polls went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from wireroom.gateway import intake
from wireroom.gateway.answers import as_json
from wireroom.gateway.asking import desk_of, id_of, number_of
from wireroom.gateway.front_desk import FrontDesk
from wireroom.gateway.lock import caller_of
from wireroom.gateway.orders import read_order
from wireroom.gateway.problems import Problem, refusal
from wireroom.gateway.promptness import in_time
from wireroom.gateway.views import source_view
from wireroom.ledger import sources
from wireroom.ledger.offer import Refused, check_name
from wireroom.ledger.sources import KINDS, STATES, Added, Asked, Change, PollEnd, Source, Wanted
from wireroom.source_lists import Read, labelled, read_sources, write_opml

MOST_SHOWN = 1000
DEFAULT_SHOWN = 100
IMPORT_BYTES = 20_000_000
MOST_REFUSED = 1000
"""What was refused of a list that an answer names; it counts all."""
OPML = "text/x-opml"


class NewSource(Wanted, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A source to be polled from now on, and who wants it."""

    who: str | None = None


class Hold(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """By whose word it is polled no more, and why."""

    who: str | None = None
    why: str | None = None


async def add_source(request: Request) -> Response:
    """Poll a feed, a sitemap, or what a page leads to: 201 where it is new, 200 with the same one where it is known."""
    order = await read_order(request, NewSource)
    wanted = Wanted(**{name: getattr(order, name) for name in Wanted.__struct_fields__})
    (added,) = await in_time(_add, desk_of(request), [wanted], caller_of(request).signed(order.who))
    if isinstance(added, Refused):
        raise refusal(added)
    headers = {"Location": f"/v1/sources/{added.id}"}
    return as_json({"id": added.id, "new": added.new}, 201 if added.new else 200, headers)


async def import_sources(request: Request) -> Response:
    """Poll all that a list names: OPML, addresses one a line, a table with a column `url`, or lines of JSON."""
    source, lane = request.query_params.get("source"), _lane(request)
    if refused := check_name("source", source):
        raise refusal(refused)
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Problem(415, "send the list without a content-encoding", reason="encoded")
    body = await intake.read(request, IMPORT_BYTES)
    if not body.strip():
        raise Problem(422, "the list is empty: give OPML, or a URL a line", reason="empty")
    read = [_labelled(one, Wanted(url="", source=source, lane=lane)) for one in await in_time(_read, body)]
    wanted = [one.said for one in read if isinstance(one.said, Wanted)]
    who, desk, added = caller_of(request).signed(), desk_of(request), list[Added | Refused]()
    for start in range(0, len(wanted), sources.CHUNK):
        added += await in_time(_add, desk, wanted[start : start + sources.CHUNK], who)
    answers = iter(added)
    ends = [(one.where, next(answers) if isinstance(one.said, Wanted) else one.said) for one in read]
    return as_json(_import_view(ends))


async def export_sources(request: Request) -> Response:
    """All sources but pages and what an index named, as OPML."""
    found = await in_time(_export, desk_of(request))
    headers = {"Content-Disposition": 'attachment; filename="sources.opml"'}
    return Response(found, headers=headers, media_type=OPML)


async def show_sources(request: Request) -> Response:
    """What is polled, in order of ids; with `?after=` the cursor of the page before."""
    asked = Asked(
        source=request.query_params.get("source"), kind=_choice(request, "kind", KINDS),
        state=_choice(request, "state", STATES), found_by=number_of(request, "found_by", 1),
    )  # fmt: skip
    if refused := check_name("source", asked.source):
        raise refusal(refused)
    limit, after = number_of(request, "limit", 1, MOST_SHOWN) or DEFAULT_SHOWN, number_of(request, "after", 0) or 0
    found = await in_time(_find, desk_of(request), asked, limit + 1, after)
    cursor = found[:limit][-1].id if found else after
    return as_json(
        {"sources": [source_view(one) for one in found[:limit]], "cursor": cursor, "more": len(found) > limit}
    )


async def show_source(request: Request) -> Response:
    """A source, and its last polls, the newest first."""
    id_ = id_of(request, "source")
    found, polls = await in_time(_look, desk_of(request), id_)
    return as_json(source_view(found) | {"polls": [one._asdict() for one in polls]})


async def change_source(request: Request) -> Response:
    """Change how a source is polled; what is not given stays."""
    id_, change = id_of(request, "source"), await read_order(request, Change)
    if refused := sources.check_change(change):
        raise refusal(refused)
    with_change = await in_time(_do, desk_of(request), id_, lambda db: sources.change(db, [id_], change))
    return as_json(source_view(with_change[1]))


async def remove_source(request: Request) -> Response:
    """Poll a source no more, and forget what it has shown; its articles stay."""
    id_, desk = id_of(request, "source"), desk_of(request)
    await in_time(_look, desk, id_)
    removed = await in_time(_work, desk, lambda db: sources.remove(db, [id_]))
    return as_json({"id": id_, "changed": bool(removed)})


async def poll_source(request: Request) -> Response:
    """Poll a source as soon as its host allows it; not one that is paused."""
    id_ = id_of(request, "source")
    return _changed(await in_time(_do, desk_of(request), id_, lambda db: sources.poll_now(db, [id_]), wakes=True))


async def pause_source(request: Request) -> Response:
    """Poll a source no more until it is resumed."""
    id_, hold = id_of(request, "source"), await read_order(request, Hold)
    who = caller_of(request).signed(hold.who)
    return _changed(await in_time(_do, desk_of(request), id_, lambda db: sources.pause(db, [id_], who, hold.why)))


async def resume_source(request: Request) -> Response:
    """Poll a paused source again, at once."""
    id_ = id_of(request, "source")
    return _changed(await in_time(_do, desk_of(request), id_, lambda db: sources.resume(db, [id_]), wakes=True))


def _changed(done: tuple[bool, Source]) -> Response:
    return as_json({"id": done[1].id, "changed": done[0]})


def _labelled(one: Read, label: Wanted) -> Read:
    return Read(one.where, labelled(one.said, label)) if isinstance(one.said, Wanted) else one


def _import_view(ends: Iterable[tuple[str, Added | Refused]]) -> dict[str, Any]:
    counts: Counter[str] = Counter()
    refused = []
    for where, end in ends:
        counts["refused" if isinstance(end, Refused) else "added" if end.new else "known"] += 1
        if isinstance(end, Refused):
            refused.append({"where": where, "field": end.field or None, "reason": end.reason, "detail": end.cause})
    told = {name: counts[name] for name in ("added", "known")}
    return told | {"refused": refused[:MOST_REFUSED], "refused_in_all": counts["refused"]}


def _read(body: bytes) -> list[Read]:
    return list(read_sources(body))


def _lane(request: Request) -> Literal["live", "backfill"]:
    return "backfill" if _choice(request, "lane", ("live", "backfill")) == "backfill" else "live"


def _choice(request: Request, name: str, known: tuple[str, ...]) -> str | None:
    given = request.query_params.get(name)
    if given is not None and given not in known:
        raise Problem(422, f"{name} must be one of: {', '.join(known)}", field=name, reason="bad_value")
    return given


def _add(desk: FrontDesk, wanted: list[Wanted], who: str) -> list[Added | Refused]:
    with desk.connection() as connection:
        added = sources.add(connection, wanted, who)
    desk.broker.wake()
    return added


def _find(desk: FrontDesk, asked: Asked, limit: int, after: int) -> list[Source]:
    with desk.snapshot() as connection:
        return sources.find(connection, asked, limit, after)


def _look(desk: FrontDesk, id_: int) -> tuple[Source, list[PollEnd]]:
    with desk.snapshot() as connection:
        found = sources.find(connection, Asked(ids=[id_]), 1)
        if not found:
            raise Problem(404, f"there is no source {id_}")
        return found[0], sources.last_polls(connection, id_)


def _do(desk: FrontDesk, id_: int, work: Any, *, wakes: bool = False) -> tuple[bool, Source]:
    """Whether that changed anything, and the source as it is now; raises `Problem` where there is none."""
    changed = _work(desk, work)
    found, _ = _look(desk, id_)
    if wakes:
        desk.broker.wake()
    return bool(changed), found


def _work(desk: FrontDesk, work: Any) -> list[int]:
    with desk.connection() as connection:
        done: list[int] = work(connection)
        return done


def _export(desk: FrontDesk) -> bytes:
    with desk.snapshot() as connection:
        return write_opml(sources.subscriptions(connection))
