-- name: facts
-- What the ledger knows of these jobs and of the pages their articles were parsed from.
SELECT jobs.id, jobs.source, jobs.url, jobs.external_id, jobs.published, jobs.replays, replayed.article_id,
    capture.url, capture.digest, capture.fetched_at, capture.day, capture.id
FROM unnest(%(jobs)s::bigint[], %(days)s::date[], %(captures)s::bigint[]) AS mine (job_id, day, capture_id)
JOIN jobs ON jobs.id = mine.job_id
JOIN captures AS capture ON capture.day = mine.day AND capture.id = mine.capture_id
LEFT JOIN outcomes AS replayed ON replayed.job_id = jobs.replays

-- name: capture_order
-- Those of the jobs that are unfinished, the oldest page first.
SELECT line.job_id FROM line
LEFT JOIN captures AS capture ON capture.day = line.capture_day AND capture.id = line.capture_id
WHERE line.job_id = ANY(%(jobs)s) ORDER BY capture.fetched_at, capture.id

-- name: article_ids
SELECT array(SELECT nextval('articles_id_seq') FROM generate_series(1, %(number)s))

-- name: claim_identities
-- The identities that no article has yet become these articles'; waits for whoever is claiming the same.
INSERT INTO identities (kind, hash, article_id, claimed)
SELECT * FROM unnest(%(kinds)s::text[], %(hashes)s::bytea[], %(articles)s::bigint[], %(claimed)s::boolean[])
    AS mine (kind, hash, article_id, claimed) ORDER BY kind, hash
ON CONFLICT (kind, hash) DO NOTHING

-- name: settle_identities
-- The identities that others, as was seen, had only claimed become these articles'.
WITH found AS (
    SELECT kind, hash, mine.article_id FROM identities
    JOIN unnest(%(kinds)s::text[], %(hashes)s::bytea[], %(holders)s::bigint[], %(articles)s::bigint[])
        AS mine (kind, hash, holder, article_id) USING (kind, hash)
    WHERE claimed AND identities.article_id = holder ORDER BY kind, hash FOR UPDATE OF identities
)
UPDATE identities SET article_id = found.article_id, claimed = false FROM found
WHERE identities.kind = found.kind AND identities.hash = found.hash

-- name: identified
-- The articles that have these identities, whether they only claim them, and their current titles.
SELECT kind, hash, identities.article_id, claimed, current.title FROM identities
JOIN articles ON articles.id = identities.article_id
JOIN versions AS current ON current.article_id = articles.id AND current.number = articles.current
WHERE (kind, hash) IN (SELECT * FROM unnest(%(kinds)s::text[], %(hashes)s::bytea[]))

-- name: lock_articles
SELECT FROM articles WHERE id = ANY(%(articles)s) ORDER BY id FOR UPDATE

-- name: versions
SELECT article_id, number, text_hash, record_hash, capture_digest, captured_at, capture_id FROM versions
WHERE article_id = ANY(%(articles)s)

-- name: insert_article
INSERT INTO articles (id, source, url) VALUES (%(article_id)s, %(source)s, %(url)s)

-- name: insert_version
INSERT INTO versions (article_id, number, job_id, why, capture_day, capture_id, capture_digest, captured_at, text_hash,
    record_hash, title, published_at, language, parsed, enrichments)
VALUES (%(article_id)s, %(number)s, %(job_id)s, %(why)s, %(capture_day)s, %(capture_id)s, %(capture_digest)b,
    %(captured_at)s, %(text_hash)b, %(record_hash)b, %(title)s, %(published_at)s, %(language)s, %(parsed)s,
    %(enrichments)s)

-- name: make_current
UPDATE articles SET current = %(number)s WHERE id = %(article_id)s AND current <> %(number)s

-- name: insert_conflict
INSERT INTO identity_conflicts (kind, hash, article_id, job_id)
VALUES (%(kind)s, %(hash)b, %(article_id)s, %(job_id)s) ON CONFLICT DO NOTHING
