-- Locks are taken in one order everywhere: docs/decisions/0007-order-of-locks.md.

-- name: receipts
-- The jobs these keys stand for, while they are kept.
SELECT producer, key, job_id, digest FROM receipts
JOIN unnest(%(producers)s::text[], %(keys)s::text[]) AS mine (producer, key) USING (producer, key)
WHERE accepted_at > now() - interval '30 days'

-- name: numbers
-- Ids for new jobs and captures, today, and the current ticket of each leg and lane.
SELECT array(SELECT nextval('jobs_id_seq') FROM generate_series(1, %(jobs)s)),
       array(SELECT nextval('capture_ids') FROM generate_series(1, %(jobs)s)),
       (now() AT TIME ZONE 'UTC')::date,
       current_ticket('fetch', 'live'), current_ticket('fetch', 'backfill'),
       current_ticket('process', 'live'), current_ticket('process', 'backfill')

-- name: win_offers
-- The hashes that nobody offers now, nor has offered for as long as mine is new, unless that was rejected: another address
-- of the article may do better. Waits for whoever is offering the same at this moment. An offer that would end later than
-- any does was written before the clock was set back.
INSERT INTO offers AS offer (hash, job_id, until)
SELECT hash, job_id, 'infinity'
FROM unnest(%(hashes)s::bytea[], %(jobs)s::bigint[], %(fresh)s::float8[]) AS mine (hash, job_id, fresh)
WHERE fresh = 0 OR NOT EXISTS (
    SELECT FROM offers AS ended
    WHERE ended.hash = mine.hash AND ended.until < now() AND ended.until >= now() - make_interval(secs => fresh)
        AND NOT EXISTS (SELECT FROM outcomes WHERE outcomes.job_id = ended.job_id AND outcome = 'rejected'))
ORDER BY hash
ON CONFLICT (hash) DO UPDATE SET job_id = excluded.job_id, until = excluded.until
    WHERE offer.until < now() OR (offer.until > now() + make_interval(secs => %(farthest)s) AND offer.until < 'infinity')
RETURNING hash

-- name: offered
SELECT hash, job_id FROM offers WHERE hash = ANY(%(hashes)s::bytea[])

-- name: insert_job
INSERT INTO jobs (id, producer, key, source, lane, url, external_id, published, meta)
VALUES (%(job_id)s, %(producer)s, %(key)s, %(source)s, %(lane)s, %(url)s, %(external_id)s, %(published)s, %(meta)s)

-- name: insert_inline_capture
INSERT INTO captures (day, id, job_id, url, content_type, digest, bytes, body)
VALUES (%(day)s, %(capture_id)s, %(job_id)s, %(url)s, %(content_type)s, %(digest)b, %(bytes)s, %(body)b)

-- name: insert_line
INSERT INTO line (job_id, leg, lane, host, bytes, offer, capture_day, capture_id, ticket)
VALUES (%(job_id)s, %(leg)s, %(lane)s, %(host)s, %(bytes)s, %(offer)s, %(capture_day)s, %(capture_id)s, %(ticket)s)

-- name: insert_sighting
INSERT INTO sightings (job_id, producer, key, source, url, meta)
VALUES (%(job_id)s, %(producer)s, %(key)s, %(source)s, %(url)s, %(meta)s)

-- name: insert_receipts
-- The keys that were free; a key that somebody else took in this moment is missing from the answer.
INSERT INTO receipts AS receipt (producer, key, job_id, digest)
SELECT producer, key, job_id, digest
FROM unnest(%(producers)s::text[], %(keys)s::text[], %(jobs)s::bigint[], %(digests)s::bytea[])
    AS mine (producer, key, job_id, digest) ORDER BY producer, key
ON CONFLICT (producer, key) DO UPDATE
    SET job_id = excluded.job_id, digest = excluded.digest, accepted_at = excluded.accepted_at
    WHERE receipt.accepted_at <= now() - interval '30 days'
RETURNING key

-- name: open_submission
-- First of all, because it waits for whoever is opening the same one.
INSERT INTO submissions (id) VALUES (%(submission)s) ON CONFLICT DO NOTHING

-- name: insert_submitted
INSERT INTO submitted (submission, job_id)
SELECT %(submission)s, job_id FROM unnest(%(jobs)s::bigint[]) AS mine (job_id) ORDER BY job_id
ON CONFLICT DO NOTHING
