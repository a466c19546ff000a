-- oldest code: 0002
-- The open web: what is polled, how each host is treated, and where a page was on its way.

-- Polling --------------------------------------------------------------------------------------------------------

CREATE TABLE sources (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    url text NOT NULL,
    hash bytea NOT NULL UNIQUE,
    host text NOT NULL,
    source text NOT NULL,
    kind text CHECK (kind IN (
        'rss', 'atom', 'rdf', 'json_feed', 'sitemap', 'news_sitemap', 'sitemap_index', 'page')),
    title text,
    lane text NOT NULL DEFAULT 'live' CHECK (lane IN ('live', 'backfill')),
    robots boolean NOT NULL DEFAULT true,
    fastest float8,
    slowest float8,
    found_by bigint,
    added_at timestamptz NOT NULL DEFAULT now(),
    added_by text NOT NULL,
    paused_at timestamptz,
    paused_by text,
    paused_why text,
    due_at timestamptz NOT NULL DEFAULT now(),
    parked boolean NOT NULL DEFAULT false,
    flight_id bigint,
    led_to text,
    hops smallint NOT NULL DEFAULT 0,
    for_good boolean NOT NULL DEFAULT true,
    failures int NOT NULL DEFAULT 0,
    pace float8,
    etag text,
    last_modified text,
    digest bytea,
    changed_at timestamptz,
    CHECK ((paused_at IS NULL) = (paused_by IS NULL))
) WITH (fillfactor = 70);
COMMENT ON TABLE sources IS 'What is polled: feeds, sitemaps, and pages that lead to them.';
COMMENT ON COLUMN sources.hash IS 'The identity of its address, so that none is polled twice.';
COMMENT ON COLUMN sources.source IS 'The name under which its articles are accepted; many feeds may share one.';
COMMENT ON COLUMN sources.kind IS 'What its address turned out to be; NULL before the first poll that could be read.';
COMMENT ON COLUMN sources.robots IS 'Whether robots.txt is obeyed for it and its articles.';
COMMENT ON COLUMN sources.fastest IS 'Its own least seconds between two polls; NULL: that of the settings. So is slowest, the most.';
COMMENT ON COLUMN sources.found_by IS 'The sitemap index or page that led to it.';
COMMENT ON COLUMN sources.parked IS 'It is due, and waits for its host.';
COMMENT ON COLUMN sources.led_to IS 'Where its poll goes on, redirected to another host; host is that one then.';
COMMENT ON COLUMN sources.for_good IS 'Whether every redirect of the poll under way said that it is permanent.';
COMMENT ON COLUMN sources.pace IS 'Seconds between two polls, as it publishes.';
COMMENT ON COLUMN sources.changed_at IS 'When a poll last found something new.';
CREATE INDEX sources_due ON sources (lane, due_at) WHERE flight_id IS NULL AND paused_at IS NULL AND NOT parked;
CREATE INDEX sources_parked ON sources (host, lane DESC, due_at) WHERE parked;
CREATE INDEX sources_flying ON sources (host) WHERE flight_id IS NOT NULL;
CREATE INDEX sources_named ON sources (source);

CREATE TABLE polls (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    source_id bigint NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    seconds float8 NOT NULL,
    status text NOT NULL CHECK (status IN ('read', 'unchanged', 'failed')),
    http_status int,
    url text NOT NULL,
    moved_to text,
    bytes int NOT NULL DEFAULT 0,
    seen int NOT NULL DEFAULT 0,
    known int NOT NULL DEFAULT 0,
    accepted int NOT NULL DEFAULT 0,
    sighted int NOT NULL DEFAULT 0,
    refused int NOT NULL DEFAULT 0,
    cause text,
    next_at timestamptz NOT NULL,
    CHECK (seen = known + accepted + sighted + refused)
);
COMMENT ON TABLE polls IS 'Each poll that came to an end, and what became of every entry that it saw.';
COMMENT ON COLUMN polls.moved_to IS 'Where the source is polled from now on.';
COMMENT ON COLUMN polls.cause IS 'Why it failed, or what of it could not be read or accepted.';
CREATE INDEX polls_of_source ON polls (source_id, id);
CREATE INDEX polls_at ON polls USING brin (at);

CREATE TABLE entries (
    source_id bigint NOT NULL,
    hash bytea NOT NULL,
    digest bytea NOT NULL,
    seen_on date NOT NULL DEFAULT (now() AT TIME ZONE 'UTC')::date,
    PRIMARY KEY (source_id, hash)
);
COMMENT ON TABLE entries IS 'Entries that a source has shown: the same one need not be offered again.';
COMMENT ON COLUMN entries.digest IS 'Of what the entry says that changes with its article.';

ALTER TABLE flights DROP CONSTRAINT flights_leg_check, DROP CONSTRAINT flights_stage_check;
ALTER TABLE flights ADD CHECK (leg IN ('poll', 'fetch', 'process'));
ALTER TABLE flights ADD CHECK (stage IN ('poll', 'ingest', 'parse', 'enrich', 'store'));

-- Fetching -------------------------------------------------------------------------------------------------------

ALTER TABLE hosts ADD delay float8, ADD failures smallint NOT NULL DEFAULT 0, ADD cause text;
COMMENT ON COLUMN hosts.delay IS 'Seconds between two requests, where the host asks for more than the settings do.';
COMMENT ON COLUMN hosts.failures IS 'Answers in a row by which the host asked to be left in peace.';
COMMENT ON COLUMN hosts.cause IS 'The last of them.';
ALTER TABLE hosts ADD polls_parked boolean NOT NULL DEFAULT false, ADD turn text CHECK (turn IN ('poll', 'fetch'));
COMMENT ON COLUMN hosts.polls_parked IS 'Whether polls wait for it.';
COMMENT ON COLUMN hosts.turn IS 'Which leg asks it next where both wait for it.';
CREATE INDEX hosts_polls_parked ON hosts (next_at) WHERE polls_parked;

CREATE TABLE robots (
    origin text PRIMARY KEY,
    status int,
    rules text NOT NULL,
    fetched_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    good_until timestamptz NOT NULL
);
COMMENT ON TABLE robots IS 'The robots.txt of each scheme, host and port.';
COMMENT ON COLUMN robots.status IS 'The HTTP status that it came with; NULL where there was no answer.';

ALTER TABLE line ADD url text, ADD redirects text[];
ALTER TABLE quarantine ADD url text, ADD redirects text[];
ALTER TABLE captures ADD redirects text[];
COMMENT ON COLUMN line.url IS 'Where the page is to be fetched, if it was redirected to another host.';
COMMENT ON COLUMN line.redirects IS 'The addresses that led there, in their order; so in captures.';

ALTER TABLE sightings ADD url text;
COMMENT ON COLUMN sightings.url IS 'The address as it was offered this time.';

-- Articles -------------------------------------------------------------------------------------------------------

ALTER TABLE identities ADD claimed boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN identities.claimed IS
    'Whether it is only likely: a canonical link, or the family of an address. Counts where the titles agree.';
CREATE INDEX outcomes_of_article ON outcomes (article_id) WHERE article_id IS NOT NULL;
