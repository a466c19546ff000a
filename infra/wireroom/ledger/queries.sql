-- Locks are taken in one order everywhere: docs/decisions/0007-order-of-locks.md.

-- Accepting ------------------------------------------------------------------------------------------------------

-- name: receipts
-- The jobs these keys stand for, while they are kept.
SELECT key, job_id, digest FROM receipts
WHERE producer = %(producer)s AND key = ANY(%(keys)s) AND accepted_at > now() - interval '30 days'

-- name: numbers
-- Ids for new jobs and captures, today, and the current ticket of each leg and lane.
SELECT array(SELECT nextval('jobs_id_seq') FROM generate_series(1, %(jobs)s)),
       array(SELECT nextval('capture_ids') FROM generate_series(1, %(jobs)s)),
       (now() AT TIME ZONE 'UTC')::date,
       current_ticket('fetch', 'live'), current_ticket('fetch', 'backfill'),
       current_ticket('process', 'live'), current_ticket('process', 'backfill')

-- name: win_offers
-- The hashes that nobody offers now; waits for whoever is offering the same at this moment.
INSERT INTO offers AS offer (hash, job_id, until)
SELECT hash, job_id, 'infinity' FROM unnest(%(hashes)s::bytea[], %(jobs)s::bigint[]) AS mine (hash, job_id) ORDER BY hash
ON CONFLICT (hash) DO UPDATE SET job_id = excluded.job_id, until = excluded.until WHERE offer.until < now()
RETURNING hash

-- name: offered
SELECT hash, job_id FROM offers WHERE hash = ANY(%(hashes)s::bytea[])

-- name: insert_job
INSERT INTO jobs (id, producer, source, lane, url, external_id, published, meta)
VALUES (%(job_id)s, %(producer)s, %(source)s, %(lane)s, %(url)s, %(external_id)s, %(published)s, %(meta)s)

-- name: insert_inline_capture
INSERT INTO captures (day, id, job_id, url, content_type, digest, bytes, body)
VALUES (%(day)s, %(capture_id)s, %(job_id)s, %(url)s, %(content_type)s, %(digest)b, %(bytes)s, %(body)b)

-- name: insert_line
INSERT INTO line (job_id, leg, lane, host, bytes, offer, capture_day, capture_id, ticket)
VALUES (%(job_id)s, %(leg)s, %(lane)s, %(host)s, %(bytes)s, %(offer)s, %(capture_day)s, %(capture_id)s, %(ticket)s)

-- name: insert_sighting
INSERT INTO sightings (job_id, producer, key, source, meta)
VALUES (%(job_id)s, %(producer)s, %(key)s, %(source)s, %(meta)s)

-- name: insert_receipts
-- The keys that were free; a key that somebody else took in this moment is missing from the answer.
INSERT INTO receipts AS receipt (producer, key, job_id, digest)
SELECT %(producer)s, key, job_id, digest
FROM unnest(%(keys)s::text[], %(jobs)s::bigint[], %(digests)s::bytea[]) AS mine (key, job_id, digest) ORDER BY key
ON CONFLICT (producer, key) DO UPDATE
    SET job_id = excluded.job_id, digest = excluded.digest, accepted_at = excluded.accepted_at
    WHERE receipt.accepted_at <= now() - interval '30 days'
RETURNING key

-- Launching ------------------------------------------------------------------------------------------------------

-- name: try_launch
-- One dispatcher at a time launches a leg. What it commits may be lost in a crash: that is only wasteful.
SELECT pg_try_advisory_xact_lock(hashtext('wireroom launch'), hashtext(%(leg)s)), now(),
       set_config('synchronous_commit', 'off', true)

