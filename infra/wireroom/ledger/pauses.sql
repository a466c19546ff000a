-- Locks are taken in one order everywhere: docs/decisions/0007-order-of-locks.md.

-- name: wait_for_launches
-- The lock of each leg's launches, in the order of its name. A launch after this one sees what is committed with it.
SELECT pg_advisory_xact_lock(hashtext('wireroom launch'), hashtext('fetch')),
    pg_advisory_xact_lock(hashtext('wireroom launch'), hashtext('process'))

-- name: pause
INSERT INTO pauses (what, name, who, why) VALUES (%(what)s, %(name)s, %(who)s, %(why)s) ON CONFLICT DO NOTHING

-- name: resume
DELETE FROM pauses WHERE what = %(what)s AND name = %(name)s

-- name: pauses
SELECT what, name, who, why, since FROM pauses ORDER BY since, what, name

-- name: knows_source
SELECT EXISTS (
    SELECT FROM (SELECT source FROM jobs ORDER BY id DESC LIMIT %(newest)s) AS newest WHERE source = %(name)s)

-- name: knows_host
SELECT EXISTS (SELECT FROM hosts WHERE host = %(name)s)

-- name: held
-- The lanes of a leg that are not paused, and how many sources are.
SELECT array(SELECT lane FROM unnest(%(lanes)s::text[]) AS lane WHERE NOT EXISTS (
        SELECT FROM pauses WHERE what = 'line' OR (what = 'leg' AND name = %(leg)s) OR (what = 'lane' AND name = lane))),
    (SELECT count(*) FROM pauses WHERE what = 'source')

-- name: hold
-- Those of these jobs, which the caller has locked, whose source is paused wait for it to be resumed.
UPDATE line SET ticket = NULL, waits_for = 'pause', paused_source = jobs.source
FROM jobs JOIN pauses ON what = 'source' AND name = jobs.source
WHERE line.job_id = ANY(%(jobs)s) AND jobs.id = line.job_id
RETURNING line.job_id, line.host

-- name: hold_behind
-- So do the next ones that wait for these hosts: what may go must not stay behind them.
WITH next AS MATERIALIZED (
    SELECT job_id FROM unnest(%(hosts)s::text[]) AS mine (host) CROSS JOIN LATERAL (
        SELECT job_id FROM line WHERE line.host = mine.host AND waits_for = 'host'
        ORDER BY lane DESC, job_id LIMIT %(most)s FOR UPDATE SKIP LOCKED
    ) AS waiting LIMIT %(most)s
)
UPDATE line SET waits_for = 'pause', paused_source = jobs.source
FROM next JOIN jobs ON jobs.id = next.job_id JOIN pauses ON what = 'source' AND name = jobs.source
WHERE line.job_id = next.job_id

-- name: released
-- Jobs of the leg that are held for sources which are not paused any more, locked; goes from source to source over the
-- index, so that those still held cost nothing.
WITH RECURSIVE held AS (
    SELECT min(paused_source) AS source FROM line WHERE leg = %(leg)s AND waits_for = 'pause'
    UNION ALL
    SELECT (SELECT min(paused_source) FROM line
        WHERE leg = %(leg)s AND waits_for = 'pause' AND paused_source > held.source)
    FROM held WHERE source IS NOT NULL
), free AS MATERIALIZED (
    SELECT source FROM held
    WHERE source IS NOT NULL AND NOT EXISTS (SELECT FROM pauses WHERE what = 'source' AND name = held.source)
)
SELECT job_id, lane, source, current_ticket(%(leg)s, lane) FROM free CROSS JOIN LATERAL (
    SELECT job_id, lane FROM line WHERE leg = %(leg)s AND waits_for = 'pause' AND paused_source = free.source
    ORDER BY lane DESC, job_id LIMIT %(most)s FOR UPDATE SKIP LOCKED
) AS waiting LIMIT %(most)s

-- name: call
UPDATE line SET ticket = mine.ticket, waits_for = NULL, paused_source = NULL
FROM unnest(%(jobs)s::bigint[], %(tickets)s::bigint[]) AS mine (job_id, ticket) WHERE line.job_id = mine.job_id
