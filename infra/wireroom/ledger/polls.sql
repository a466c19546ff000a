-- Locks are taken in one order everywhere: docs/decisions/0007-order-of-locks.md.

-- name: to_poll
-- The source of a flight, and how many seconds ago it was last read.
SELECT id, url, coalesce(led_to, url), led_to IS NOT NULL, host, source, kind, lane, robots, fastest, slowest, hops, for_good,
    failures, pace, etag, last_modified, digest, extract(epoch FROM now() - changed_at)::float8,
    (SELECT extract(epoch FROM now() - at)::float8 FROM polls
     WHERE source_id = sources.id AND status <> 'failed' ORDER BY polls.id DESC LIMIT 1)
FROM sources WHERE flight_id = %(flight)s

-- name: known
-- Which of these entries the source has shown before, and what they said.
SELECT hash, digest FROM entries WHERE source_id = %(source)s AND hash = ANY(%(hashes)s::bytea[])

-- name: lock
-- The source, where the flight is still its own.
SELECT id FROM sources WHERE id = %(source)s AND flight_id = %(flight)s FOR UPDATE

-- name: lock_flight
SELECT id, url, host, failures, pace FROM sources WHERE flight_id = %(flight)s FOR UPDATE

-- name: end_flight
DELETE FROM flights WHERE id = %(flight)s
RETURNING extract(epoch FROM clock_timestamp() - coalesce(started_at, queued_at))::float8

-- name: accepted_at
SELECT id, accepted_at FROM jobs WHERE id = ANY(%(jobs)s)

-- name: keep_entries
INSERT INTO entries (source_id, hash, digest)
SELECT %(source)s, hash, digest FROM unnest(%(hashes)s::bytea[], %(digests)s::bytea[]) AS mine (hash, digest)
ON CONFLICT (source_id, hash) DO UPDATE SET digest = excluded.digest, seen_on = excluded.seen_on

-- name: still_shown
-- Entries that the source goes on showing; written once a month.
UPDATE entries SET seen_on = (now() AT TIME ZONE 'UTC')::date
WHERE source_id = %(source)s AND hash = ANY(%(hashes)s::bytea[]) AND seen_on < (now() - interval '30 days')::date

-- name: insert_poll
INSERT INTO polls (source_id, seconds, status, http_status, url, moved_to, bytes, seen, known, accepted, sighted, refused, cause,
    next_at)
VALUES (%(source)s, %(seconds)s, %(status)s, %(http_status)s, %(url)s, %(moved_to)s, %(bytes)s, %(seen)s, %(known)s,
    %(accepted)s, %(sighted)s, %(refused)s, %(cause)s, now() + make_interval(secs => %(wait)s))

-- name: end_read
-- Read, or as it was before.
UPDATE sources SET flight_id = NULL, led_to = NULL, hops = 0, for_good = true, failures = 0, pace = %(pace)s, host = %(host)s,
    due_at = now() + make_interval(secs => %(wait)s), kind = coalesce(%(kind)s, kind), lane = coalesce(%(lane)s, lane), title = coalesce(%(title)s, title),
    etag = %(etag)s, last_modified = %(last_modified)s, digest = %(digest)s,
    changed_at = CASE WHEN %(changed)s THEN now() ELSE changed_at END
WHERE id = %(source)s

-- name: end_failed
UPDATE sources SET flight_id = NULL, led_to = NULL, hops = 0, for_good = true, failures = failures + 1, host = %(host)s,
    due_at = now() + make_interval(secs => %(wait)s)
WHERE id = %(source)s

-- name: twin
SELECT id FROM sources WHERE hash = %(hash)s AND id <> %(source)s

-- name: move
UPDATE sources SET url = %(url)s, hash = %(hash)s, host = %(host)s WHERE id = %(source)s

-- name: merge
-- It is polled as another source already.
UPDATE sources SET paused_at = now(), paused_by = %(who)s, paused_why = %(why)s WHERE id = %(source)s AND paused_at IS NULL

-- name: lead
-- Its poll goes on at another host, as soon as that may be asked.
UPDATE sources SET flight_id = NULL, led_to = %(to)s, host = %(host)s, hops = hops + 1, for_good = for_good AND %(for_good)s,
    due_at = now()
WHERE id = %(source)s

-- name: hand_back
UPDATE sources SET flight_id = NULL, due_at = now() WHERE flight_id = %(flight)s

-- name: changed_children
-- What an index says is new in these sitemaps is due now.
UPDATE sources SET due_at = now() WHERE hash = ANY(%(hashes)s::bytea[]) AND due_at > now() AND flight_id IS NULL
    AND id <> %(source)s

-- name: unchanged_children
-- What an index says is as it was need not be polled before the index is.
UPDATE sources SET due_at = now() + make_interval(secs => %(wait)s)
WHERE hash = ANY(%(hashes)s::bytea[]) AND due_at < now() + make_interval(secs => %(wait)s) AND flight_id IS NULL
    AND failures = 0 AND kind IS NOT NULL AND found_by = %(source)s
