-- Locks are taken in one order everywhere: docs/decisions/0007-order-of-locks.md.

-- name: start
-- No row: the flight was superseded. (synchronous_commit is switched off for this transaction of one statement.)
UPDATE flights SET started_at = clock_timestamp(), touched_at = clock_timestamp(), worker = %(worker)s
WHERE id = %(flight)s AND stage = %(stage)s AND started_at IS NULL
RETURNING set_config('synchronous_commit', 'off', true)

-- name: touch
UPDATE flights SET touched_at = clock_timestamp() WHERE id = %(flight)s AND stage = %(stage)s
RETURNING set_config('synchronous_commit', 'off', true)

-- name: hand_over
UPDATE flights SET stage = %(next)s, epoch = %(epoch)s, queued_at = clock_timestamp(),
    started_at = NULL, touched_at = NULL, worker = NULL
WHERE id = %(flight)s AND stage = %(stage)s AND started_at IS NOT NULL
RETURNING set_config('synchronous_commit', 'off', true)

-- name: wait_since
SELECT id FROM flights WHERE stage = %(stage)s AND contract = %(contract)s AND started_at IS NULL
    AND queued_at < clock_timestamp() - make_interval(secs => %(seconds)s) LIMIT 1

-- name: pages_of
-- The captured pages of a flight of the process leg.
SELECT line.job_id, line.run, jobs.source, jobs.url AS offered_url, capture.url, capture.requested_url,
    capture.status, capture.content_type, capture.headers, capture.fetched_at, capture.body
FROM line JOIN jobs ON jobs.id = line.job_id
JOIN captures AS capture ON capture.day = line.capture_day AND capture.id = line.capture_id
WHERE line.leg = 'process' AND line.flight_id = %(flight)s ORDER BY line.job_id

-- name: requests_of
-- What a flight of the fetch leg is to fetch.
SELECT line.job_id, line.run, coalesce(line.url, jobs.url), line.host, jobs.source, coalesce(line.redirects, '{}'),
    NOT EXISTS (SELECT FROM sources WHERE sources.source = jobs.source AND NOT sources.robots)
FROM line JOIN jobs ON jobs.id = line.job_id
WHERE line.leg = 'fetch' AND line.flight_id = %(flight)s ORDER BY line.job_id

-- name: lock_flights
SELECT FROM flights WHERE id = ANY(%(flights)s) ORDER BY id FOR UPDATE

-- name: land
-- Under that lock the last one to leave sees that it is the last.
DELETE FROM flights WHERE id = ANY(%(flights)s)
    AND NOT EXISTS (SELECT FROM line WHERE line.leg = flights.leg AND line.flight_id = flights.id)
