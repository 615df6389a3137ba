-- Prompts whose marker is codexctl's for one of several jobs, until it is known which.
CREATE TABLE held_prompts (
  marker TEXT PRIMARY KEY,
  thread_id TEXT NOT NULL,
  turn_id TEXT NOT NULL,
  ts INTEGER NOT NULL,
  text TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX held_prompts_turn ON held_prompts (turn_id);
CREATE INDEX jobs_unmarked ON jobs (started_ts) WHERE marker IS NULL AND driver = 'codexctl';
