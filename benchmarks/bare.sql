-- name: pages
-- As pages_of of the ledger, by jobs instead of by flight.
SELECT line.job_id, jobs.source, jobs.url AS offered_url, capture.url, capture.requested_url, capture.status,
    capture.content_type, capture.headers, capture.fetched_at, capture.body
FROM line JOIN jobs ON jobs.id = line.job_id
JOIN captures AS capture ON capture.day = line.capture_day AND capture.id = line.capture_id
WHERE line.job_id = ANY(%(jobs)s) ORDER BY line.job_id
