-- name: wanted
-- The current versions that fit everything given: what the next three choose from.
SELECT articles.id, made.job_id, made.capture_day, made.capture_id
FROM articles JOIN versions AS made ON made.article_id = articles.id AND made.number = articles.current
WHERE (%(article_ids)s::bigint[] IS NULL OR articles.id = ANY(%(article_ids)s))
    AND (%(source)s::text IS NULL OR articles.source = %(source)s)
    AND (%(since)s::timestamptz IS NULL OR made.captured_at >= %(since)s)
    AND (%(until)s::timestamptz IS NULL OR made.captured_at < %(until)s)
    AND (%(parser)s::text IS NULL OR %(parser)s IN (made.parsed->>'parser', split_part(made.parsed->>'parser', '+', 1)))

-- name: count
-- How many are wanted, how many of them have lost their page, and the first of these.
SELECT count(*), count(*) FILTER (WHERE capture.id IS NULL),
    coalesce((array_agg(wanted.id ORDER BY wanted.id) FILTER (WHERE capture.id IS NULL))[:%(named)s], '{}')
FROM wanted LEFT JOIN captures AS capture ON capture.day = wanted.capture_day AND capture.id = wanted.capture_id

-- name: sample
-- Some of those that have their page, by a hash, so that they are the same each time.
SELECT id, job_id FROM wanted
WHERE EXISTS (SELECT FROM captures WHERE captures.day = wanted.capture_day AND captures.id = wanted.capture_id)
ORDER BY hashint8(id), id LIMIT %(most)s

-- name: next_ones
-- The next ones after an article.
SELECT id, job_id FROM wanted WHERE id > %(after)s ORDER BY id LIMIT %(most)s

-- name: known
SELECT id FROM articles WHERE id = ANY(%(articles)s)

-- name: made_from
-- What parse gave when the job made its version, and the page that it was given, if that is still kept.
SELECT made.parsed::text, capture.id IS NOT NULL, jobs.source, jobs.url AS offered_url, capture.url,
    capture.requested_url, capture.status, capture.content_type, capture.headers, capture.fetched_at, capture.body
FROM versions AS made JOIN jobs ON jobs.id = made.job_id
LEFT JOIN captures AS capture ON capture.day = made.capture_day AND capture.id = made.capture_id
WHERE made.job_id = %(job)s

-- name: lock_replays
-- One step after the other: each sees what the ones before have put on the line.
SELECT pg_advisory_xact_lock(hashtext('wireroom replays'))

-- name: places
-- Whether the versions that these jobs made are current, and where somebody works on their pages. Reads the line once.
WITH mine AS MATERIALIZED (
    SELECT made.job_id, made.capture_id, made.number = articles.current AS is_current
    FROM versions AS made JOIN articles ON articles.id = made.article_id WHERE made.job_id = ANY(%(jobs)s)
), busy AS (
    SELECT capture_id, min(place) AS place FROM (
        SELECT capture_id, 'line' AS place FROM line WHERE capture_id IN (SELECT capture_id FROM mine)
        UNION ALL SELECT capture_id, 'quarantine' FROM quarantine WHERE capture_id IN (SELECT capture_id FROM mine)
    ) AS found GROUP BY capture_id
)
SELECT mine.job_id, mine.is_current, busy.place FROM mine LEFT JOIN busy USING (capture_id) ORDER BY mine.job_id
