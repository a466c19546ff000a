-- Locks are taken in one order everywhere: docs/decisions/0007-order-of-locks.md.

-- name: asked
-- These hosts were asked just now; each may be asked again after the delay of the settings, or its own if it is longer.
INSERT INTO hosts (host, next_at)
SELECT host, clock_timestamp() + make_interval(secs => %(delay)s)
FROM unnest(%(hosts)s::text[]) AS asked (host) ORDER BY host
ON CONFLICT (host) DO UPDATE SET
    next_at = greatest(hosts.next_at, clock_timestamp() + make_interval(secs => greatest(%(delay)s, hosts.delay))),
    failures = CASE WHEN %(answered)s THEN 0 ELSE hosts.failures END,
    cause = CASE WHEN %(answered)s THEN NULL ELSE hosts.cause END

-- name: lock_hosts
SELECT host, failures FROM hosts WHERE host = ANY(%(hosts)s) ORDER BY host FOR UPDATE

-- name: cool
-- These hosts were busy, once more, and are left in peace.
INSERT INTO hosts (host, next_at, failures, cause)
SELECT host, clock_timestamp() + make_interval(secs => wait), 1, cause
FROM unnest(%(hosts)s::text[], %(waits)s::float8[], %(causes)s::text[]) AS busy (host, wait, cause) ORDER BY host
ON CONFLICT (host) DO UPDATE SET next_at = greatest(hosts.next_at, excluded.next_at),
    failures = least(hosts.failures + 1, 1000), cause = excluded.cause

-- name: slow_down
INSERT INTO hosts (host, next_at, delay) VALUES (%(host)s, clock_timestamp(), %(delay)s)
ON CONFLICT (host) DO UPDATE SET delay = excluded.delay WHERE hosts.delay IS DISTINCT FROM excluded.delay

-- name: admit
-- Whether the flight has still pages of the host, and nobody has paused it.
SELECT EXISTS (SELECT FROM line WHERE host = %(host)s AND leg = 'fetch' AND flight_id = %(flight)s),
    NOT EXISTS (SELECT FROM pauses WHERE what = 'host' AND name = %(host)s)

-- name: is_open
SELECT NOT EXISTS (SELECT FROM pauses WHERE what = 'host' AND name = %(host)s)

-- name: wait_for_launch
-- The lock of the launches of pages. One that comes after this sees what is committed with it.
SELECT pg_advisory_xact_lock(hashtext('wireroom launch'), hashtext('fetch'))

-- name: borrow
-- Nobody asks the host, and it may be asked: until the seconds are over, nobody else may.
INSERT INTO hosts (host, next_at)
SELECT %(host)s, clock_timestamp() + make_interval(secs => %(seconds)s)
WHERE NOT EXISTS (SELECT FROM line WHERE line.host = %(host)s AND leg = 'fetch' AND flight_id IS NOT NULL)
    AND NOT EXISTS (SELECT FROM sources WHERE sources.host = %(host)s AND flight_id IS NOT NULL)
    AND NOT EXISTS (SELECT FROM pauses WHERE what = 'host' AND name = %(host)s)
ON CONFLICT (host) DO UPDATE SET next_at = excluded.next_at WHERE hosts.next_at <= clock_timestamp()

-- name: give_back
UPDATE hosts SET next_at = clock_timestamp() + make_interval(secs => greatest(%(delay)s, hosts.delay)) WHERE host = %(host)s
