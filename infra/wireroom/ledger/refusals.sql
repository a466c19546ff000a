-- name: insert_refusal
INSERT INTO refusals (reason, field, cause, producer, key, bytes, head)
VALUES (%(reason)s, %(field)s, %(cause)s, %(producer)s, %(key)s, %(bytes)s, %(head)s)

-- name: newest
SELECT refused_at, reason, field, cause, producer, key, bytes, head FROM refusals ORDER BY id DESC LIMIT %(limit)s
