-- name: article
SELECT articles.id, articles.source, articles.url, articles.current, jobs.external_id, jobs.meta, parsed::text,
    enrichments::text, number, job_id, why, captured_at, stored_at
FROM articles JOIN versions ON versions.article_id = articles.id JOIN jobs ON jobs.id = versions.job_id
WHERE articles.id = %(article)s AND number = coalesce(%(number)s, articles.current)

-- name: seen
-- The newest offers and sightings of the jobs that ended as this article, and the number of all; replays are no offers.
WITH mine AS MATERIALIZED (
    SELECT jobs.* FROM outcomes JOIN jobs ON jobs.id = outcomes.job_id
    WHERE outcomes.article_id = %(article)s AND jobs.replays IS NULL
), found AS (
    SELECT accepted_at AS at, id AS job_id, producer, source, url, meta FROM mine
    UNION ALL
    SELECT seen_at, job_id, sightings.producer, coalesce(sightings.source, mine.source), coalesce(sightings.url, mine.url),
        sightings.meta
    FROM sightings JOIN mine ON mine.id = sightings.job_id
)
SELECT at, job_id, producer, source, url, meta, count(*) OVER () FROM found ORDER BY at DESC, job_id DESC LIMIT %(most)s

-- name: versions
SELECT number, job_id, why, captured_at, stored_at FROM versions WHERE article_id = %(article)s ORDER BY number
