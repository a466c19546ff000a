-- Locks are taken in one order everywhere: docs/decisions/0007-order-of-locks.md.

-- name: causes
-- Groups of what is wanted, the largest first, each with its newest job. Reads quarantine once, and no table that grows.
WITH parts AS (
    SELECT fingerprint, stage, kind, source, count(*) AS jobs, min(quarantined_at) AS first_at,
        max(quarantined_at) AS last_at, max(job_id) AS newest
    FROM quarantine
    WHERE (%(cause)s::text IS NULL OR fingerprint = %(cause)s) AND (%(source)s::text IS NULL OR source = %(source)s)
        AND (%(stage)s::text IS NULL OR stage = %(stage)s) AND (%(jobs)s::bigint[] IS NULL OR job_id = ANY(%(jobs)s))
    GROUP BY fingerprint, stage, kind, source
), groups AS (
    SELECT fingerprint, stage, kind, sum(jobs)::bigint AS jobs, count(*) AS sources,
        (array_agg(source ORDER BY jobs DESC, source))[:%(named)s] AS top_sources,
        min(first_at) AS first_at, max(last_at) AS last_at, max(newest) AS newest
    FROM parts GROUP BY fingerprint, stage, kind ORDER BY 4 DESC, fingerprint LIMIT %(limit)s
)
SELECT groups.*, quarantine.cause FROM groups JOIN quarantine ON quarantine.job_id = groups.newest
ORDER BY groups.jobs DESC, groups.fingerprint

-- name: jobs
-- What is wanted, the newest first, before a job.
SELECT quarantine.job_id, quarantine.source, jobs.url, run, stage, kind, fingerprint, cause, quarantined_at,
    coalesce(jobs.url, jobs.meta->>'file', jobs.external_id)
FROM quarantine JOIN jobs ON jobs.id = quarantine.job_id
WHERE (%(cause)s::text IS NULL OR fingerprint = %(cause)s)
    AND (%(source)s::text IS NULL OR quarantine.source = %(source)s)
    AND (%(stage)s::text IS NULL OR stage = %(stage)s) AND (%(jobs)s::bigint[] IS NULL OR job_id = ANY(%(jobs)s))
    AND (%(before)s::bigint IS NULL OR job_id < %(before)s)
ORDER BY quarantine.job_id DESC LIMIT %(limit)s

-- name: count
-- How many are wanted, and how many of them came without a URL.
SELECT count(*), count(*) FILTER (WHERE (SELECT url FROM jobs WHERE jobs.id = job_id) IS NULL) FROM quarantine
WHERE (%(cause)s::text IS NULL OR fingerprint = %(cause)s) AND (%(source)s::text IS NULL OR source = %(source)s)
    AND (%(stage)s::text IS NULL OR stage = %(stage)s) AND (%(jobs)s::bigint[] IS NULL OR job_id = ANY(%(jobs)s))

-- name: lock_next
-- The next ones after a job, locked; what somebody else has taken meanwhile is not among them.
SELECT job_id, (SELECT url FROM jobs WHERE jobs.id = job_id) FROM quarantine
WHERE (%(cause)s::text IS NULL OR fingerprint = %(cause)s) AND (%(source)s::text IS NULL OR source = %(source)s)
    AND (%(stage)s::text IS NULL OR stage = %(stage)s) AND (%(jobs)s::bigint[] IS NULL OR job_id = ANY(%(jobs)s))
    AND job_id > %(after)s
ORDER BY job_id LIMIT %(limit)s FOR UPDATE
