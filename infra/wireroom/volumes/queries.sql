-- name: try_judge
-- One at a time; the others find it done. What it commits may be lost in a crash: it is counted and judged again. The plan
-- must not depend on statistics, which lag behind tables that grow by the minute.
SELECT pg_try_advisory_xact_lock(hashtext('wireroom volumes')), set_config('synchronous_commit', 'off', true),
    set_config('enable_seqscan', 'off', true)

-- name: hour
-- The hour that is not over; one is over when its last transactions, too, have had time to commit.
SELECT floor(extract(epoch FROM now() - interval '1 minute') / 3600)::int

-- name: reach
-- The first hour to count: what was counted last is counted once more, for what was committed late; where nothing is
-- counted yet, the first with anything. After the clock was set back it is those that may have got more.
SELECT greatest(%(hour)s - %(most)s, least(%(hour)s - %(again)s, coalesce(
    (SELECT floor(extract(epoch FROM max(hour)) / 3600)::int + 1 - %(again)s FROM volume_hours),
    (SELECT floor(extract(epoch FROM least((SELECT accepted_at FROM jobs ORDER BY id LIMIT 1),
        (SELECT at FROM polls ORDER BY id LIMIT 1))) / 3600)::int), %(hour)s)))

-- name: count
-- What was in the hours from `since` to before `until`, each anew; what has no place among the events yet is among the endings.
WITH span AS (
    SELECT to_timestamp(%(since)s::bigint * 3600) AS since, to_timestamp(%(until)s::bigint * 3600) AS until
), came AS (
    SELECT source, date_trunc('hour', accepted_at) AS hour, count(*) AS accepted FROM jobs
    WHERE accepted_at >= (SELECT since FROM span) AND accepted_at < (SELECT until FROM span)
        AND lane = 'live' AND replays IS NULL
    GROUP BY 1, 2
), shown AS MATERIALIZED (
    SELECT source, job_id, min(seen_at) AS at FROM sightings
    WHERE seen_at >= (SELECT since FROM span) AND seen_at < (SELECT until FROM span) AND source IS NOT NULL
    GROUP BY 1, 2
), seen AS (
    SELECT shown.source, date_trunc('hour', at) AS hour, count(*) AS sighted
    FROM shown JOIN jobs ON jobs.id = job_id AND jobs.source <> shown.source AND lane = 'live'
    WHERE NOT EXISTS (SELECT FROM sightings AS earlier WHERE earlier.job_id = shown.job_id
        AND earlier.source = shown.source AND earlier.seen_at < (SELECT since FROM span))
    GROUP BY 1, 2
), ended AS MATERIALIZED (
    SELECT job_id, kind, at FROM events WHERE at >= (SELECT since FROM span) AND at < (SELECT until FROM span)
    UNION ALL
    SELECT job_id, kind, at FROM endings WHERE at >= (SELECT since FROM span) AND at < (SELECT until FROM span)
), ends AS (
    SELECT jobs.source, date_trunc('hour', at) AS hour, ended.kind, CASE ended.kind WHEN 'rejected' THEN outcomes.reason
        WHEN 'quarantined' THEN 'quarantined' || coalesce(', cause ' || fingerprint, '') END AS why, count(*) AS number
    FROM ended JOIN jobs ON jobs.id = ended.job_id AND jobs.lane = 'live' AND replays IS NULL
        LEFT JOIN outcomes ON ended.kind = 'rejected' AND outcomes.job_id = ended.job_id
        LEFT JOIN quarantine ON ended.kind = 'quarantined' AND quarantine.job_id = ended.job_id
    WHERE outcomes.reason IS NULL OR outcomes.reason <> ALL(%(by_people)s)
    GROUP BY 1, 2, 3, 4
), asked AS (
    SELECT sources.source, date_trunc('hour', at) AS hour, count(*) AS polls,
        count(*) FILTER (WHERE status = 'failed') AS failed
    FROM polls JOIN sources ON sources.id = source_id
    WHERE at >= (SELECT since FROM span) AND at < (SELECT until FROM span)
    GROUP BY 1, 2
), counted AS (
    INSERT INTO volumes AS old (source, hour, accepted, sighted, stored, unchanged, rejected, quarantined, reasons, polls,
        failed_polls)
    SELECT source, hour, sum(accepted), sum(sighted), sum(stored), sum(unchanged), sum(rejected), sum(quarantined),
        jsonb_object_agg(why, number) FILTER (WHERE why IS NOT NULL), sum(polls), sum(failed)
    FROM (
        SELECT source, hour, accepted, 0 AS sighted, 0 AS stored, 0 AS unchanged, 0 AS rejected, 0 AS quarantined,
            NULL AS why, 0 AS number, 0 AS polls, 0 AS failed FROM came
        UNION ALL SELECT source, hour, 0, sighted, 0, 0, 0, 0, NULL, 0, 0, 0 FROM seen
        UNION ALL SELECT source, hour, 0, 0, CASE WHEN kind IN ('stored', 'updated') THEN number ELSE 0 END,
            CASE kind WHEN 'unchanged' THEN number ELSE 0 END, CASE kind WHEN 'rejected' THEN number ELSE 0 END,
            CASE kind WHEN 'quarantined' THEN number ELSE 0 END, why, number, 0, 0 FROM ends
        UNION ALL SELECT source, hour, 0, 0, 0, 0, 0, 0, NULL, 0, polls, failed FROM asked
    ) AS parts GROUP BY source, hour ORDER BY source, hour
    ON CONFLICT (source, hour) DO UPDATE SET accepted = excluded.accepted, sighted = excluded.sighted,
        stored = excluded.stored, unchanged = excluded.unchanged, rejected = excluded.rejected,
        quarantined = excluded.quarantined, reasons = excluded.reasons, polls = excluded.polls,
        failed_polls = excluded.failed_polls
    WHERE old IS DISTINCT FROM excluded
    RETURNING source, hour, accepted + sighted AS came
)
INSERT INTO source_health AS known (source, first_at, last_at)
SELECT source, min(hour), max(hour) FILTER (WHERE came > 0) FROM counted GROUP BY source ORDER BY source
ON CONFLICT (source) DO UPDATE SET last_at = greatest(known.last_at, excluded.last_at)

