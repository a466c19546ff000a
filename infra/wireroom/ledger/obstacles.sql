-- name: obstacles
-- What holds jobs of a submission, and polls of sources, that are not in flight: pauses, and hosts left in peace.
WITH waiting AS MATERIALIZED (
    (SELECT line.leg, line.lane, line.host, jobs.source FROM submitted
    JOIN line USING (job_id) JOIN jobs ON jobs.id = job_id
    WHERE submission = %(submission)s AND flight_id IS NULL LIMIT %(most)s)
    UNION ALL
    (SELECT 'poll', lane, host, source FROM sources
    WHERE id = ANY(%(sources)s) AND flight_id IS NULL AND paused_at IS NULL LIMIT %(most)s)
)
SELECT what, name, who, why, NULL, count(*) FROM waiting JOIN pauses ON (what, name) IN (
    ('line', ''), ('leg', leg), ('lane', lane), ('source', source), ('host', host)) GROUP BY pauses.what, pauses.name
UNION ALL
SELECT 'host', hosts.host, NULL, hosts.cause, next_at, count(*) FROM waiting JOIN hosts ON hosts.host = waiting.host
WHERE next_at > now() GROUP BY hosts.host ORDER BY 6 DESC, 1, 2 LIMIT %(shown)s