-- name: call_due
-- Jobs whose time has come become ready. `since` spares walking over the dead entries of earlier calls.
WITH due AS MATERIALIZED (
    SELECT job_id FROM line
    WHERE leg = %(leg)s AND waits_for = 'time' AND due_at > %(since)s AND due_at <= now()
    ORDER BY due_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE line SET ticket = current_ticket(leg, lane), waits_for = NULL, due_at = NULL
FROM due WHERE line.job_id = due.job_id

-- name: call_hosts
-- Of each host that may be asked again, as many jobs as one flight asks it for become ready. The host is not called
-- again before these have flown: `still_parked` sees to the rest then.
WITH free AS MATERIALIZED (
    SELECT host FROM hosts
    WHERE parked AND next_at <= now()
        AND NOT EXISTS (SELECT FROM line WHERE line.host = hosts.host AND leg = 'fetch' AND flight_id IS NOT NULL)
    ORDER BY next_at LIMIT 256
), called AS MATERIALIZED (
    SELECT job_id FROM free CROSS JOIN LATERAL (
        SELECT job_id FROM line WHERE line.host = free.host AND waits_for = 'host'
        ORDER BY lane DESC, job_id LIMIT %(pages)s FOR UPDATE SKIP LOCKED
    ) AS next
), ready AS (
    UPDATE line SET ticket = current_ticket(leg, lane), waits_for = NULL
    FROM called WHERE line.job_id = called.job_id
)
UPDATE hosts SET parked = false FROM free WHERE hosts.host = free.host

-- name: still_parked
-- Of these hosts, those for which more jobs wait are to be called again.
UPDATE hosts SET parked = true WHERE host = ANY(%(hosts)s) AND NOT parked
    AND EXISTS (SELECT FROM line WHERE line.host = hosts.host AND waits_for = 'host')

-- name: find_parked
-- As still_parked for every host, for what was locked or ended in between; goes from host to host over the index.
WITH RECURSIVE waited_for AS (
    SELECT min(host) AS host FROM line WHERE waits_for = 'host'
    UNION ALL
    SELECT (SELECT min(host) FROM line WHERE waits_for = 'host' AND line.host > waited_for.host)
    FROM waited_for WHERE host IS NOT NULL
)
UPDATE hosts SET parked = true FROM waited_for WHERE hosts.host = waited_for.host AND NOT parked

-- name: in_flight
-- How many articles and bytes of the leg are in flight, and the oldest flight. `floor` is what this said before: flight ids
-- only grow under the launch lock, and below it there are dead entries at most.
SELECT count(*), coalesce(sum(bytes), 0), coalesce(min(flight_id), (SELECT last_value FROM flight_ids)) FROM line
WHERE leg = %(leg)s AND flight_id IS NOT NULL AND flight_id >= %(floor)s

-- name: current
SELECT current_ticket(%(leg)s, %(lane)s)

-- name: claim
-- The next ready jobs from a watermark on.
SELECT job_id, ticket, bytes, losses, host FROM line
WHERE leg = %(leg)s AND lane = %(lane)s AND ticket >= %(watermark)s
ORDER BY leg, lane, ticket, job_id LIMIT %(limit)s FOR UPDATE SKIP LOCKED

-- name: busy_hosts
-- Which of these hosts may not be asked now: a flight of theirs is live, or their time has not come.
SELECT host FROM unnest(%(hosts)s::text[]) AS asked (host)
WHERE EXISTS (SELECT FROM line WHERE line.host = asked.host AND leg = 'fetch' AND flight_id IS NOT NULL)
    OR EXISTS (SELECT FROM hosts WHERE hosts.host = asked.host AND next_at > now())

-- name: park
WITH parked AS (
    UPDATE line SET ticket = NULL, waits_for = 'host' WHERE job_id = ANY(%(jobs)s) RETURNING host
)
INSERT INTO hosts (host, next_at, parked) SELECT DISTINCT host, now(), true FROM parked ORDER BY host
ON CONFLICT (host) DO UPDATE SET parked = true

-- name: skip_flight_numbers
-- A crash of Postgres may forget numbers of flights whose messages are still in Redis.
SELECT setval('flight_ids', last_value + 10000) FROM flight_ids

-- name: flight_numbers
SELECT array(SELECT nextval('flight_ids') FROM generate_series(1, %(flights)s))

-- name: board
-- The jobs, row by row, board their flights.
UPDATE line SET ticket = NULL, flight_id = boarding.flight_id
FROM unnest(%(jobs)s::bigint[], %(flights)s::bigint[]) AS boarding (job_id, flight_id)
WHERE line.job_id = boarding.job_id

-- name: insert_flight
INSERT INTO flights (id, leg, stage, epoch, losses, queued_at)
VALUES (%(id)s, %(leg)s, %(stage)s, %(epoch)s, %(losses)s, clock_timestamp())

-- name: advance
-- The lane's current ticket, raised to that of the last job claimed.
SELECT setval((%(leg)s || '_' || %(lane)s || '_ticket')::regclass, greatest(current_ticket(%(leg)s, %(lane)s), %(ticket)s))

-- Passing on -----------------------------------------------------------------------------------------------------

-- name: start
-- No row: the flight was superseded. (synchronous_commit is switched off for this transaction of one statement.)
UPDATE flights SET started_at = clock_timestamp(), touched_at = clock_timestamp(), worker = %(worker)s
WHERE id = %(flight)s AND stage = %(stage)s AND started_at IS NULL
RETURNING set_config('synchronous_commit', 'off', true)

-- name: touch
UPDATE flights SET touched_at = clock_timestamp() WHERE id = %(flight)s AND stage = %(stage)s
RETURNING set_config('synchronous_commit', 'off', true)

-- name: hand_over
UPDATE flights SET stage = %(next)s, epoch = %(epoch)s, queued_at = clock_timestamp(),
    started_at = NULL, touched_at = NULL, worker = NULL
WHERE id = %(flight)s AND stage = %(stage)s AND started_at IS NOT NULL
RETURNING set_config('synchronous_commit', 'off', true)

-- name: wait_since
SELECT id FROM flights WHERE stage = %(stage)s AND started_at IS NULL
    AND queued_at < clock_timestamp() - make_interval(secs => %(seconds)s) LIMIT 1

-- name: pages_of
-- The captured pages of a flight of the process leg.
SELECT line.job_id, line.run, jobs.source, jobs.url AS offered_url, capture.url, capture.requested_url,
    capture.status, capture.content_type, capture.headers, capture.fetched_at, capture.body
FROM line JOIN jobs ON jobs.id = line.job_id
JOIN captures AS capture ON capture.day = line.capture_day AND capture.id = line.capture_id
WHERE line.leg = 'process' AND line.flight_id = %(flight)s ORDER BY line.job_id

-- name: requests_of
-- What a flight of the fetch leg is to fetch.
SELECT line.job_id, line.run, jobs.url, line.host, jobs.source FROM line JOIN jobs ON jobs.id = line.job_id
WHERE line.leg = 'fetch' AND line.flight_id = %(flight)s ORDER BY line.job_id

-- name: lock_flights
SELECT FROM flights WHERE id = ANY(%(flights)s) ORDER BY id FOR UPDATE

-- name: land
-- Under that lock the last one to leave sees that it is the last.
DELETE FROM flights WHERE id = ANY(%(flights)s)
    AND NOT EXISTS (SELECT FROM line WHERE line.leg = flights.leg AND line.flight_id = flights.id)

-- Capturing ------------------------------------------------------------------------------------------------------

-- name: lock_page
SELECT host FROM line WHERE job_id = %(job)s AND leg = 'fetch' AND flight_id = %(flight)s FOR UPDATE

-- name: insert_capture
INSERT INTO captures (job_id, url, requested_url, status, content_type, headers, fetched_at, digest, bytes, body)
VALUES (%(job)s, %(url)s, %(requested_url)s, %(status)s, %(content_type)s, %(headers)s, %(fetched_at)s,
    %(digest)b, %(bytes)s, %(body)b)
RETURNING day, id

-- name: captured
UPDATE line SET leg = 'process', host = NULL, flight_id = NULL, ticket = current_ticket('process', lane),
    capture_day = %(day)s, capture_id = %(id)s, bytes = %(bytes)s
WHERE job_id = %(job)s

-- name: host_asked
-- The host was asked just now; it may be asked again after its delay.
INSERT INTO hosts (host, next_at)
SELECT host, clock_timestamp() + make_interval(secs => %(delay)s)
FROM unnest(%(hosts)s::text[]) AS asked (host) ORDER BY host
ON CONFLICT (host) DO UPDATE SET next_at = greatest(hosts.next_at, excluded.next_at)

-- Ending ---------------------------------------------------------------------------------------------------------

-- name: lock_runs
-- The jobs of these runs that nobody has finished yet, locked: the first finisher of a run wins.
SELECT line.job_id, line.run, line.leg, line.host, line.capture_day, line.capture_id FROM line
JOIN unnest(%(jobs)s::bigint[], %(runs)s::smallint[]) AS mine (job_id, run)
    ON mine.job_id = line.job_id AND mine.run = line.run
ORDER BY line.job_id FOR UPDATE OF line

-- name: end_jobs
WITH ended AS (
    DELETE FROM line WHERE job_id = ANY(%(jobs)s) RETURNING job_id, run, offer, flight_id, capture_day, capture_id
), written AS (
    INSERT INTO outcomes (job_id, run, outcome, reason, cause, article_id, version, stages, capture_day, capture_id)
    SELECT job_id, run, outcome, reason, cause, article_id, version, stages::jsonb, capture_day, capture_id
    FROM ended JOIN unnest(%(jobs)s::bigint[], %(outcomes)s::text[], %(reasons)s::text[], %(causes)s::text[],
        %(articles)s::bigint[], %(versions)s::int[], %(stages)s::text[])
        AS mine (job_id, outcome, reason, cause, article_id, version, stages) USING (job_id)
)
SELECT offer, flight_id FROM ended

-- name: keep_offers
-- For a while, the same thing is still a sighting of these jobs.
UPDATE offers SET until = now() + %(keep)s::interval
WHERE hash IN (SELECT hash FROM offers WHERE hash = ANY(%(hashes)s::bytea[]) AND job_id = ANY(%(jobs)s) ORDER BY hash FOR UPDATE)

-- name: lock_flight
-- The jobs that are still in this flight, locked.
SELECT job_id, run, failures, losses, host FROM line
WHERE leg = %(leg)s AND flight_id = %(flight)s ORDER BY job_id FOR UPDATE

-- name: retry
UPDATE line SET flight_id = NULL, waits_for = 'time', failures = failures + 1,
    due_at = now() + make_interval(secs => mine.delay)
FROM unnest(%(jobs)s::bigint[], %(delays)s::float8[]) AS mine (job_id, delay) WHERE line.job_id = mine.job_id

-- name: insert_attempts
INSERT INTO attempts (job_id, run, stage, kind, cause, flight_id, worker, retry_at)
SELECT job_id, line.run, %(stage)s, kind, cause, %(flight)s, %(worker)s, line.due_at
FROM unnest(%(jobs)s::bigint[], %(kinds)s::text[], %(causes)s::text[]) AS mine (job_id, kind, cause)
JOIN line USING (job_id)

-- name: quarantine
WITH gone AS (
    DELETE FROM line WHERE job_id = ANY(%(jobs)s)
    RETURNING job_id, run, leg, lane, host, bytes, offer, capture_day, capture_id
), written AS (
    INSERT INTO quarantine (job_id, run, leg, lane, host, bytes, offer, capture_day, capture_id, stage, kind, cause)
    SELECT gone.*, %(stage)s, mine.kind, mine.cause
    FROM gone JOIN unnest(%(jobs)s::bigint[], %(kinds)s::text[], %(causes)s::text[]) AS mine (job_id, kind, cause)
        USING (job_id)
)
SELECT offer FROM gone WHERE offer IS NOT NULL

-- name: hand_back
UPDATE line SET flight_id = NULL, ticket = current_ticket(leg, lane), losses = losses + %(loss)s
WHERE job_id = ANY(%(jobs)s)

-- name: end_flight
-- Gone, if it is still as it was seen.
DELETE FROM flights WHERE id = %(flight)s AND stage = %(stage)s
    AND started_at IS NOT DISTINCT FROM %(started_at)s AND touched_at IS NOT DISTINCT FROM %(touched_at)s

-- name: live_flights
SELECT id, leg, stage, epoch, losses, queued_at, started_at, touched_at, worker FROM flights ORDER BY id

-- Repairing ------------------------------------------------------------------------------------------------------

-- name: lock_quarantine
SELECT quarantine.job_id, jobs.url FROM quarantine
JOIN jobs ON jobs.id = quarantine.job_id
WHERE quarantine.job_id = ANY(%(jobs)s) ORDER BY job_id FOR UPDATE OF quarantine

-- name: lock_offers
SELECT FROM offers WHERE (hash, job_id) IN (SELECT offer, job_id FROM quarantine WHERE job_id = ANY(%(jobs)s))
ORDER BY hash FOR UPDATE

-- name: redrive
-- Back to the line: a new run, with nothing held against it; with a host, the page is fetched from there anew.
WITH freed AS (
    DELETE FROM quarantine WHERE job_id = ANY(%(jobs)s) RETURNING *
), history AS (
    INSERT INTO attempts (job_id, run, stage, kind, cause) SELECT job_id, run, stage, 'redriven', %(cause)s FROM freed
), held AS (
    UPDATE offers SET until = 'infinity' FROM freed WHERE offers.hash = freed.offer AND offers.job_id = freed.job_id
), back AS (
    SELECT freed.*, anew IS NULL AS as_it_was, anew FROM freed
    JOIN unnest(%(jobs)s::bigint[], %(hosts)s::text[]) AS mine (job_id, anew) USING (job_id)
)
INSERT INTO line (job_id, run, lane, offer, leg, host, bytes, capture_day, capture_id, ticket)
SELECT job_id, run + 1, lane, offer, now.leg, coalesce(anew, host), CASE WHEN as_it_was THEN bytes ELSE 0 END,
    CASE WHEN as_it_was THEN capture_day END, CASE WHEN as_it_was THEN capture_id END, current_ticket(now.leg, lane)
FROM back CROSS JOIN LATERAL (SELECT CASE WHEN as_it_was THEN back.leg ELSE 'fetch' END AS leg) AS now
RETURNING job_id

-- name: replay
-- New jobs on the captures of ended ones.
WITH old AS (
    SELECT jobs.*, outcomes.capture_day, outcomes.capture_id, capture.bytes
    FROM outcomes JOIN jobs ON jobs.id = outcomes.job_id
    JOIN captures AS capture ON capture.day = outcomes.capture_day AND capture.id = outcomes.capture_id
    WHERE outcomes.job_id = ANY(%(jobs)s)
), new AS (
    INSERT INTO jobs (producer, source, lane, url, external_id, published, meta, replays)
    SELECT %(producer)s, source, lane, url, external_id, published, meta, id FROM old RETURNING id, lane, replays
)
INSERT INTO line (job_id, leg, lane, bytes, capture_day, capture_id, ticket)
SELECT new.id, 'process', new.lane, old.bytes, old.capture_day, old.capture_id, current_ticket('process', new.lane)
FROM new JOIN old ON old.id = new.replays
RETURNING job_id, (SELECT replays FROM new WHERE new.id = job_id)

-- name: lock_job
SELECT host, flight_id IS NOT NULL FROM line WHERE job_id = %(job)s FOR UPDATE

-- name: judge_quarantined
-- A person's verdict ends a quarantined job.
WITH freed AS (
    DELETE FROM quarantine WHERE job_id = %(job)s RETURNING *
), written AS (
    INSERT INTO outcomes (job_id, run, outcome, reason, cause, capture_day, capture_id)
    SELECT job_id, run, 'rejected', %(reason)s, %(cause)s, capture_day, capture_id FROM freed
)
SELECT offer FROM freed

-- name: outcome
SELECT outcome, reason FROM outcomes WHERE job_id = %(job)s

-- Reconciling ----------------------------------------------------------------------------------------------------

-- name: since
-- Where this pass begins: where the last clean one began, minus an hour.
SELECT now(), coalesce(max(started_at) - interval '1 hour', 'epoch') FROM reconciliations WHERE findings = 0

-- name: unaccounted
-- Each job in exactly one place.
SELECT id, places FROM (
    SELECT jobs.id,
        concat_ws(', ', CASE WHEN line.job_id IS NOT NULL THEN 'line' END,
            CASE WHEN quarantine.job_id IS NOT NULL THEN 'quarantine' END,
            CASE WHEN outcomes.job_id IS NOT NULL THEN 'outcomes' END) AS places,
        num_nonnulls(line.job_id, quarantine.job_id, outcomes.job_id) AS number
    FROM (
        SELECT id FROM jobs WHERE accepted_at >= %(since)s UNION SELECT job_id FROM line
        UNION SELECT job_id FROM quarantine UNION SELECT job_id FROM outcomes WHERE finished_at >= %(since)s
    ) AS touched JOIN jobs USING (id)
        LEFT JOIN line ON line.job_id = jobs.id LEFT JOIN quarantine ON quarantine.job_id = jobs.id
        LEFT JOIN outcomes ON outcomes.job_id = jobs.id
) AS placed WHERE number <> 1 ORDER BY id LIMIT 1000

-- name: unknown_jobs
-- Nothing is somewhere that was never accepted.
SELECT job_id, place FROM (
    SELECT job_id, 'line' AS place FROM line UNION ALL SELECT job_id, 'quarantine' FROM quarantine
    UNION ALL SELECT job_id, 'outcomes' FROM outcomes WHERE finished_at >= %(since)s
) AS found WHERE NOT EXISTS (SELECT FROM jobs WHERE jobs.id = found.job_id) ORDER BY job_id LIMIT 1000

-- name: records_missing
-- Every stored or updated outcome points at a version that this job made.
SELECT job_id, outcome FROM outcomes
WHERE finished_at >= %(since)s AND outcome IN ('stored', 'updated') AND NOT EXISTS (
    SELECT FROM versions WHERE versions.article_id = outcomes.article_id AND versions.number = outcomes.version
        AND versions.job_id = outcomes.job_id)
ORDER BY job_id LIMIT 1000

-- name: records_unexplained
-- And back.
SELECT job_id, article_id || ' version ' || number FROM versions
WHERE stored_at >= %(since)s AND NOT EXISTS (
    SELECT FROM outcomes WHERE outcomes.job_id = versions.job_id AND outcomes.article_id = versions.article_id
        AND outcomes.version = versions.number AND outcome IN ('stored', 'updated'))
ORDER BY job_id LIMIT 1000

-- name: dead_flights
-- No job in a flight that is gone.
SELECT job_id, 'flight ' || flight_id FROM line WHERE flight_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM flights WHERE flights.id = line.flight_id AND flights.leg = line.leg)
ORDER BY job_id LIMIT 1000

