-- Locks are taken in one order everywhere: docs/decisions/0007-order-of-locks.md.

-- name: try_launch
-- One dispatcher at a time launches a leg, and knows its watermarks. What it commits may be lost in a crash: that is
-- only wasteful.
SELECT pg_try_advisory_xact_lock(hashtext('wireroom launch'), hashtext(%(leg)s)), now(),
       set_config('synchronous_commit', 'off', true),
       current_ticket(%(leg)s, 'live'), current_ticket(%(leg)s, 'backfill')

-- name: call_due
-- Jobs whose time is over `since` and has come `until` become ready. `since` spares walking over the dead entries of
-- earlier calls.
WITH due AS MATERIALIZED (
    SELECT job_id FROM line
    WHERE leg = %(leg)s AND waits_for = 'time' AND due_at > %(since)s AND due_at <= %(until)s
    ORDER BY due_at LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
UPDATE line SET ticket = current_ticket(leg, lane), waits_for = NULL, due_at = NULL
FROM due WHERE line.job_id = due.job_id

-- name: call_hosts
-- Of each host that may be asked again, as many jobs as one flight asks it for become ready. The host is not called
-- again before these have flown: `still_parked` sees to the rest then.
WITH free AS MATERIALIZED (
    SELECT host, delay FROM hosts
    WHERE parked AND next_at <= now()
        AND NOT (turn IS NOT DISTINCT FROM 'poll' AND polls_parked AND next_at > now() - make_interval(secs => %(patience)s))
        AND NOT EXISTS (SELECT FROM line WHERE line.host = hosts.host AND leg = 'fetch' AND flight_id IS NOT NULL)
        AND NOT EXISTS (SELECT FROM sources WHERE sources.host = hosts.host AND flight_id IS NOT NULL)
        AND NOT EXISTS (SELECT FROM pauses WHERE what = 'host' AND name = hosts.host)
    ORDER BY next_at LIMIT 256
), called AS MATERIALIZED (
    SELECT job_id FROM free CROSS JOIN LATERAL (
        SELECT job_id FROM line WHERE line.host = free.host AND waits_for = 'host' AND lane = ANY(%(lanes)s)
        ORDER BY lane DESC, job_id
        LIMIT least(%(pages)s, CASE WHEN delay > 0 THEN greatest(1, floor(%(seconds)s / delay))::int END)
        FOR UPDATE SKIP LOCKED
    ) AS next
), ready AS (
    UPDATE line SET ticket = current_ticket(leg, lane), waits_for = NULL
    FROM called WHERE line.job_id = called.job_id
)
UPDATE hosts SET parked = false FROM free WHERE hosts.host = free.host

-- name: free_misdated
-- Hosts that would have to be left in peace for longer than anybody ever is: the clock was set back since.
UPDATE hosts SET next_at = now()
WHERE (parked OR polls_parked) AND next_at > now() + make_interval(secs => %(farthest)s)

-- name: still_parked
-- Of these hosts, those for which more jobs wait in these lanes are to be called again.
UPDATE hosts SET parked = true WHERE host = ANY(%(hosts)s) AND NOT parked
    AND EXISTS (SELECT FROM line WHERE line.host = hosts.host AND waits_for = 'host' AND lane = ANY(%(lanes)s))

-- name: find_parked
-- As still_parked for every host, for what was locked or ended in between; goes from host to host over the index.
WITH RECURSIVE waited_for AS (
    SELECT min(host) AS host FROM line WHERE waits_for = 'host'
    UNION ALL
    SELECT (SELECT min(host) FROM line WHERE waits_for = 'host' AND line.host > waited_for.host)
    FROM waited_for WHERE host IS NOT NULL
)
UPDATE hosts SET parked = true FROM waited_for WHERE hosts.host = waited_for.host AND NOT parked
    AND EXISTS (SELECT FROM line WHERE line.host = hosts.host AND waits_for = 'host' AND lane = ANY(%(lanes)s))

-- name: in_flight
-- How many articles and bytes of the leg are in flight, the oldest flight, and whether one waits for the first stage.
-- `floor` is what this said before: flight ids only grow under the launch lock, and below it there are dead entries at most.
SELECT count(*), coalesce(sum(bytes), 0), coalesce(min(flight_id), (SELECT last_value FROM flight_ids)),
    EXISTS (SELECT FROM flights WHERE stage = %(stage)s AND started_at IS NULL)
FROM line WHERE leg = %(leg)s AND flight_id IS NOT NULL AND flight_id >= %(floor)s

-- name: ready
-- How many articles and bytes are ready from the watermarks on, of each lane that is not paused no more than a flight takes.
SELECT count(*), coalesce(sum(bytes), 0) FROM (
    (SELECT bytes FROM line WHERE leg = %(leg)s AND lane = 'live' AND ticket >= %(live)s AND 'live' = ANY(%(lanes)s)
     ORDER BY leg, lane, ticket, job_id LIMIT %(limit)s)
    UNION ALL
    (SELECT bytes FROM line WHERE leg = %(leg)s AND lane = 'backfill' AND ticket >= %(backfill)s AND 'backfill' = ANY(%(lanes)s)
     ORDER BY leg, lane, ticket, job_id LIMIT %(limit)s)
) AS next

-- name: claim
-- The next ready jobs from a watermark on.
SELECT job_id, ticket, bytes, losses, host FROM line
WHERE leg = %(leg)s AND lane = %(lane)s AND ticket >= %(watermark)s
ORDER BY leg, lane, ticket, job_id LIMIT %(limit)s FOR UPDATE SKIP LOCKED

-- name: busy_hosts
-- Which of these hosts may not be asked by this leg now: a flight of theirs, of pages or a poll, is live, their time has not
-- come, it is the turn of the other leg, or they are paused.
SELECT host FROM unnest(%(hosts)s::text[]) AS asked (host)
WHERE EXISTS (SELECT FROM line WHERE line.host = asked.host AND leg = 'fetch' AND flight_id IS NOT NULL)
    OR EXISTS (SELECT FROM sources WHERE sources.host = asked.host AND flight_id IS NOT NULL)
    OR EXISTS (SELECT FROM hosts WHERE hosts.host = asked.host AND (next_at > now() OR (
        turn <> %(leg)s AND CASE turn WHEN 'poll' THEN polls_parked ELSE parked END
        AND next_at > now() - make_interval(secs => %(patience)s))))
    OR EXISTS (SELECT FROM pauses WHERE what = 'host' AND name = asked.host)

-- name: slow_hosts
-- Of these hosts, those that wish for a delay of their own, and how many of their pages a flight takes.
SELECT host, greatest(1, floor(%(seconds)s / delay))::int FROM hosts WHERE host = ANY(%(hosts)s) AND delay > 0

-- name: park
WITH parked AS (
    UPDATE line SET ticket = NULL, waits_for = 'host' WHERE job_id = ANY(%(jobs)s) RETURNING host
)
INSERT INTO hosts (host, next_at, parked) SELECT DISTINCT host, now(), true FROM parked ORDER BY host
ON CONFLICT (host) DO UPDATE SET parked = true

-- name: give_turn
-- Whoever else waits for these hosts comes next.
UPDATE hosts SET turn = %(leg)s WHERE host = ANY(%(hosts)s) AND turn IS DISTINCT FROM %(leg)s AND (parked OR polls_parked)

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
INSERT INTO flights (id, leg, stage, epoch, losses, contract, queued_at)
VALUES (%(id)s, %(leg)s, %(stage)s, %(epoch)s, %(losses)s, %(contract)s, clock_timestamp())

-- name: advance
-- The lane's current ticket, raised to that of the last job claimed.
SELECT setval((%(leg)s || '_' || %(lane)s || '_ticket')::regclass, greatest(current_ticket(%(leg)s, %(lane)s), %(ticket)s))
