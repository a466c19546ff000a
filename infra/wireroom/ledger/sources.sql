-- Locks are taken in one order everywhere: docs/decisions/0007-order-of-locks.md.

-- name: add
-- Those that are new. Who is adding the same at this moment is waited for.
INSERT INTO sources (url, hash, host, source, title, kind, lane, robots, fastest, slowest, found_by, added_by)
SELECT url, hash, host, source, title, NULL, lane, robots, fastest, slowest, found_by, %(who)s
FROM jsonb_to_recordset(%(wanted)s::jsonb) AS mine (
    url text, hex text, host text, source text, title text, lane text, robots boolean, fastest float8, slowest float8,
    found_by bigint), decode(hex, 'hex') AS hash
ORDER BY hash
ON CONFLICT (hash) DO NOTHING
RETURNING hash

-- name: known
SELECT hash, id FROM sources WHERE hash = ANY(%(hashes)s::bytea[])

-- name: sources
-- What fits all that is given, in order of ids.
SELECT sources.id, url, source, kind, sources.title, host, lane, robots, fastest, slowest, found_by, added_at, added_by, paused_at,
    paused_by, paused_why, due_at, flight_id IS NOT NULL, failures, pace, changed_at, last.at, last.status, last.cause
FROM sources LEFT JOIN LATERAL (
    SELECT at, status, cause FROM polls WHERE source_id = sources.id ORDER BY polls.id DESC LIMIT 1
) AS last ON true
WHERE sources.id > %(after)s
    AND (%(ids)s::bigint[] IS NULL OR sources.id = ANY(%(ids)s))
    AND (%(source)s::text IS NULL OR source = %(source)s)
    AND (%(kind)s::text IS NULL OR kind = %(kind)s)
    AND (%(found_by)s::bigint IS NULL OR found_by = %(found_by)s)
    AND CASE %(state)s::text
        WHEN 'paused' THEN paused_at IS NOT NULL
        WHEN 'failing' THEN failures > 0 AND paused_at IS NULL
        WHEN 'new' THEN kind IS NULL AND failures = 0 AND paused_at IS NULL
        WHEN 'polled' THEN kind IS NOT NULL AND failures = 0 AND paused_at IS NULL
        ELSE true END
ORDER BY sources.id LIMIT %(limit)s

-- name: subscriptions
-- Feeds and sitemaps, but for those that an index named.
SELECT url, title, source FROM sources
WHERE kind IS DISTINCT FROM 'page' AND NOT EXISTS (
    SELECT FROM sources AS finder WHERE finder.id = sources.found_by AND finder.kind = 'sitemap_index')
ORDER BY id

-- name: wanted
-- What people have asked for, as they could ask for it again.
SELECT url, source, title, lane, robots, fastest, slowest FROM sources
WHERE NOT EXISTS (
    SELECT FROM sources AS finder WHERE finder.id = sources.found_by AND finder.kind = 'sitemap_index')
ORDER BY id

-- name: poll_counts
SELECT source_id, count(*) FROM polls WHERE source_id = ANY(%(ids)s) GROUP BY source_id

-- name: polls
-- The last polls of a source, the newest first.
SELECT at, seconds, status, http_status, url, moved_to, bytes, seen, known, accepted, sighted, refused, cause, next_at
FROM polls WHERE source_id = %(source)s ORDER BY id DESC LIMIT %(limit)s

-- name: lock
-- A poll of one that is under way ends first, or finds it changed.
SELECT id FROM sources WHERE id = ANY(%(ids)s) ORDER BY id FOR UPDATE

-- name: pause
UPDATE sources SET paused_at = now(), paused_by = %(who)s, paused_why = %(why)s, parked = false
WHERE id = ANY(%(ids)s) AND paused_at IS NULL RETURNING id

-- name: resume
UPDATE sources SET paused_at = NULL, paused_by = NULL, paused_why = NULL, due_at = least(due_at, now())
WHERE id = ANY(%(ids)s) AND paused_at IS NOT NULL RETURNING id

-- name: poll_now
-- Those that are polled as soon as their host allows it; who is on its way, or paused, is not among them.
UPDATE sources SET due_at = least(due_at, now())
WHERE id = ANY(%(ids)s) AND flight_id IS NULL AND paused_at IS NULL RETURNING id

-- name: change
-- A column is as it was where nothing is given. What its own bounds do not allow any more is mended at once.
UPDATE sources SET source = coalesce(%(source)s, source), lane = coalesce(%(lane)s, lane),
    robots = coalesce(%(robots)s, robots),
    fastest = CASE WHEN %(sets_fastest)s THEN %(fastest)s::float8 ELSE fastest END,
    slowest = CASE WHEN %(sets_slowest)s THEN %(slowest)s::float8 ELSE slowest END,
    due_at = CASE WHEN %(sets_slowest)s AND flight_id IS NULL
        THEN least(due_at, now() + make_interval(secs => %(slowest)s::float8)) ELSE due_at END
WHERE id = ANY(%(ids)s) RETURNING id

-- name: remove_entries
DELETE FROM entries WHERE source_id = ANY(%(ids)s)

-- name: end_flights
-- A poll that is under way finds that it is nobody's.
DELETE FROM flights WHERE id IN (SELECT flight_id FROM sources WHERE id = ANY(%(ids)s))

-- name: remove
DELETE FROM sources WHERE id = ANY(%(ids)s) RETURNING id