-- name: empty_flights
-- No flight without jobs.
SELECT id, stage FROM flights
WHERE NOT EXISTS (SELECT FROM line WHERE line.leg = flights.leg AND line.flight_id = flights.id) ORDER BY id LIMIT 1000

-- name: sums
SELECT (SELECT count(*) FROM jobs), (SELECT count(*) FILTER (WHERE outcome = 'stored') FROM outcomes),
    (SELECT count(*) FILTER (WHERE outcome = 'updated') FROM outcomes),
    (SELECT count(*) FILTER (WHERE outcome = 'unchanged') FROM outcomes),
    (SELECT count(*) FILTER (WHERE outcome = 'rejected') FROM outcomes),
    (SELECT count(*) FROM quarantine), (SELECT count(*) FROM line)

-- name: insert_reconciliation
INSERT INTO reconciliations (started_at, since, findings) VALUES (%(started_at)s, %(since)s, %(findings)s)

-- Looking --------------------------------------------------------------------------------------------------------

-- name: jobs
-- The newest jobs, each with its state: outcome, quarantined, or what it waits for.
SELECT jobs.id, jobs.accepted_at, jobs.producer, jobs.source, jobs.url, jobs.lane,
    coalesce(outcomes.outcome, CASE WHEN quarantine.job_id IS NOT NULL THEN 'quarantined'
        WHEN line.flight_id IS NOT NULL THEN 'in flight' WHEN line.waits_for IS NOT NULL THEN 'waiting'
        WHEN line.ticket IS NOT NULL THEN 'ready' ELSE 'unaccounted' END) AS state,
    coalesce(outcomes.reason, quarantine.cause) AS cause,
    outcomes.article_id, outcomes.version, coalesce(jobs.url, jobs.meta->>'file', jobs.external_id) AS label
