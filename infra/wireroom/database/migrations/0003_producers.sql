-- oldest code: 0002
-- What producers need to know afterwards, what was not accepted, and what operations hold up.

-- Accepting ------------------------------------------------------------------------------------------------------

ALTER TABLE jobs ADD key text;
COMMENT ON COLUMN jobs.key IS 'The producer''s own key, if it gave one.';

CREATE INDEX receipts_accepted ON receipts USING brin (accepted_at);

CREATE TABLE submissions (
    id text PRIMARY KEY,
    opened_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE submissions IS 'Many offers under one name, chosen by the producer.';

CREATE TABLE submitted (
    submission text NOT NULL,
    job_id bigint NOT NULL,
    PRIMARY KEY (submission, job_id)
);
COMMENT ON TABLE submitted IS 'The jobs of a submission; a job that others offered too is in several.';
CREATE INDEX submitted_of_job ON submitted (job_id);

CREATE TABLE refusals (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    refused_at timestamptz NOT NULL DEFAULT now(),
    reason text NOT NULL,
    field text,
    cause text NOT NULL,
    producer text,
    key text,
    bytes int NOT NULL,
    head text NOT NULL
);
COMMENT ON TABLE refusals IS 'What was pushed onto the intake list and could not be accepted; HTTP and the command line answer instead.';
COMMENT ON COLUMN refusals.head IS 'The beginning of the item, as text.';
CREATE INDEX refusals_refused ON refusals (refused_at);

CREATE TABLE intake_batches (
    id uuid PRIMARY KEY,
    taken_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE intake_batches IS 'Batches of the intake list that are in the ledger: whoever finds one still in Redis only removes it.';
CREATE INDEX intake_batches_taken ON intake_batches USING brin (taken_at);

-- Ends, in order -------------------------------------------------------------------------------------------------

CREATE TABLE endings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id bigint NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.0, autovacuum_vacuum_threshold = 5000);
COMMENT ON TABLE endings IS 'Ends that have no place among the events yet; written with them, by triggers, so that no writer can forget it.';

CREATE TABLE events (
    position bigint PRIMARY KEY,
    job_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('stored', 'updated', 'unchanged', 'rejected', 'quarantined')),
    at timestamptz NOT NULL
);
COMMENT ON TABLE events IS 'Every end, numbered without gaps in the order in which it became visible: who has read to a position misses nothing before.';
CREATE INDEX events_at ON events USING brin (at) WITH (autosummarize = on);
CREATE UNIQUE INDEX events_outcome ON events (job_id) WHERE kind <> 'quarantined';
CREATE INDEX events_quarantined ON events (job_id) WHERE kind = 'quarantined';

CREATE FUNCTION note_outcomes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO endings (job_id, kind, at) SELECT job_id, outcome, finished_at FROM ended;
    RETURN NULL;
END $$;
CREATE TRIGGER noted AFTER INSERT ON outcomes REFERENCING NEW TABLE AS ended
    FOR EACH STATEMENT EXECUTE FUNCTION note_outcomes();

CREATE FUNCTION note_quarantined() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO endings (job_id, kind, at) SELECT job_id, 'quarantined', quarantined_at FROM ended;
    RETURN NULL;
END $$;
CREATE TRIGGER noted AFTER INSERT ON quarantine REFERENCING NEW TABLE AS ended
    FOR EACH STATEMENT EXECUTE FUNCTION note_quarantined();

INSERT INTO endings (job_id, kind, at) SELECT job_id, outcome, finished_at FROM outcomes ORDER BY finished_at;
INSERT INTO endings (job_id, kind, at) SELECT job_id, 'quarantined', quarantined_at FROM quarantine;

-- Operating ------------------------------------------------------------------------------------------------------

CREATE TABLE pauses (
    what text NOT NULL CHECK (what IN ('line', 'leg', 'lane', 'source', 'host')),
    name text NOT NULL DEFAULT '',
    who text NOT NULL,
    why text,
    since timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (what, name),
    CHECK ((what = 'line') = (name = ''))
);
COMMENT ON TABLE pauses IS 'What is not launched for now; flights under way finish.';

ALTER TABLE line DROP CONSTRAINT line_waits_for_check;
ALTER TABLE line ADD CONSTRAINT line_waits_for_check CHECK (waits_for IN ('time', 'host', 'pause'));
ALTER TABLE line ADD paused_source text;
ALTER TABLE line ADD CHECK ((waits_for IS NOT DISTINCT FROM 'pause') = (paused_source IS NOT NULL));
COMMENT ON COLUMN line.paused_source IS 'The source by whose pause the job is held, so that all of a source are found again.';
CREATE INDEX line_paused ON line (leg, paused_source, lane DESC, job_id) WHERE waits_for = 'pause';

CREATE INDEX attempts_at ON attempts USING brin (at);

ALTER TABLE reconciliations ADD sums jsonb;
COMMENT ON COLUMN reconciliations.sums IS 'Accepted, and in how many of each place.';