-- name: close
-- These hours are counted. Whoever counts has watched those from `watched` on.
INSERT INTO volume_hours AS known (hour, sources, watched)
SELECT every.hour, count(volumes.source), every.hour >= to_timestamp(%(watched)s::bigint * 3600)
FROM generate_series(to_timestamp(%(since)s::bigint * 3600), to_timestamp((%(until)s::bigint - 1) * 3600), '1 hour')
    AS every (hour) LEFT JOIN volumes ON volumes.hour = every.hour AND accepted + sighted > 0
GROUP BY every.hour ORDER BY every.hour
ON CONFLICT (hour) DO UPDATE SET sources = excluded.sources, watched = known.watched OR excluded.watched

-- name: hours
-- The whole, hour by hour, the oldest first.
SELECT floor(extract(epoch FROM hour) / 3600)::int, sources, watched, expected, tide FROM volume_hours
WHERE hour >= to_timestamp(%(since)s::bigint * 3600) AND hour < to_timestamp(%(hour)s::bigint * 3600) ORDER BY hour

-- name: unlearned
-- Sources whose habit is to be learned, anew each day; not of those from which nothing comes, which would unlearn it.
SELECT source, floor(extract(epoch FROM first_at) / 3600)::int FROM source_health
WHERE state NOT IN ('silent', 'paused') AND first_at <= to_timestamp(%(hour)s::bigint * 3600) - make_interval(days => %(least)s)
    AND last_at >= to_timestamp(%(hour)s::bigint * 3600) - make_interval(days => %(most)s)
    AND (learned_at IS NULL OR learned_at <= to_timestamp(%(hour)s::bigint * 3600) - interval '1 day')
ORDER BY source LIMIT %(step)s

-- name: history
-- What came and what became of it, hour by hour.
SELECT source, floor(extract(epoch FROM hour) / 3600)::int, accepted + sighted,
    stored + unchanged + rejected + quarantined, rejected + quarantined
FROM volumes WHERE source = ANY(%(sources)s) AND hour >= to_timestamp(%(since)s::bigint * 3600)
    AND hour < to_timestamp(%(until)s::bigint * 3600)

-- name: keep_habit
UPDATE source_health SET habit = %(habit)s, learned_at = to_timestamp(%(hour)s::bigint * 3600) WHERE source = %(source)s

-- name: sources
-- All that are or may be judged.
SELECT source, floor(extract(epoch FROM first_at) / 3600)::int, floor(extract(epoch FROM last_at) / 3600)::int,
    habit::text, state, floor(extract(epoch FROM since) / 3600)::int, verdict::text
FROM source_health

-- name: newest
-- Of each source with anything since then, by hour: what came, ended, and ended badly.
SELECT source, array_agg(floor(extract(epoch FROM hour) / 3600)::int), array_agg(accepted + sighted),
    array_agg(stored + unchanged + rejected + quarantined), array_agg(rejected + quarantined)
FROM volumes WHERE hour >= to_timestamp(%(since)s::bigint * 3600) AND hour < to_timestamp(%(until)s::bigint * 3600)
GROUP BY source

-- name: feeds
-- How many feeds each source has, how many of them are paused, how many fail since longer than `patience` seconds, and
-- since when, and why, the one of them that fails longest.
SELECT source, count(*), count(paused_at), count(failing_since), floor(extract(epoch FROM min(failing_since)) / 3600)::int,
    (array_agg(cause ORDER BY failing_since) FILTER (WHERE failing_since IS NOT NULL))[1]
