-- Locks are taken in one order everywhere: docs/decisions/0007-order-of-locks.md.

-- name: lock_runs
-- The jobs of these runs that nobody has finished yet, locked: the first finisher of a run wins.
SELECT line.job_id, line.run, line.leg, line.host, line.capture_day, line.capture_id FROM line
JOIN unnest(%(jobs)s::bigint[], %(runs)s::smallint[]) AS mine (job_id, run)
    ON mine.job_id = line.job_id AND mine.run = line.run
ORDER BY line.job_id FOR UPDATE OF line

-- name: end_jobs
WITH ended AS (
    DELETE FROM line WHERE job_id = ANY(%(jobs)s) RETURNING job_id, run, offer, flight_id, capture_day, capture_id
), written AS (
    INSERT INTO outcomes (job_id, run, outcome, reason, cause, article_id, version, stages, capture_day, capture_id)
    SELECT job_id, run, outcome, reason, cause, article_id, version, stages::jsonb, capture_day, capture_id
    FROM ended JOIN unnest(%(jobs)s::bigint[], %(outcomes)s::text[], %(reasons)s::text[], %(causes)s::text[],
        %(articles)s::bigint[], %(versions)s::int[], %(stages)s::text[])
        AS mine (job_id, outcome, reason, cause, article_id, version, stages) USING (job_id)
)
SELECT offer, flight_id FROM ended

-- name: keep_offers
-- For a while, the same thing is still a sighting of these jobs.
UPDATE offers SET until = now() + %(keep)s::interval
WHERE hash IN (SELECT hash FROM offers WHERE hash = ANY(%(hashes)s::bytea[]) AND job_id = ANY(%(jobs)s) ORDER BY hash FOR UPDATE)

-- name: lock_flight
-- The jobs that are still in this flight, locked.
SELECT job_id, run, failures, losses, host FROM line
WHERE leg = %(leg)s AND flight_id = %(flight)s ORDER BY job_id FOR UPDATE

-- name: retry
UPDATE line SET flight_id = NULL, waits_for = 'time', failures = failures + 1,
    due_at = now() + make_interval(secs => mine.delay)
FROM unnest(%(jobs)s::bigint[], %(delays)s::float8[]) AS mine (job_id, delay) WHERE line.job_id = mine.job_id

-- name: insert_attempts
INSERT INTO attempts (job_id, run, stage, kind, cause, flight_id, worker, retry_at)
SELECT job_id, line.run, %(stage)s, kind, cause, %(flight)s, %(worker)s, line.due_at
FROM unnest(%(jobs)s::bigint[], %(kinds)s::text[], %(causes)s::text[]) AS mine (job_id, kind, cause)
JOIN line USING (job_id)

-- name: quarantine
WITH gone AS (
    DELETE FROM line WHERE job_id = ANY(%(jobs)s)
    RETURNING job_id, run, leg, lane, host, url, redirects, bytes, offer, capture_day, capture_id
), written AS (
    INSERT INTO quarantine
        (job_id, run, leg, lane, host, url, redirects, bytes, offer, capture_day, capture_id, stage, kind, cause)
    SELECT gone.*, %(stage)s, mine.kind, mine.cause
    FROM gone JOIN unnest(%(jobs)s::bigint[], %(kinds)s::text[], %(causes)s::text[]) AS mine (job_id, kind, cause)
        USING (job_id)
)
SELECT offer FROM gone WHERE offer IS NOT NULL

-- name: hand_back
UPDATE line SET flight_id = NULL, ticket = current_ticket(leg, lane), losses = losses + %(loss)s
WHERE job_id = ANY(%(jobs)s)
