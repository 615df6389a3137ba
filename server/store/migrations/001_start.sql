CREATE TABLE files (
  file_id INTEGER PRIMARY KEY,
  source TEXT NOT NULL,
  file_key TEXT NOT NULL,
  offset INTEGER NOT NULL,
  state TEXT,
  updated_ts INTEGER NOT NULL,
  UNIQUE (source, file_key)
) STRICT;

CREATE TABLE events (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ts INTEGER NOT NULL,
  type TEXT NOT NULL,
  session TEXT,
  agent TEXT,
  pane_id TEXT,
  window_name TEXT,
  job_id TEXT,
  payload TEXT NOT NULL,
  file_id INTEGER REFERENCES files,
  offset INTEGER
) STRICT;

CREATE UNIQUE INDEX events_origin ON events (file_id, offset) WHERE offset IS NOT NULL;
CREATE INDEX events_ts ON events (ts);
CREATE INDEX events_job ON events (job_id) WHERE job_id IS NOT NULL;
CREATE INDEX events_controller ON events (id) WHERE type = 'controller_output';

CREATE TABLE agents (
  agent TEXT PRIMARY KEY,
  status TEXT NOT NULL,
  status_source TEXT,
  status_ts INTEGER,
  status_detail TEXT,
  status_conflict TEXT,
  last_seen INTEGER,
  pane_id TEXT,
  window_name TEXT,
  session TEXT,
  model TEXT,
  job_id TEXT,
  claims TEXT NOT NULL
) STRICT;

CREATE TABLE jobs (
  job_id TEXT PRIMARY KEY,
  agent TEXT,
  status TEXT NOT NULL,
  started_ts INTEGER NOT NULL,
  updated_ts INTEGER NOT NULL,
  duration_ms INTEGER,
  prompt_text TEXT,
  prompt_hash TEXT,
  prompt_bytes INTEGER,
  output_path TEXT,
  output_bytes INTEGER,
  model TEXT,
  prompt_tokens_exact INTEGER,
  completion_tokens_exact INTEGER,
  total_tokens_exact INTEGER,
  prompt_tokens_est INTEGER,
  completion_tokens_est INTEGER,
  total_tokens_est INTEGER,
  dispatch_id TEXT,
  marker TEXT,
  pane_id TEXT,
  receipt TEXT NOT NULL,
  typed_ts INTEGER,
  submitted_ts INTEGER,
  turn_started_ts INTEGER,
  finished_ts INTEGER,
  status_source TEXT,
  status_detail TEXT,
  exit_code INTEGER,
  driver TEXT,
  printed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX jobs_updated ON jobs (updated_ts);
CREATE INDEX jobs_status ON jobs (status, updated_ts);
CREATE INDEX jobs_agent ON jobs (agent, updated_ts);
CREATE INDEX jobs_marker ON jobs (marker) WHERE marker IS NOT NULL;
CREATE INDEX jobs_dispatch ON jobs (dispatch_id) WHERE dispatch_id IS NOT NULL;

CREATE TABLE dispatches (
  dispatch_id TEXT PRIMARY KEY,
  ts INTEGER NOT NULL,
  printing_job_id TEXT
) STRICT, WITHOUT ROWID;
