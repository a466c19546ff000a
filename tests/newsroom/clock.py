"""Clocks that only a test moves."""

from __future__ import annotations

from wireroom.database import Connection

_INSTALL = """
CREATE SCHEMA stepped;
CREATE TABLE stepped.clock (ahead interval NOT NULL);
INSERT INTO stepped.clock VALUES ('0');
CREATE FUNCTION stepped.now() RETURNS timestamptz LANGUAGE sql STABLE
    AS 'SELECT pg_catalog.now() + ahead FROM stepped.clock';
CREATE FUNCTION stepped.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
    AS 'SELECT pg_catalog.clock_timestamp() + ahead FROM stepped.clock';
DO $$
DECLARE
    one record;
BEGIN
    -- A default remembers which function it meant when it was made.
    FOR one IN
        SELECT adrelid::regclass AS owner, attname, replace(replace(
            pg_get_expr(adbin, adrelid), 'clock_timestamp()', 'stepped.clock_timestamp()'), 'now()', 'stepped.now()')
            AS expression
        FROM pg_attrdef JOIN pg_attribute ON attrelid = adrelid AND attnum = adnum
        WHERE pg_get_expr(adbin, adrelid) ~ '(now|clock_timestamp)\\(\\)'
    LOOP
        EXECUTE format('ALTER TABLE %s ALTER %I SET DEFAULT %s', one.owner, one.attname, one.expression);
    END LOOP;
    EXECUTE format('ALTER DATABASE %I SET search_path = public, stepped, pg_catalog', current_database());
END $$
"""


class WallClock:
    """The clock that everybody sees who connects to the database afterwards, as NTP or a person steps it."""

    def __init__(self, db: Connection) -> None:
        db.execute(_INSTALL)

    @staticmethod
    def step(db: Connection, seconds: float) -> None:
        """Forwards, or backwards where negative."""
        db.execute("UPDATE stepped.clock SET ahead = ahead + make_interval(secs => %s)", [seconds])

    @staticmethod
    def reset(db: Connection) -> None:
        db.execute("UPDATE stepped.clock SET ahead = '0'")


class SteadyClock:
    """A monotonic clock, in seconds."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now
