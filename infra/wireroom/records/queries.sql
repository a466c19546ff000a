-- name: article
SELECT articles.id, articles.source, articles.url, articles.current, jobs.external_id, jobs.meta, parsed::text,
    enrichments::text, number, job_id, why, captured_at, stored_at
FROM articles JOIN versions ON versions.article_id = articles.id JOIN jobs ON jobs.id = versions.job_id
WHERE articles.id = %(article)s AND number = coalesce(%(number)s, articles.current)

-- name: versions
SELECT number, job_id, why, captured_at, stored_at FROM versions WHERE article_id = %(article)s ORDER BY number
