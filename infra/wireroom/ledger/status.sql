-- Nothing here may grow with what the ledger holds: each statement reads a bounded number of entries of an index.

-- name: plan
-- Statistics lag behind the line; and a limit never pays for reading a whole table.
SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), now()

-- name: waiting
-- Jobs that are not in flight, by leg, lane and what they wait for; and whether there may be more. Ready ones are counted
-- up to `most` of each lane, the others of each leg. What waits for a paused host waits for a pause.
WITH legs (leg) AS (VALUES ('fetch'), ('process')), lanes (lane) AS (VALUES ('live'), ('backfill'))
SELECT leg, lane, 'ready', number, number = %(most)s FROM legs CROSS JOIN lanes CROSS JOIN LATERAL (
    SELECT count(*) FROM (
        SELECT FROM line WHERE line.leg = legs.leg AND line.lane = lanes.lane AND ticket IS NOT NULL LIMIT %(most)s
    ) AS ready
) AS counted (number)
UNION ALL
SELECT leg, lane, 'time', count(*), sum(count(*)) OVER (PARTITION BY leg) = %(most)s FROM legs CROSS JOIN LATERAL (
    SELECT lane FROM line WHERE line.leg = legs.leg AND waits_for = 'time' LIMIT %(most)s
) AS waiting GROUP BY leg, lane
UNION ALL
SELECT leg, lane, 'pause', count(*), sum(count(*)) OVER (PARTITION BY leg) = %(most)s FROM legs CROSS JOIN LATERAL (
    SELECT lane FROM line WHERE line.leg = legs.leg AND waits_for = 'pause' LIMIT %(most)s
) AS waiting GROUP BY leg, lane
UNION ALL
SELECT 'fetch', lane, CASE WHEN paused THEN 'pause' ELSE 'host' END, count(*), sum(count(*)) OVER () = %(most)s FROM (
    SELECT lane, host IN (SELECT name FROM pauses WHERE what = 'host') AS paused
    FROM line WHERE waits_for = 'host' LIMIT %(most)s
) AS waiting GROUP BY lane, paused

-- name: in_flight
-- Flights and their articles by stage: queued, and started.
SELECT stage, started_at IS NOT NULL, count(*), sum(articles)::bigint FROM flights CROSS JOIN LATERAL (
    SELECT count(*) AS articles FROM line WHERE line.leg = flights.leg AND line.flight_id = flights.id
) AS flown GROUP BY 1, 2

-- name: oldest
SELECT id, accepted_at, extract(epoch FROM now() - accepted_at)::float8 FROM jobs WHERE id = (SELECT min(job_id) FROM line)

-- name: accepted
-- Of the newest jobs: how many are of the last minute and of the last hour, how many they are, and how old they become.
SELECT count(*) FILTER (WHERE accepted_at > now() - interval '1 minute'),
    count(*) FILTER (WHERE accepted_at > now() - interval '1 hour'),
    count(*), coalesce(extract(epoch FROM now() - min(accepted_at)), 0)::float8
FROM (SELECT accepted_at FROM jobs ORDER BY id DESC LIMIT %(most)s) AS newest

-- name: finished
-- Likewise of the newest outcomes.
SELECT count(*) FILTER (WHERE finished_at > now() - interval '1 minute'),
    count(*) FILTER (WHERE finished_at > now() - interval '1 hour'),
    count(*), coalesce(extract(epoch FROM now() - min(finished_at)), 0)::float8
FROM (SELECT finished_at FROM outcomes ORDER BY finished_at DESC LIMIT %(most)s) AS newest

-- name: seconds
-- Median and 95th percentile of the newest outcomes: from accepted to finished, and of work at each stage.
WITH newest AS MATERIALIZED (
    SELECT job_id, finished_at, stages FROM outcomes WHERE finished_at > now() - make_interval(secs => %(since)s)
    ORDER BY finished_at DESC LIMIT %(most)s
), taken (what, seconds) AS (
    SELECT 'total', extract(epoch FROM finished_at - accepted_at)::float8 FROM newest JOIN jobs ON jobs.id = newest.job_id
    UNION ALL SELECT key, value::float8 FROM newest CROSS JOIN jsonb_each_text(stages)
)
SELECT what, count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds),
    percentile_cont(0.95) WITHIN GROUP (ORDER BY seconds) FROM taken GROUP BY what

-- name: failures
-- Tries that failed in the last hour, among the newest.
SELECT stage, kind, count(*) FROM (SELECT stage, kind, at FROM attempts ORDER BY id DESC LIMIT %(most)s) AS newest
WHERE at > now() - interval '1 hour' AND kind <> 'redriven' GROUP BY stage, kind ORDER BY count(*) DESC, stage, kind

-- name: causes
SELECT stage, kind, cause, count(*) FROM (SELECT * FROM attempts ORDER BY id DESC LIMIT %(most)s) AS newest
WHERE at > now() - interval '1 hour' AND kind <> 'redriven' GROUP BY stage, kind, cause
ORDER BY max(at) DESC, cause LIMIT %(shown)s

-- name: quarantine
SELECT count(*) FROM (SELECT FROM quarantine LIMIT %(most)s) AS counted

-- name: quarantine_causes
-- Of the newest jobs in quarantine, the causes that are most frequent, each as the newest has it.
SELECT stage, kind, (array_agg(cause ORDER BY job_id DESC))[1], count(*), fingerprint FROM (
    SELECT job_id, stage, kind, cause, fingerprint FROM quarantine ORDER BY job_id DESC LIMIT %(most)s) AS newest
GROUP BY fingerprint, stage, kind ORDER BY count(*) DESC, fingerprint LIMIT %(shown)s

-- name: refusals
-- Those of the last day, by reason.
SELECT reason, count(*) FROM (
    SELECT reason FROM refusals WHERE refused_at > now() - interval '1 day' ORDER BY refused_at DESC LIMIT %(most)s
) AS newest GROUP BY reason ORDER BY count(*) DESC, reason

-- name: reconciliation
-- The last pass, and when the last clean one began.
SELECT started_at, findings, sums,
    (SELECT started_at FROM reconciliations WHERE findings = 0 ORDER BY id DESC LIMIT 1)
FROM reconciliations ORDER BY id DESC LIMIT 1
