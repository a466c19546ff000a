-- name: jobs
-- The newest jobs, each with its state: outcome, quarantined, or what it waits for.
SELECT jobs.id, jobs.accepted_at, jobs.producer, jobs.source, jobs.url, jobs.lane, coalesce(now.state, 'unaccounted'),
    coalesce(outcomes.reason, quarantine.cause) AS cause,
    outcomes.article_id, outcomes.version, coalesce(jobs.url, jobs.meta->>'file', jobs.external_id) AS label,
    jobs.key, jobs.external_id
FROM jobs LEFT JOIN outcomes ON outcomes.job_id = jobs.id LEFT JOIN quarantine ON quarantine.job_id = jobs.id
    LEFT JOIN line ON line.job_id = jobs.id CROSS JOIN LATERAL (
        SELECT coalesce(outcomes.outcome, CASE WHEN quarantine.job_id IS NOT NULL THEN 'quarantined'
            WHEN line.flight_id IS NOT NULL THEN 'in flight' WHEN line.waits_for = 'time' THEN 'waiting'
            WHEN EXISTS (SELECT FROM pauses WHERE line.job_id IS NOT NULL AND (what, name) IN (
                ('line', ''), ('leg', line.leg), ('lane', line.lane), ('source', jobs.source), ('host', line.host)))
            THEN 'paused' WHEN line.waits_for = 'host' THEN 'waiting' WHEN line.job_id IS NOT NULL THEN 'ready' END)
    ) AS now (state)
WHERE (%(jobs)s::bigint[] IS NULL OR jobs.id = ANY(%(jobs)s))
    AND (%(source)s::text IS NULL OR jobs.source = %(source)s)
    AND (%(state)s::text IS NULL OR now.state = %(state)s)
ORDER BY jobs.id DESC LIMIT %(limit)s

-- name: job_places
-- Everything the ledger knows of where a job is.
SELECT jobs.meta, jobs.external_id, jobs.published, jobs.replays,
    line.leg, line.waits_for, line.due_at, line.failures, line.losses, line.run,
    flights.id, flights.stage, flights.queued_at, flights.started_at, flights.worker,
    quarantine.stage, quarantine.kind, quarantine.cause, quarantine.quarantined_at, quarantine.run,
    outcomes.reason, outcomes.cause, outcomes.stages, outcomes.finished_at, outcomes.run,
    capture.url, capture.status, capture.fetched_at, capture.bytes, quarantine.fingerprint,
    line.url, line.host, hosts.next_at, hosts.cause
FROM jobs LEFT JOIN line ON line.job_id = jobs.id LEFT JOIN hosts ON hosts.host = line.host
    LEFT JOIN flights ON flights.id = line.flight_id AND flights.leg = line.leg
    LEFT JOIN quarantine ON quarantine.job_id = jobs.id LEFT JOIN outcomes ON outcomes.job_id = jobs.id
    LEFT JOIN captures AS capture
        ON capture.day = coalesce(line.capture_day, quarantine.capture_day, outcomes.capture_day)
        AND capture.id = coalesce(line.capture_id, quarantine.capture_id, outcomes.capture_id)
WHERE jobs.id = %(job)s

-- name: held_by
-- The pauses that hold a job, unless it is in flight.
SELECT what, name, who, why, since FROM line JOIN jobs ON jobs.id = line.job_id JOIN pauses ON (what, name) IN (
    ('line', ''), ('leg', line.leg), ('lane', line.lane), ('source', jobs.source), ('host', line.host))
WHERE line.job_id = %(job)s AND line.flight_id IS NULL ORDER BY since, what, name

-- name: attempts
SELECT at, run, stage, kind, cause, retry_at, worker FROM attempts WHERE job_id = %(job)s ORDER BY id

-- name: sightings
SELECT seen_at, producer, source, key FROM sightings WHERE job_id = %(job)s ORDER BY id
