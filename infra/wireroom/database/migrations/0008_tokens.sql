-- oldest code: 0002
-- Tokens: who may ask the gateway for what, and how fast.

CREATE TABLE tokens (
    id text PRIMARY KEY,
    name text NOT NULL,
    digest bytea NOT NULL CHECK (length(digest) = 32),
    scopes text[] NOT NULL CHECK (scopes <> '{}' AND scopes <@ '{offer,read,operate}'),
    producer text,
    rate float8 CHECK (rate > 0),
    burst int CHECK (burst > 0),
    made_at timestamptz NOT NULL DEFAULT now(),
    made_by text NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    revoked_by text,
    CHECK ((rate IS NULL) = (burst IS NULL)),
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL))
);
COMMENT ON TABLE tokens IS 'All there ever were: a revoked one is kept, so that revoking the last opens nothing.';
COMMENT ON COLUMN tokens.digest IS 'SHA-256 of the secret, which has 256 random bits and is kept nowhere.';
COMMENT ON COLUMN tokens.producer IS 'The only name under which it may offer; NULL: any.';
COMMENT ON COLUMN tokens.rate IS 'Requests and articles a second; NULL: any number. As many as burst at once.';
CREATE UNIQUE INDEX tokens_named ON tokens (name) WHERE revoked_at IS NULL;
