-- name: try_sequence
-- One sequencer at a time; it lets go when what it numbered can be seen.
SELECT pg_try_advisory_xact_lock(hashtext('wireroom sequence'))

-- name: sequence
-- The oldest endings get the next positions. Committed synchronously: a position that somebody has read stays.
WITH taken AS (
    DELETE FROM endings
    WHERE id IN (SELECT id FROM endings WHERE id > %(floor)s ORDER BY id LIMIT %(most)s)
    RETURNING id, job_id, kind, at
), numbered AS (
    INSERT INTO events (position, job_id, kind, at)
    SELECT coalesce((SELECT max(position) FROM events), 0) + row_number() OVER (ORDER BY id), job_id, kind, at FROM taken
)
SELECT kind, count(*), max(id) FROM taken GROUP BY kind

-- name: head
SELECT coalesce(max(position), 0) FROM events

-- name: ended
-- What ended at the positions from `after` to `until`; a verdict or a redrive may have taken the cause of a quarantine away.
SELECT position, at, events.job_id, events.kind, jobs.producer, jobs.key, jobs.source, jobs.url,
    outcomes.reason, coalesce(outcomes.cause, quarantine.cause), outcomes.article_id, outcomes.version
FROM events JOIN jobs ON jobs.id = events.job_id
    LEFT JOIN outcomes ON outcomes.job_id = events.job_id AND events.kind <> 'quarantined'
    LEFT JOIN quarantine ON quarantine.job_id = events.job_id AND events.kind = 'quarantined'
WHERE position > %(after)s AND position <= %(until)s AND (%(producer)s::text IS NULL OR jobs.producer = %(producer)s)
ORDER BY position LIMIT %(limit)s
