-- Locks are taken in one order everywhere: docs/decisions/0007-order-of-locks.md.

-- name: end_flight
-- Gone, if it is still as it was seen.
DELETE FROM flights WHERE id = %(flight)s AND stage = %(stage)s
    AND started_at IS NOT DISTINCT FROM %(started_at)s AND touched_at IS NOT DISTINCT FROM %(touched_at)s

-- name: live_flights
SELECT id, leg, stage, epoch, losses, queued_at, started_at, touched_at, worker, contract FROM flights ORDER BY id
