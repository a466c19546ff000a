-- oldest code: 0002
-- How much comes from each source, hour by hour, so that one that falls silent is seen.

CREATE TABLE volumes (
    source text NOT NULL,
    hour timestamptz NOT NULL,
    accepted int NOT NULL DEFAULT 0,
    sighted int NOT NULL DEFAULT 0,
    stored int NOT NULL DEFAULT 0,
    unchanged int NOT NULL DEFAULT 0,
    rejected int NOT NULL DEFAULT 0,
    quarantined int NOT NULL DEFAULT 0,
    reasons jsonb,
    polls int NOT NULL DEFAULT 0,
    failed_polls int NOT NULL DEFAULT 0,
    PRIMARY KEY (source, hour)
) WITH (fillfactor = 90);
COMMENT ON TABLE volumes IS 'One row a source and hour in which anything was: live articles only, and no replays.';
COMMENT ON COLUMN volumes.sighted IS 'Articles that another source had offered first, when this one showed them for the first time.';
COMMENT ON COLUMN volumes.stored IS 'How articles ended in this hour, whenever they were accepted: stored or updated; not those taken back by a person.';
COMMENT ON COLUMN volumes.reasons IS 'Why they were rejected or quarantined -> how many.';
CREATE INDEX volumes_hour ON volumes USING brin (hour) WITH (autosummarize = on);

CREATE TABLE volume_hours (
    hour timestamptz PRIMARY KEY,
    sources int NOT NULL,
    watched boolean NOT NULL,
    expected float8,
    tide float8
);
COMMENT ON TABLE volume_hours IS 'Every hour that is counted, however little there was.';
COMMENT ON COLUMN volume_hours.sources IS 'Of how many anything came.';
COMMENT ON COLUMN volume_hours.watched IS 'Whether a dispatcher was there from its beginning.';
COMMENT ON COLUMN volume_hours.expected IS 'Of how many something was expected, where nobody was heard; NULL before it was judged.';
COMMENT ON COLUMN volume_hours.tide IS 'Of what was expected of it in 24 hours, what part the middle source brought.';

CREATE TABLE source_health (
    source text PRIMARY KEY,
    first_at timestamptz NOT NULL,
    last_at timestamptz,
    learned_at timestamptz,
    habit jsonb,
    state text NOT NULL DEFAULT 'learning' CHECK (state IN ('silent', 'failing', 'low', 'paused', 'learning', 'ok')),
    since timestamptz,
    verdict jsonb
) WITH (fillfactor = 70);
COMMENT ON TABLE source_health IS 'Of each source what is usual, and whether it is so now.';
COMMENT ON COLUMN source_health.first_at IS 'The hour since which it is known.';
COMMENT ON COLUMN source_health.last_at IS 'The last hour in which anything came.';
COMMENT ON COLUMN source_health.habit IS 'What is expected of it; NULL where that is not known.';
COMMENT ON COLUMN source_health.since IS 'When the state began; of one that is silent, when something came last.';

CREATE INDEX sightings_seen ON sightings USING brin (seen_at) WITH (autosummarize = on);
-- Else the newest jobs, up to a fifth of all, are read each time.
ALTER INDEX jobs_accepted SET (autosummarize = on);
