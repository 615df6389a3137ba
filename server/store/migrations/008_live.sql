-- What Codex's daemon says that a thread does, and since when.
ALTER TABLE threads ADD COLUMN live_status TEXT;
ALTER TABLE threads ADD COLUMN live_ts INTEGER;

CREATE INDEX threads_live ON threads (thread_id) WHERE live_status IS NOT NULL;
