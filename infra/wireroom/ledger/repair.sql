-- Locks are taken in one order everywhere: docs/decisions/0007-order-of-locks.md.

-- name: lock_quarantine
SELECT quarantine.job_id, jobs.url FROM quarantine
JOIN jobs ON jobs.id = quarantine.job_id
WHERE quarantine.job_id = ANY(%(jobs)s) ORDER BY job_id FOR UPDATE OF quarantine

-- name: lock_offers
SELECT FROM offers WHERE (hash, job_id) IN (SELECT offer, job_id FROM quarantine WHERE job_id = ANY(%(jobs)s))
ORDER BY hash FOR UPDATE

-- name: redrive
-- Back to the line: a new run, with nothing held against it; with a host, the page is fetched from there anew.
WITH freed AS (
    DELETE FROM quarantine WHERE job_id = ANY(%(jobs)s) RETURNING *
), history AS (
    INSERT INTO attempts (job_id, run, stage, kind, cause) SELECT job_id, run, stage, 'redriven', %(cause)s FROM freed
), held AS (
    UPDATE offers SET until = 'infinity' FROM freed WHERE offers.hash = freed.offer AND offers.job_id = freed.job_id
), back AS (
    SELECT freed.*, anew IS NULL AS as_it_was, anew FROM freed
    JOIN unnest(%(jobs)s::bigint[], %(hosts)s::text[]) AS mine (job_id, anew) USING (job_id)
)
INSERT INTO line (job_id, run, lane, offer, leg, host, url, redirects, bytes, capture_day, capture_id, ticket)
SELECT job_id, run + 1, lane, offer, now.leg, coalesce(anew, host),
    CASE WHEN as_it_was THEN url END, CASE WHEN as_it_was THEN redirects END, CASE WHEN as_it_was THEN bytes ELSE 0 END,
    CASE WHEN as_it_was THEN capture_day END, CASE WHEN as_it_was THEN capture_id END, current_ticket(now.leg, lane)
FROM back CROSS JOIN LATERAL (SELECT CASE WHEN as_it_was THEN back.leg ELSE 'fetch' END AS leg) AS now
RETURNING job_id

-- name: replay
-- New jobs on the captures of ended ones; live news does not wait for them.
WITH old AS (
    SELECT jobs.*, outcomes.capture_day, outcomes.capture_id, capture.bytes
    FROM outcomes JOIN jobs ON jobs.id = outcomes.job_id
    JOIN captures AS capture ON capture.day = outcomes.capture_day AND capture.id = outcomes.capture_id
    WHERE outcomes.job_id = ANY(%(jobs)s)
), new AS (
    INSERT INTO jobs (producer, source, lane, url, external_id, published, meta, replays)
    SELECT %(producer)s, source, 'backfill', url, external_id, published, meta, id FROM old RETURNING id, lane, replays
)
INSERT INTO line (job_id, leg, lane, bytes, capture_day, capture_id, ticket)
SELECT new.id, 'process', new.lane, old.bytes, old.capture_day, old.capture_id, current_ticket('process', new.lane)
FROM new JOIN old ON old.id = new.replays
RETURNING job_id, (SELECT replays FROM new WHERE new.id = job_id)

-- name: lock_jobs
SELECT job_id, host, flight_id IS NOT NULL FROM line WHERE job_id = ANY(%(jobs)s) ORDER BY job_id FOR UPDATE

-- name: judge_quarantined
-- A person's verdict ends quarantined jobs.
WITH freed AS (
    DELETE FROM quarantine WHERE job_id = ANY(%(jobs)s) RETURNING *
), written AS (
    INSERT INTO outcomes (job_id, run, outcome, reason, cause, capture_day, capture_id)
    SELECT job_id, run, 'rejected', %(reason)s, %(cause)s, capture_day, capture_id FROM freed
)
SELECT job_id, offer FROM freed

-- name: outcomes
SELECT job_id, outcome, reason FROM outcomes WHERE job_id = ANY(%(jobs)s)
