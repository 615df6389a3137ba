ALTER TABLE jobs ADD COLUMN thread_id TEXT;
ALTER TABLE jobs ADD COLUMN turn_id TEXT;
ALTER TABLE jobs ADD COLUMN cached_tokens_exact INTEGER;
ALTER TABLE jobs ADD COLUMN reasoning_tokens_exact INTEGER;
ALTER TABLE jobs ADD COLUMN sub_agent_tokens_exact INTEGER;
ALTER TABLE jobs ADD COLUMN shared_with INTEGER NOT NULL DEFAULT 0;

CREATE TABLE threads (
  thread_id TEXT PRIMARY KEY,
  root_thread_id TEXT NOT NULL,
  parent_thread_id TEXT,
  forked_from_id TEXT,
  agent TEXT,
  agent_nickname TEXT,
  agent_path TEXT,
  cwd TEXT,
  originator TEXT,
  cli_version TEXT,
  git_branch TEXT,
  format TEXT NOT NULL,
  rollout TEXT NOT NULL,
  model TEXT,
  effort TEXT,
  approval_policy TEXT,
  sandbox TEXT,
  turn_id TEXT,
  preview TEXT,
  started_ts INTEGER NOT NULL,
  updated_ts INTEGER NOT NULL,
  context_tokens INTEGER,
  context_window INTEGER,
  input_tokens INTEGER NOT NULL,
  cached_input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  reasoning_output_tokens INTEGER NOT NULL,
  total_tokens INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX threads_updated ON threads (updated_ts);
CREATE INDEX threads_parent ON threads (parent_thread_id) WHERE parent_thread_id IS NOT NULL;
CREATE INDEX threads_agent ON threads (agent, updated_ts) WHERE agent IS NOT NULL;

CREATE TABLE turns (
  turn_id TEXT PRIMARY KEY,
  thread_id TEXT NOT NULL,
  root_turn_id TEXT,
  agent TEXT,
  status TEXT NOT NULL,
  trigger TEXT,
  model TEXT,
  effort TEXT,
  approval_policy TEXT,
  sandbox TEXT,
  cwd TEXT,
  started_ts INTEGER NOT NULL,
  finished_ts INTEGER,
  duration_ms INTEGER,
  error_code TEXT,
  error_message TEXT,
  last_message TEXT,
  job_ids TEXT NOT NULL,
  input_tokens INTEGER NOT NULL,
  cached_input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  reasoning_output_tokens INTEGER NOT NULL,
  total_tokens INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX turns_thread ON turns (thread_id, started_ts);

-- One row a model response: what every sum of exact tokens is made of.
CREATE TABLE responses (
  response_id TEXT PRIMARY KEY,
  ts INTEGER NOT NULL,
  thread_id TEXT NOT NULL,
  turn_id TEXT,
  agent TEXT,
  model TEXT,
  input_tokens INTEGER NOT NULL,
  cached_input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  reasoning_output_tokens INTEGER NOT NULL,
  total_tokens INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX responses_ts ON responses (ts);
CREATE INDEX responses_turn ON responses (turn_id) WHERE turn_id IS NOT NULL;

-- Plan limits as they were stated, a row where one changed.
CREATE TABLE limits (
  limit_key TEXT PRIMARY KEY,
  ts INTEGER NOT NULL,
  limit_id TEXT NOT NULL,
  span TEXT NOT NULL,
  used_percent REAL NOT NULL,
  window_minutes INTEGER,
  resets_ts INTEGER,
  plan_type TEXT
) STRICT, WITHOUT ROWID;

CREATE INDEX limits_ts ON limits (limit_id, span, ts);

CREATE INDEX events_items ON events (payload ->> 'thread_id', id) WHERE type = 'turn_item';
