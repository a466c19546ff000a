-- name: since
-- Where this pass begins: where the last clean one began, minus an hour. One that is yet to come does not count: the
-- clock was set back since.
SELECT now(), coalesce(max(started_at) - interval '1 hour', 'epoch') FROM reconciliations
WHERE findings = 0 AND started_at <= now()

-- name: unaccounted
-- Each job in exactly one place.
SELECT id, places FROM (
    SELECT jobs.id,
        concat_ws(', ', CASE WHEN line.job_id IS NOT NULL THEN 'line' END,
            CASE WHEN quarantine.job_id IS NOT NULL THEN 'quarantine' END,
            CASE WHEN outcomes.job_id IS NOT NULL THEN 'outcomes' END) AS places,
        num_nonnulls(line.job_id, quarantine.job_id, outcomes.job_id) AS number
    FROM (
        SELECT id FROM jobs WHERE accepted_at >= %(since)s UNION SELECT job_id FROM line
        UNION SELECT job_id FROM quarantine UNION SELECT job_id FROM outcomes WHERE finished_at >= %(since)s
    ) AS touched JOIN jobs USING (id)
        LEFT JOIN line ON line.job_id = jobs.id LEFT JOIN quarantine ON quarantine.job_id = jobs.id
        LEFT JOIN outcomes ON outcomes.job_id = jobs.id
) AS placed WHERE number <> 1 ORDER BY id LIMIT 1000

-- name: unknown_jobs
-- Nothing is somewhere that was never accepted.
SELECT job_id, place FROM (
    SELECT job_id, 'line' AS place FROM line UNION ALL SELECT job_id, 'quarantine' FROM quarantine
    UNION ALL SELECT job_id, 'outcomes' FROM outcomes WHERE finished_at >= %(since)s
) AS found WHERE NOT EXISTS (SELECT FROM jobs WHERE jobs.id = found.job_id) ORDER BY job_id LIMIT 1000

-- name: records_missing
-- Every stored or updated outcome points at a version that this job made.
SELECT job_id, outcome FROM outcomes
WHERE finished_at >= %(since)s AND outcome IN ('stored', 'updated') AND NOT EXISTS (
    SELECT FROM versions WHERE versions.article_id = outcomes.article_id AND versions.number = outcomes.version
        AND versions.job_id = outcomes.job_id)
ORDER BY job_id LIMIT 1000

-- name: records_unexplained
-- And back.
SELECT job_id, article_id || ' version ' || number FROM versions
WHERE stored_at >= %(since)s AND NOT EXISTS (
    SELECT FROM outcomes WHERE outcomes.job_id = versions.job_id AND outcomes.article_id = versions.article_id
        AND outcomes.version = versions.number AND outcome IN ('stored', 'updated'))
ORDER BY job_id LIMIT 1000

-- name: dead_flights
-- No job in a flight that is gone.
SELECT job_id, 'flight ' || flight_id FROM line WHERE flight_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM flights WHERE flights.id = line.flight_id AND flights.leg = line.leg)
ORDER BY job_id LIMIT 1000

-- name: dead_polls
-- Nor a source.
SELECT id, 'flight ' || flight_id FROM sources WHERE flight_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM flights WHERE flights.id = sources.flight_id AND leg = 'poll')
ORDER BY id LIMIT 1000

-- name: empty_flights
-- No flight without jobs, nor a poll without its source.
SELECT id, stage FROM flights
WHERE NOT EXISTS (SELECT FROM line WHERE line.leg = flights.leg AND line.flight_id = flights.id)
    AND NOT EXISTS (SELECT FROM sources WHERE flights.leg = 'poll' AND sources.flight_id = flights.id)
ORDER BY id LIMIT 1000

-- name: events_missing
-- Every end has its place among the events, or waits for one. Each kind is looked for by an index of its own.
SELECT job_id, kind FROM (
    SELECT job_id, outcome AS kind FROM outcomes WHERE finished_at >= %(since)s AND NOT EXISTS (
        SELECT FROM events
        WHERE events.job_id = outcomes.job_id AND events.kind = outcomes.outcome AND events.kind <> 'quarantined')
    UNION ALL SELECT job_id, 'quarantined' FROM quarantine WHERE quarantined_at >= %(since)s AND NOT EXISTS (
        SELECT FROM events WHERE events.job_id = quarantine.job_id AND events.kind = 'quarantined')
) AS ended
WHERE NOT EXISTS (SELECT FROM endings WHERE endings.job_id = ended.job_id AND endings.kind = ended.kind)
ORDER BY job_id LIMIT 1000

-- name: event_gaps
-- Positions follow each other. The + 0 keeps the planner from looking for the least one along all positions.
SELECT position, kind FROM (
    SELECT position, kind, lag(position) OVER (ORDER BY position) AS before FROM events
    WHERE position >= (SELECT min(position + 0) FROM events WHERE at >= %(since)s)
) AS placed WHERE position > before + 1 ORDER BY position LIMIT 1000

-- name: sums
SELECT (SELECT count(*) FROM jobs), ended.*, (SELECT count(*) FROM quarantine), (SELECT count(*) FROM line)
FROM (
    SELECT count(*) FILTER (WHERE outcome = 'stored'), count(*) FILTER (WHERE outcome = 'updated'),
        count(*) FILTER (WHERE outcome = 'unchanged'), count(*) FILTER (WHERE outcome = 'rejected')
    FROM outcomes
) AS ended

-- name: insert_reconciliation
INSERT INTO reconciliations (started_at, since, findings, sums)
VALUES (%(started_at)s, %(since)s, %(findings)s, %(sums)s)

-- name: try_reconcile
-- One dispatcher at a time; it lets go when its pass can be seen.
SELECT pg_try_advisory_xact_lock(hashtext('wireroom reconcile'))

-- name: due
-- Whether a pass is due, and whether one over everything is.
SELECT NOT EXISTS (SELECT FROM reconciliations
        WHERE started_at > now() - make_interval(secs => %(seconds)s) AND started_at <= now()),
    NOT EXISTS (SELECT FROM reconciliations
        WHERE since = 'epoch' AND started_at > now() - interval '1 day' AND started_at <= now())
