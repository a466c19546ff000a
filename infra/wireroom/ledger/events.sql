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
SELECT count(*), coalesce(max(id), %(floor)s) FROM taken
