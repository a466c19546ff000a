-- name: insert
-- Nothing is inserted where a token of that name was not revoked.
INSERT INTO tokens (id, name, digest, scopes, producer, rate, burst, made_by, expires_at)
VALUES (%(id)s, %(name)s, %(digest)s, %(scopes)s, %(producer)s, %(rate)s, %(burst)s, %(made_by)s,
    now() + %(lifetime)s::interval)
ON CONFLICT (name) WHERE revoked_at IS NULL DO NOTHING

-- name: tokens
-- Those that are no good any more come last; the newest first.
SELECT id, name, scopes, producer, rate, burst, made_at, made_by, expires_at, revoked_at, revoked_by,
    CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= now() THEN 'expired' ELSE 'good' END AS state
FROM tokens WHERE %(which)s::text IS NULL OR id = %(which)s OR name = %(which)s
ORDER BY revoked_at IS NOT NULL OR coalesce(expires_at <= now(), false), made_at DESC, id

-- name: revoke
UPDATE tokens SET revoked_at = now(), revoked_by = %(who)s
WHERE (id = %(which)s OR name = %(which)s) AND revoked_at IS NULL
RETURNING id

-- name: good
SELECT id, name, digest, scopes, producer, rate, burst FROM tokens
WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())

-- name: were_made
SELECT EXISTS (SELECT FROM tokens)
