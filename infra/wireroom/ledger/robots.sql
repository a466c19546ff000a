-- name: known
SELECT rules FROM robots WHERE origin = %(origin)s AND good_until > now()

-- name: keep
INSERT INTO robots (origin, status, rules, good_until)
VALUES (%(origin)s, %(status)s, %(rules)s, clock_timestamp() + make_interval(secs => %(seconds)s))
ON CONFLICT (origin) DO UPDATE SET status = excluded.status, rules = excluded.rules,
    fetched_at = clock_timestamp(), good_until = excluded.good_until
