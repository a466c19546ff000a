-- name: line
-- Unfinished articles by where they are, each with its oldest job; reads the whole line once.
SELECT leg, lane, CASE WHEN flight_id IS NOT NULL THEN 'in_flight' ELSE coalesce('waits_for_' || waits_for, 'ready') END,
    count(*), min(job_id)
FROM line GROUP BY leg, lane, flight_id IS NOT NULL, waits_for, 3

-- name: ages
-- How long ago these jobs were accepted, in seconds, by lane: the oldest of each.
SELECT lane, extract(epoch FROM max(now() - accepted_at))::float8 FROM jobs WHERE id = ANY(%(jobs)s) GROUP BY lane

-- name: flights
SELECT stage, CASE WHEN started_at IS NULL THEN 'queued' ELSE 'started' END, count(*) FROM flights GROUP BY 1, 2

-- name: kept
SELECT (SELECT count(*) FROM quarantine), (SELECT count(*) FROM refusals)

-- name: reconciliation
SELECT findings, extract(epoch FROM now() - started_at)::float8 FROM reconciliations ORDER BY id DESC LIMIT 1