FROM jobs LEFT JOIN outcomes ON outcomes.job_id = jobs.id LEFT JOIN quarantine ON quarantine.job_id = jobs.id
    LEFT JOIN line ON line.job_id = jobs.id
WHERE (%(jobs)s::bigint[] IS NULL OR jobs.id = ANY(%(jobs)s))
    AND (%(source)s::text IS NULL OR jobs.source = %(source)s)
    AND (%(state)s::text IS NULL OR %(state)s = coalesce(outcomes.outcome,
        CASE WHEN quarantine.job_id IS NOT NULL THEN 'quarantined' WHEN line.flight_id IS NOT NULL THEN 'in flight'
        WHEN line.waits_for IS NOT NULL THEN 'waiting' WHEN line.ticket IS NOT NULL THEN 'ready' END))
ORDER BY jobs.id DESC LIMIT %(limit)s

-- name: job_places
-- Everything the ledger knows of where a job is.
SELECT jobs.meta, jobs.external_id, jobs.published, jobs.replays,
    line.leg, line.waits_for, line.due_at, line.failures, line.losses, line.run,
    flights.id, flights.stage, flights.queued_at, flights.started_at, flights.worker,
    quarantine.stage, quarantine.kind, quarantine.cause, quarantine.quarantined_at, quarantine.run,
    outcomes.reason, outcomes.cause, outcomes.stages, outcomes.finished_at, outcomes.run,
    capture.url, capture.status, capture.fetched_at, capture.bytes
