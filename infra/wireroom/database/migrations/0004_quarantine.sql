-- oldest code: 0002
-- Quarantine by cause. Older code writes its rows without a cause's fingerprint or a source: Postgres fills both in.

-- Bodies that are bound here, not looked up by name: pg_restore computes the column without a search path.
CREATE FUNCTION cause_pattern(cause text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN left(btrim(regexp_replace(
        -- A word with a digit in it, and several of them joined: numbers, times, ids, hex addresses, UUIDs.
        regexp_replace(
            -- What is quoted, also where the cause was cut off in the midst of it; an apostrophe quotes nothing.
            regexp_replace(
                regexp_replace(cause COLLATE "C", '[a-zA-Z][a-zA-Z0-9+.-]*://[^[:space:]"''<>]+', '<url>', 'g'),
                '"([^"\\]|\\.)*("|\\?$)|\u201c[^\u201d]*(\u201d|$)'
                    '|(?<![a-zA-Z0-9])''([^''\\]|\\.)*(''(?![a-zA-Z0-9])|\\?$)',
                '<text>', 'g'),
            '[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}'
                '|(?<![a-zA-Z0-9_])[+-]?[a-zA-Z_]*[0-9][a-zA-Z0-9_]*([-+.,:/]+[a-zA-Z_]*[0-9][a-zA-Z0-9_]*)*',
            '<n>', 'g'),
        '[[:space:]]{2,}|[\t\n\v\f\r]', ' ', 'g')), 300);
COMMENT ON FUNCTION cause_pattern IS 'What causes have in common that differ in their values only.';

CREATE FUNCTION cause_fingerprint(stage text, kind text, cause text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    RETURN left(encode(sha256(convert_to(concat_ws(E'\n', stage, kind, cause_pattern(cause)), 'UTF8')), 'hex'), 10);
COMMENT ON FUNCTION cause_fingerprint IS
    'The name of a cause, the same for ever: people keep it. Whoever normalises otherwise makes another function.';

ALTER TABLE quarantine ADD source text;
UPDATE quarantine SET source = jobs.source FROM jobs WHERE jobs.id = quarantine.job_id;

CREATE FUNCTION copy_source() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.source := (SELECT source FROM jobs WHERE id = NEW.job_id);
    RETURN NEW;
END $$;
CREATE TRIGGER sourced BEFORE INSERT ON quarantine FOR EACH ROW EXECUTE FUNCTION copy_source();
COMMENT ON COLUMN quarantine.source IS 'That of the job, which never changes: groups and filters need not read jobs.';

ALTER TABLE quarantine ADD fingerprint text NOT NULL GENERATED ALWAYS AS (
    cause_fingerprint(stage, kind, replace(cause, coalesce(host, ''), '<host>'))) STORED;
CREATE INDEX quarantine_cause ON quarantine (fingerprint, job_id);
