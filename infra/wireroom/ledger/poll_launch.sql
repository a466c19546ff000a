-- Locks are taken in one order everywhere: docs/decisions/0007-order-of-locks.md. All of this is done under the lock of
-- fetch launches, because pages and polls ask the same hosts.

-- name: look
-- Whether a pause holds all polls, how many fly, and the lanes that are not paused.
SELECT EXISTS (SELECT FROM pauses WHERE what = 'line' OR (what = 'leg' AND name = 'poll')),
    (SELECT count(*) FROM sources WHERE flight_id IS NOT NULL),
    array(SELECT lane FROM unnest(%(lanes)s::text[]) AS lane
        WHERE NOT EXISTS (SELECT FROM pauses WHERE what = 'lane' AND name = lane))

-- name: adrift
-- Sources whose flight is gone are due again.
UPDATE sources SET flight_id = NULL WHERE flight_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM flights WHERE flights.id = sources.flight_id)

-- name: misdated
-- Sources that would be polled later than any is: the clock was set back since.
UPDATE sources SET due_at = now()
WHERE lane = ANY(%(lanes)s) AND due_at > now() + make_interval(secs => %(farthest)s) AND flight_id IS NULL
    AND paused_at IS NULL AND NOT parked

-- name: call
-- Of each host for which polls wait and that may be asked, the one that comes next: live ones first, then who has waited
-- longest.
WITH free AS MATERIALIZED (
    SELECT host FROM hosts
    WHERE polls_parked AND next_at <= now()
        AND NOT (turn IS NOT DISTINCT FROM 'fetch' AND parked AND next_at > now() - make_interval(secs => %(patience)s))
        AND NOT EXISTS (SELECT FROM line WHERE line.host = hosts.host AND leg = 'fetch' AND flight_id IS NOT NULL)
        AND NOT EXISTS (SELECT FROM sources WHERE sources.host = hosts.host AND flight_id IS NOT NULL)
        AND NOT EXISTS (SELECT FROM pauses WHERE what = 'host' AND name = hosts.host)
    ORDER BY next_at LIMIT %(most)s
), next AS (
    SELECT id, free.host, source, lane FROM free CROSS JOIN LATERAL (
        SELECT id, source, lane FROM sources WHERE sources.host = free.host AND parked
        ORDER BY lane DESC, due_at LIMIT 1 FOR UPDATE SKIP LOCKED
    ) AS first
)
SELECT id, host, source, lane FROM next

-- name: due
-- The sources of a lane whose time has come, but for those that wait for their host.
SELECT id, host, source, lane FROM sources
WHERE lane = %(lane)s AND due_at <= now() AND flight_id IS NULL AND paused_at IS NULL AND NOT parked
ORDER BY due_at LIMIT %(limit)s FOR UPDATE SKIP LOCKED

-- name: paused_names
SELECT name FROM pauses WHERE what = 'source' AND name = ANY(%(names)s)

-- name: put_off
-- Held by a pause: they are looked at again after a while, so that a crowd of them costs little.
UPDATE sources SET parked = false, due_at = now() + make_interval(secs => %(seconds)s) WHERE id = ANY(%(sources)s)

-- name: park
WITH parked AS (
    UPDATE sources SET parked = true WHERE id = ANY(%(sources)s) RETURNING host
)
INSERT INTO hosts (host, next_at, polls_parked) SELECT DISTINCT host, now(), true FROM parked ORDER BY host
ON CONFLICT (host) DO UPDATE SET polls_parked = true

-- name: board
UPDATE sources SET parked = false, flight_id = boarding.flight_id
FROM unnest(%(sources)s::bigint[], %(flights)s::bigint[]) AS boarding (id, flight_id) WHERE sources.id = boarding.id

-- name: still_parked
-- Whether more polls wait for these hosts. Only launches park, one at a time, so nobody is forgotten.
UPDATE hosts SET polls_parked = NOT polls_parked
WHERE host = ANY(%(hosts)s)
    AND polls_parked <> EXISTS (SELECT FROM sources WHERE sources.host = hosts.host AND parked)
