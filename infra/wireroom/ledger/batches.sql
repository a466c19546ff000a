-- name: note_batch
-- First of all, because it waits for whoever is writing the same batch; no row: it is in the ledger.
INSERT INTO intake_batches (id) VALUES (%(batch)s) ON CONFLICT DO NOTHING
