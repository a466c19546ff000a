"""What holds up those that somebody waits for."""

from __future__ import annotations

from newsroom.desk import Desk, offer
from wireroom.errors import Busy
from wireroom.ledger import hosts, pauses, sources
from wireroom.ledger.obstacles import obstacles
from wireroom.ledger.sources import Added, Wanted


def test_pauses_and_busy_hosts_hold_up_a_submission_and_polls(desk: Desk) -> None:
    pages = (offer(url=f"https://{host}.example/{page}", source="Tide") for host in "ab" for page in range(2))
    desk.accept(*pages, submission="s")
    desk.accept(offer(url="https://c.example/1", source="Sea"), submission="another")
    wanted = [Wanted(url="https://b.example/feed"), Wanted(url="https://c.example/feed")]
    busy, free = (one.id for one in sources.add(desk.db, wanted, "ada") if isinstance(one, Added))
    assert obstacles(desk.db, submission="s", sources=[busy, free]) == []
    pauses.pause(desk.db, pauses.target("host", "a.example"), "ada", "too many")
    pauses.pause(desk.db, pauses.target("source", "Tide"), "bob")
    pauses.pause(desk.db, pauses.target("leg", "poll"), "bob")
    hosts.cool(desk.db, {"b.example": Busy("it answered 429")}, 60.0)

    def told(**asked: object) -> list[tuple[str, int]]:
        found = obstacles(desk.db, **asked)  # type: ignore[arg-type]
        return [(str(one).split(" until ")[0], one.number) for one in found]

    assert told(submission="s") == [
        ("source Tide is paused by bob", 4),
        ("host a.example is paused by ada: too many", 2),
        ("host b.example is left in peace", 2),
    ]
    assert told(sources=[busy, free]) == [("leg poll is paused by bob", 2), ("host b.example is left in peace", 1)]
    assert told(sources=[free]) == [("leg poll is paused by bob", 1)]
    sources.pause(desk.db, [free], "ada")
    assert told(sources=[free]) == told(submission="none") == []
