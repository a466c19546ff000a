-- oldest code: 0002
-- What parse finds in the articles of each source, by windows, so that a site's new layout is seen.

CREATE TABLE parse_health (
    source text NOT NULL,
    number bigint NOT NULL,
    since timestamptz NOT NULL,
    until timestamptz NOT NULL,
    articles int NOT NULL CHECK (articles > 0),
    measures jsonb NOT NULL,
    seen jsonb,
    breaks jsonb,
    PRIMARY KEY (source, number)
) WITH (fillfactor = 70);
COMMENT ON TABLE parse_health IS 'One row a source and so many articles in a row, in the order of their events; numbered from 1.';
COMMENT ON COLUMN parse_health.measures IS 'Measure -> field -> of how many articles, sum, sum of squares, and the jobs with least and most of it.';
COMMENT ON COLUMN parse_health.seen IS 'Which articles and titles are in it already; NULL when it is full.';
COMMENT ON COLUMN parse_health.breaks IS 'In what it is unlike the windows before it; NULL where it is like them.';
CREATE INDEX parse_health_broken ON parse_health (source, number) WHERE breaks IS NOT NULL;

CREATE TABLE parse_health_cursor (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    position bigint NOT NULL
);
COMMENT ON TABLE parse_health_cursor IS 'The last position of the events that is in parse_health.';

CREATE VIEW parse_breaks AS
SELECT broken.source, found.field, found.measure, found.was, found.now, found.since, broken.until, found.job AS job_id
FROM parse_health AS broken
CROSS JOIN jsonb_to_recordset(broken.breaks)
    AS found (field text, measure text, was float8, now float8, since timestamptz, job bigint)
WHERE broken.breaks IS NOT NULL AND NOT EXISTS (
    SELECT FROM parse_health AS later
    WHERE later.source = broken.source AND later.number > broken.number AND later.seen IS NULL);
COMMENT ON VIEW parse_breaks IS 'What is broken now: the breaks of the last full window of each source.';
