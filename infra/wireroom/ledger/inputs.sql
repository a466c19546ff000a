-- name: input
-- The capture of a job, wherever the job is: whether it has one, and what is left of it.
SELECT place.id IS NOT NULL, capture.content_type, capture.url, capture.requested_url, capture.status,
    capture.headers, capture.fetched_at, capture.digest, capture.bytes, capture.body
FROM jobs LEFT JOIN line ON line.job_id = jobs.id LEFT JOIN quarantine ON quarantine.job_id = jobs.id
    LEFT JOIN outcomes ON outcomes.job_id = jobs.id CROSS JOIN LATERAL (
        SELECT coalesce(line.capture_day, quarantine.capture_day, outcomes.capture_day),
            coalesce(line.capture_id, quarantine.capture_id, outcomes.capture_id)
    ) AS place (day, id)
    LEFT JOIN captures AS capture ON capture.day = place.day AND capture.id = place.id
WHERE jobs.id = %(job)s
