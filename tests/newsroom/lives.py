"""What is seen of jobs' lives in the ledger: where each is, and every move of each, as the rows were written."""

from __future__ import annotations

from typing import NamedTuple

from wireroom.database import Connection
from wireroom.ledger import reconcile
from wireroom.ledger.life import MOVES, Event, Life, State, after

_INSTALL = """
CREATE TABLE seen (
    id bigint GENERATED ALWAYS AS IDENTITY, who text NOT NULL DEFAULT current_setting('application_name'),
    job_id bigint, state text, leg text, run int, failures int, losses int, flight bigint);
CREATE VIEW lives AS
    SELECT job_id, leg, run, failures, losses, flight_id,
        CASE WHEN flight_id IS NOT NULL THEN 'in_flight' ELSE coalesce('waits_for_' || waits_for, 'ready') END AS state
        FROM line
    UNION ALL SELECT job_id, leg, run, NULL, NULL, NULL, 'quarantined' FROM quarantine
    UNION ALL SELECT job_id, NULL, run, NULL, NULL, NULL, 'ended' FROM outcomes;
CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO seen (job_id, state, leg, run, failures, losses, flight)
    SELECT job_id, state, leg, run, failures, losses, flight_id FROM lives
    WHERE job_id = NEW.job_id AND state = ANY(TG_ARGV::text[]);
    RETURN NULL;
END $$;
CREATE TRIGGER seen AFTER INSERT OR UPDATE ON line FOR EACH ROW
    EXECUTE FUNCTION see('ready', 'in_flight', 'waits_for_time', 'waits_for_host', 'waits_for_pause');
CREATE TRIGGER seen AFTER INSERT ON quarantine FOR EACH ROW EXECUTE FUNCTION see('quarantined');
CREATE TRIGGER seen AFTER INSERT ON outcomes FOR EACH ROW EXECUTE FUNCTION see('ended');
"""


_PLACES = "SELECT job_id, state, leg, run, failures, losses, flight_id FROM lives"


class Seen(NamedTuple):
    """What can be seen of a life: quarantine keeps no numbers, and an outcome no leg."""

    state: State
    leg: str | None
    run: int
    failures: int | None
    losses: int | None
    flight: int | None


def install(db: Connection) -> None:
    """From now on every move is noted, under the name of the connection that made it."""
    db.execute(_INSTALL)


def visible(life: Life, flight: int | None = None) -> Seen:
    """What is seen of it."""
    if life.state is State.ENDED:
        return Seen(life.state, None, life.run, None, None, None)
    if life.state is State.QUARANTINED:
        return Seen(life.state, life.leg, life.run, None, None, None)
    return Seen(*life, flight)


def moves(db: Connection, who: str) -> list[tuple[int, Seen]]:
    """What that connection has moved since it was asked last, in order."""
    rows = db.execute("DELETE FROM seen WHERE who = %s RETURNING *", [f"wireroom {who}"]).fetchall()
    return [(job, Seen(State(state), *rest)) for _, _, job, state, *rest in sorted(rows)]


def places(db: Connection) -> dict[int, Seen]:
    """Where every job is; reconcile sees to it that none is in two places."""
    return {job: Seen(State(state), *rest) for job, state, *rest in db.execute(_PLACES)}


_CHECKS = " UNION ALL ".join(
    f"SELECT '{check}', id::bigint, told::text FROM ({getattr(reconcile.queries, check)}) AS found (id, told)"
    for check in reconcile.CHECKS
).encode()


def findings(db: Connection) -> list[tuple[str, int, str]]:
    """What reconcile's checks find in everything: all of them in one statement, because it is asked so often."""
    return db.execute(_CHECKS, {"since": reconcile.EVER}).fetchall()


def event_between(before: Life, seen: Seen) -> Event | None:
    """The event of `life.MOVES` that explains what is seen; None: nothing does."""
    for event, move in MOVES.items():
        possible = before.state in move.found and (not move.leg or move.leg[0] == before.leg)
        if possible and visible(after(before, event), seen.flight) == seen:
            return event
    return None
