-- name: tables
CREATE TABLE pages (url text PRIMARY KEY, body text NOT NULL);
CREATE TABLE stories (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    url text NOT NULL UNIQUE,
    title text NOT NULL,
    article jsonb NOT NULL
);
CREATE TABLE failures (
    url text NOT NULL,
    stage text NOT NULL,
    cause text NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- name: keep
INSERT INTO pages (url, body) VALUES (%(url)s, %(body)s) ON CONFLICT (url) DO UPDATE SET body = excluded.body

-- name: page
SELECT body FROM pages WHERE url = %(url)s

-- name: store
INSERT INTO stories (url, title, article) VALUES (%(url)s, %(title)s, %(article)s)
ON CONFLICT (url) DO UPDATE SET title = excluded.title, article = excluded.article

-- name: explain
INSERT INTO failures (url, stage, cause) VALUES (%(url)s, %(stage)s, %(cause)s)

-- name: stored
SELECT url FROM stories

-- name: explained
SELECT url, stage || ': ' || cause FROM failures ORDER BY at