FROM jobs LEFT JOIN line ON line.job_id = jobs.id
    LEFT JOIN flights ON flights.id = line.flight_id AND flights.leg = line.leg
    LEFT JOIN quarantine ON quarantine.job_id = jobs.id LEFT JOIN outcomes ON outcomes.job_id = jobs.id
    LEFT JOIN captures AS capture
        ON capture.day = coalesce(line.capture_day, quarantine.capture_day, outcomes.capture_day)
        AND capture.id = coalesce(line.capture_id, quarantine.capture_id, outcomes.capture_id)
WHERE jobs.id = %(job)s

-- name: attempts
SELECT at, run, stage, kind, cause, retry_at, worker FROM attempts WHERE job_id = %(job)s ORDER BY id

-- name: sightings
SELECT seen_at, producer, source, key FROM sightings WHERE job_id = %(job)s ORDER BY id

-- name: quarantined
SELECT job_id, jobs.source, jobs.url, run, stage, kind, cause, quarantined_at,
    coalesce(jobs.url, jobs.meta->>'file', jobs.external_id)
FROM quarantine JOIN jobs ON jobs.id = quarantine.job_id
WHERE %(source)s::text IS NULL OR jobs.source = %(source)s
ORDER BY quarantined_at DESC, job_id LIMIT %(limit)s
