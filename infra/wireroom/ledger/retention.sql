-- name: expire_robots
-- Rules of origins that nobody has asked for anything since.
DELETE FROM robots WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM robots WHERE good_until <= now() - interval '7 days' LIMIT %(most)s))

-- name: expire_receipts
DELETE FROM receipts WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM receipts WHERE accepted_at <= now() - interval '30 days' LIMIT %(most)s))

-- name: expire_offers
-- The next ones after a hash. A day longer than anybody asks for them.
DELETE FROM offers WHERE hash = ANY(ARRAY(
    SELECT hash FROM offers WHERE hash > %(after)s AND until < now() - interval '31 days'
    ORDER BY hash LIMIT %(most)s FOR UPDATE SKIP LOCKED)) AND until < now() - interval '31 days'
RETURNING hash

-- name: expire_refusals
DELETE FROM refusals WHERE id = ANY(ARRAY(
    SELECT id FROM refusals WHERE refused_at <= now() - interval '30 days' LIMIT %(most)s))

-- name: expire_intake_batches
DELETE FROM intake_batches WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM intake_batches WHERE taken_at <= now() - interval '30 days' LIMIT %(most)s))

-- name: expire_parse_health
-- Windows of sources that fell silent; of the others, who fills one deletes those with which none is compared any more.
DELETE FROM parse_health WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM parse_health WHERE until <= now() - interval '1 year' LIMIT %(most)s))

-- name: expire_polls
-- Of each source the last ones stay, so that one that is seldom polled has a history.
DELETE FROM polls WHERE id = ANY(ARRAY(
    SELECT id FROM polls WHERE at <= now() - interval '90 days' AND EXISTS (
        SELECT FROM polls AS later WHERE later.source_id = polls.source_id AND later.id > polls.id OFFSET 20)
    LIMIT %(most)s))

-- name: expire_entries
-- Entries that a source had not shown for long when it last had something new.
DELETE FROM entries WHERE ctid = ANY(ARRAY(
    SELECT entries.ctid FROM entries JOIN sources ON sources.id = source_id
    WHERE seen_on < (changed_at - interval '90 days')::date LIMIT %(most)s))
-- name: expire_volumes
DELETE FROM volumes WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM volumes WHERE hour <= now() - interval '1 year' LIMIT %(most)s))

-- name: expire_volume_hours
DELETE FROM volume_hours WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM volume_hours WHERE hour <= now() - interval '1 year' LIMIT %(most)s))

-- name: expire_source_health
-- Sources of which nothing is kept any more.
DELETE FROM source_health WHERE source = ANY(ARRAY(
    SELECT source FROM source_health AS known WHERE coalesce(last_at, first_at) <= now() - interval '1 year'
        AND NOT EXISTS (SELECT FROM volumes WHERE volumes.source = known.source) LIMIT %(most)s))

-- name: old_capture_days
-- Partitions of which every day is before the first that is kept.
SELECT child.relname FROM pg_inherits
JOIN pg_class AS child ON child.oid = inhrelid JOIN pg_class AS parent ON parent.oid = inhparent
WHERE parent.oid = 'captures'::regclass AND child.relname ~ '^captures_[0-9]{8}$'
    AND to_date(right(child.relname, 8), 'YYYYMMDD') < %(first)s
ORDER BY child.relname

-- name: lock_unfinished
-- Jobs that still need an old page; whoever works on one is waited for.
SELECT job_id FROM line WHERE capture_day < %(first)s ORDER BY job_id FOR UPDATE

-- name: lock_quarantined
SELECT job_id FROM quarantine WHERE capture_day < %(first)s ORDER BY job_id FOR UPDATE

-- name: copy_needed
-- Their pages, and those of quarantined jobs, are among today's too, unless another move brought them there.
INSERT INTO captures
    (id, job_id, url, requested_url, redirects, status, content_type, headers, fetched_at, digest, bytes, body)
SELECT id, job_id, url, requested_url, redirects, status, content_type, headers, fetched_at, digest, bytes, body
FROM captures JOIN (
    SELECT capture_day AS day, capture_id AS id FROM line WHERE capture_day < %(first)s
    UNION SELECT capture_day, capture_id FROM quarantine WHERE capture_day < %(first)s
) AS needed USING (day, id)
ON CONFLICT DO NOTHING

-- name: move_quarantined
UPDATE quarantine SET capture_day = kept.day FROM captures AS kept
WHERE capture_day < %(first)s AND kept.day = (now() AT TIME ZONE 'UTC')::date AND kept.id = capture_id

-- name: move_unfinished
UPDATE line SET capture_day = kept.day FROM captures AS kept
WHERE capture_day < %(first)s AND kept.day = (now() AT TIME ZONE 'UTC')::date AND kept.id = capture_id

-- name: has_old_others
SELECT EXISTS (SELECT FROM captures_other WHERE day < %(first)s)

-- name: expire_other_captures
DELETE FROM captures_other WHERE (day, id) IN (SELECT day, id FROM captures_other WHERE day < %(first)s LIMIT %(most)s)
