-- oldest code: 0002
-- Two versions of the line's messages side by side, while one replaces the other.

ALTER TABLE flights ADD contract smallint NOT NULL DEFAULT 1;
COMMENT ON COLUMN flights.contract IS 'Major version of its messages: it waits in a queue that only workers of this version read.';
