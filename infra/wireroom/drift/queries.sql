-- name: try_proofread
-- One proofreader at a time; it lets go when what it counted can be seen. What it commits may be lost in a crash, cursor
-- and all: it is counted again.
SELECT pg_try_advisory_xact_lock(hashtext('wireroom proofread')), set_config('synchronous_commit', 'off', true)

-- name: reach
-- Up to which position everything is counted, and up to which it will be.
SELECT done, least(done + %(most)s, (SELECT coalesce(max(position), 0) FROM events))
FROM (SELECT coalesce((SELECT position FROM parse_health_cursor), 0) AS done) AS cursor

-- name: ended
-- What parse found or refused at the positions from `after` to `until`; nothing of what a replay made, nor of pages whose
-- text was known. Of each field the number of letters; 1 of what has none.
SELECT events.at, events.job_id, jobs.source,
    left(md5(coalesce('article ' || version.article_id, jobs.url, 'job ' || jobs.id)), 16),
    left(md5(version.title), 16), letters
FROM events
JOIN jobs ON jobs.id = events.job_id
LEFT JOIN versions AS version ON version.job_id = events.job_id AND events.kind IN ('stored', 'updated')
LEFT JOIN outcomes AS refused
    ON refused.job_id = events.job_id AND events.kind = 'rejected' AND refused.reason = ANY(%(refused)s)
LEFT JOIN LATERAL (
    SELECT jsonb_object_agg(key, CASE jsonb_typeof(value)
        WHEN 'null' THEN 0
        WHEN 'string' THEN length(value #>> '{}')
        WHEN 'array' THEN (
            SELECT coalesce(sum(length(coalesce(item ->> 'text', item ->> 'name', item #>> '{}'))), 0)
            FROM jsonb_array_elements(value) AS item)
        ELSE 1 END) AS letters
    FROM jsonb_each(version.parsed) WHERE key = ANY(%(fields)s)
) AS counted ON version.job_id IS NOT NULL
WHERE position > %(after)s AND position <= %(until)s AND jobs.replays IS NULL
    AND (version.why <> 'reparse' OR refused.job_id IS NOT NULL)
ORDER BY position

-- name: newest
-- The newest window of each of these sources.
SELECT newest.* FROM unnest(%(sources)s::text[]) AS mine (source) CROSS JOIN LATERAL (
    SELECT source, number, since, until, articles, measures::text, seen::text, breaks::text FROM parse_health
    WHERE parse_health.source = mine.source ORDER BY number DESC LIMIT 1
) AS newest

-- name: history
-- The newest of a source's windows before one, the oldest of them first.
SELECT * FROM (
    SELECT source, number, since, until, articles, measures::text, seen::text, breaks::text FROM parse_health
    WHERE source = %(source)s AND number < %(number)s ORDER BY number DESC LIMIT %(most)s
) AS newest ORDER BY number

-- name: keep
INSERT INTO parse_health (source, number, since, until, articles, measures, seen, breaks)
VALUES (%(source)s, %(number)s, %(since)s, %(until)s, %(articles)s, %(measures)s, %(seen)s, %(breaks)s)
ON CONFLICT (source, number) DO UPDATE SET until = excluded.until, articles = excluded.articles,
    measures = excluded.measures, seen = excluded.seen, breaks = excluded.breaks

-- name: forget
-- With these windows of a source none is compared any more.
DELETE FROM parse_health WHERE source = %(source)s AND number <= %(number)s

-- name: move_cursor
INSERT INTO parse_health_cursor (position) VALUES (%(until)s)
ON CONFLICT (one) DO UPDATE SET position = excluded.position

-- name: breaks
SELECT broken.source, field, measure, was, now, since, broken.job_id, outcomes.article_id FROM parse_breaks AS broken
LEFT JOIN outcomes ON outcomes.job_id = broken.job_id
WHERE %(source)s::text IS NULL OR broken.source = %(source)s
ORDER BY since DESC, broken.source, field, measure

-- name: sources
-- How many sources are known, and how many of them have windows enough.
SELECT count(*), count(*) FILTER (WHERE full_windows > %(least)s) FROM (
    SELECT max(number) FILTER (WHERE seen IS NULL) AS full_windows FROM parse_health
    WHERE %(source)s::text IS NULL OR source = %(source)s GROUP BY source
) AS known

-- name: unread
-- How many ends are not counted yet.
SELECT (SELECT count(*) FROM endings)
    + (SELECT coalesce(max(position), 0) FROM events) - (SELECT coalesce(max(position), 0) FROM parse_health_cursor)
