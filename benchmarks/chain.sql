-- name: tables
CREATE TABLE pages (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    url text,
    content_type text NOT NULL,
    body bytea NOT NULL,
    captured_at timestamptz NOT NULL DEFAULT now()
);
ALTER TABLE pages ALTER body SET STORAGE EXTERNAL;
CREATE TABLE stories (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    identity bytea NOT NULL UNIQUE,
    page_id bigint NOT NULL REFERENCES pages,
    title text NOT NULL,
    published_at timestamptz,
    language text,
    parsed jsonb NOT NULL,
    enrichments jsonb NOT NULL,
    stored_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE refused (page_id bigint PRIMARY KEY REFERENCES pages, reason text NOT NULL);

-- name: insert_page
INSERT INTO pages (url, content_type, body) VALUES (%(url)s, %(content_type)s, %(body)b) RETURNING id

-- name: page
SELECT url, content_type, body FROM pages WHERE id = %(id)s

-- name: store
INSERT INTO stories (identity, page_id, title, published_at, language, parsed, enrichments)
VALUES (%(identity)s, %(id)s, %(title)s, %(published_at)s, %(language)s, %(parsed)s, %(enrichments)s)
ON CONFLICT (identity) DO UPDATE SET page_id = excluded.page_id, title = excluded.title,
    published_at = excluded.published_at, language = excluded.language, parsed = excluded.parsed,
    enrichments = excluded.enrichments, stored_at = now()

-- name: refuse
INSERT INTO refused (page_id, reason) VALUES (%(id)s, %(reason)s)

-- name: ended
SELECT (SELECT count(*) FROM stories) + (SELECT count(*) FROM refused)
