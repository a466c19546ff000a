-- Locks are taken in one order everywhere: docs/decisions/0007-order-of-locks.md.

-- name: lock_page
SELECT host FROM line WHERE job_id = %(job)s AND leg = 'fetch' AND flight_id = %(flight)s FOR UPDATE

-- name: insert_capture
INSERT INTO captures
    (job_id, url, requested_url, redirects, status, content_type, headers, fetched_at, digest, bytes, body)
VALUES (%(job)s, %(url)s, %(requested_url)s, %(redirects)s, %(status)s, %(content_type)s, %(headers)s, %(fetched_at)s,
    %(digest)b, %(bytes)s, %(body)b)
RETURNING day, id

-- name: captured
UPDATE line SET leg = 'process', host = NULL, url = NULL, redirects = NULL, flight_id = NULL, ticket = current_ticket('process', lane),
    capture_day = %(day)s, capture_id = %(id)s, bytes = %(bytes)s
WHERE job_id = %(job)s

-- name: moved
-- The page is at another address now, and the job waits for that one's host.
UPDATE line SET url = %(url)s, host = %(host)s, redirects = %(redirects)s,
    flight_id = NULL, ticket = current_ticket('fetch', lane)
WHERE job_id = %(job)s
