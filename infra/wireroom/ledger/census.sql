-- name: line
-- Unfinished articles by where they are, each with its oldest job. Reads the whole line once: a million articles cost
-- half a second of one core, most of it for the grouping, so the states get their names afterwards.
SELECT leg, lane, CASE WHEN flying THEN 'in_flight' ELSE coalesce('waits_for_' || waits_for, 'ready') END, articles, first
FROM (
    SELECT leg, lane, flight_id IS NOT NULL AS flying, waits_for, count(*) AS articles, min(job_id) AS first
    FROM line GROUP BY leg, lane, flying, waits_for
) AS groups

-- name: ages
-- How long ago these jobs were accepted, in seconds, by lane: the oldest of each.
SELECT lane, extract(epoch FROM max(now() - accepted_at))::float8 FROM jobs WHERE id = ANY(%(jobs)s) GROUP BY lane

-- name: flights
SELECT stage, CASE WHEN started_at IS NULL THEN 'queued' ELSE 'started' END, count(*) FROM flights GROUP BY 1, 2

-- name: kept
SELECT (SELECT count(*) FROM quarantine), (SELECT count(*) FROM refusals), (SELECT count(*) FROM pauses),
    (SELECT count(*) FROM parse_breaks),
    (SELECT coalesce(sum(expected), 0) FROM volume_hours
        WHERE watched AND hour > (SELECT max(hour) FROM volume_hours WHERE sources > 0))

-- name: sources
SELECT state, count(*) FROM source_health GROUP BY state

-- name: polled
-- What is polled, by its state.
SELECT CASE WHEN paused_at IS NOT NULL THEN 'paused' WHEN failures > 0 THEN 'failing' WHEN kind IS NULL THEN 'new' ELSE 'polled' END,
    count(*)
FROM sources GROUP BY 1

-- name: late
-- How many seconds the poll is late that has waited longest.
SELECT coalesce(extract(epoch FROM now() - min(due_at)), 0)::float8 FROM sources
WHERE due_at < now() AND flight_id IS NULL AND paused_at IS NULL

-- name: reconciliation
SELECT findings, extract(epoch FROM now() - started_at)::float8 FROM reconciliations ORDER BY id DESC LIMIT 1