FROM sources LEFT JOIN LATERAL (
    SELECT at AS failing_since, last.cause
    FROM (SELECT cause FROM polls WHERE source_id = sources.id ORDER BY id DESC LIMIT 1) AS last,
        LATERAL (SELECT at FROM polls WHERE source_id = sources.id AND polls.id > coalesce(
            (SELECT max(id) FROM polls WHERE source_id = sources.id AND status <> 'failed'), 0)
            ORDER BY polls.id LIMIT 1) AS first
    WHERE failures >= %(failures)s AND paused_at IS NULL AND at <= now() - make_interval(secs => %(patience)s)
) AS failing ON true
GROUP BY source

-- name: judge_hours
UPDATE volume_hours SET expected = mine.expected, tide = mine.tide
FROM unnest(%(hours)s::int[], %(expected)s::float8[], %(tides)s::float8[]) AS mine (hour, expected, tide)
WHERE volume_hours.hour = to_timestamp(mine.hour::bigint * 3600)

-- name: is_open
-- Whether an hour is counted and not judged.
SELECT EXISTS (SELECT FROM volume_hours WHERE hour = to_timestamp(%(hour)s::bigint * 3600) AND expected IS NULL)

-- name: is_judged
SELECT EXISTS (SELECT FROM volume_hours WHERE hour = to_timestamp(%(hour)s::bigint * 3600) AND expected IS NOT NULL)

-- name: keep_verdicts
UPDATE source_health SET state = mine.state, since = to_timestamp(mine.since::bigint * 3600), verdict = mine.verdict::jsonb
FROM unnest(%(sources)s::text[], %(states)s::text[], %(since)s::int[], %(verdicts)s::text[])
    AS mine (source, state, since, verdict)
WHERE source_health.source = mine.source

-- name: health
-- How sources are, the worst first, each with what may be the matter with it.
SELECT known.source, since, last_at, verdict::text, pause.told, feeds.number, feeds.paused, feeds.paused_by,
    feeds.failed_feed, feeds.failure, feeds.overdue, feeds.newest_poll, broken.told, reasons.why, producers.name
FROM (
    SELECT * FROM source_health
    WHERE verdict IS NOT NULL AND state = ANY(%(states)s) AND (%(source)s::text IS NULL OR source = %(source)s)
    ORDER BY array_position(%(order)s::text[], state), since DESC, source LIMIT %(most)s
) AS known
LEFT JOIN LATERAL (
    SELECT concat_ws(' ', what, nullif(name, ''), 'by', who || coalesce(': ' || why, '')) AS told FROM pauses
    WHERE (what, name) IN (('line', ''), ('source', known.source)) ORDER BY pauses.since LIMIT 1
) AS pause ON true
LEFT JOIN LATERAL (
    SELECT count(*) AS number, count(paused_at) AS paused, min(paused_by) AS paused_by,
        (array_agg(url ORDER BY failures DESC, id) FILTER (WHERE failures > 0))[1] AS failed_feed,
        (array_agg(last.cause ORDER BY failures DESC, id) FILTER (WHERE failures > 0))[1] AS failure,
        min(due_at) FILTER (WHERE paused_at IS NULL AND due_at < now() - interval '1 hour') AS overdue,
        max(last.at) AS newest_poll
    FROM sources LEFT JOIN LATERAL (
        SELECT at, coalesce(cause, 'no cause is known') AS cause FROM polls WHERE source_id = sources.id
        ORDER BY polls.id DESC LIMIT 1
    ) AS last ON true
    WHERE sources.source = known.source
) AS feeds ON true
LEFT JOIN LATERAL (
    SELECT 'parse finds less of: ' || string_agg(DISTINCT field, ', ') AS told FROM parse_breaks
    WHERE parse_breaks.source = known.source
) AS broken ON known.state = 'failing'
LEFT JOIN LATERAL (
    SELECT key AS why FROM volumes, jsonb_each(reasons)
    WHERE volumes.source = known.source AND reasons IS NOT NULL AND hour >= now() - interval '1 day'
    GROUP BY key ORDER BY sum(value::int) DESC, key LIMIT 1
) AS reasons ON known.state = 'failing'
LEFT JOIN LATERAL (
    SELECT producer AS name FROM jobs WHERE accepted_at >= last_at AND accepted_at < last_at + interval '1 hour'
        AND jobs.source = known.source ORDER BY id DESC LIMIT 1
) AS producers ON feeds.number = 0 AND known.state IN ('silent', 'low')
ORDER BY array_position(%(order)s::text[], known.state), since DESC, known.source

-- name: states
SELECT state, count(*) FROM source_health GROUP BY state

-- name: quiet
-- The end of the last hour that is judged, of the last one in which anybody was heard, and of how many sources something
-- was expected since.
SELECT max(hour) FILTER (WHERE expected IS NOT NULL) + interval '1 hour', max(last.heard) + interval '1 hour',
    coalesce(sum(expected) FILTER (WHERE watched AND hour > last.heard), 0)
FROM volume_hours, (SELECT max(hour) AS heard FROM volume_hours WHERE sources > 0) AS last
WHERE hour >= last.heard
