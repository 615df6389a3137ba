ALTER TABLE agents ADD COLUMN thread_id TEXT;
ALTER TABLE agents ADD COLUMN turn_id TEXT;
ALTER TABLE agents ADD COLUMN effort TEXT;
ALTER TABLE agents ADD COLUMN approval_policy TEXT;
ALTER TABLE agents ADD COLUMN sandbox TEXT;
ALTER TABLE agents ADD COLUMN context_tokens INTEGER;
ALTER TABLE agents ADD COLUMN context_kind TEXT;
ALTER TABLE agents ADD COLUMN context_window INTEGER;
ALTER TABLE agents ADD COLUMN turn_tokens INTEGER;
ALTER TABLE agents ADD COLUMN turn_sub_agent_tokens INTEGER;
ALTER TABLE agents ADD COLUMN thread_ts INTEGER;

ALTER TABLE jobs ADD COLUMN compaction_tokens_exact INTEGER;
ALTER TABLE jobs ADD COLUMN effort TEXT;
ALTER TABLE jobs ADD COLUMN approval_policy TEXT;
ALTER TABLE jobs ADD COLUMN sandbox TEXT;

ALTER TABLE threads ADD COLUMN context_kind TEXT;
ALTER TABLE threads ADD COLUMN compaction_tokens INTEGER NOT NULL DEFAULT 0;

ALTER TABLE turns ADD COLUMN compaction_tokens INTEGER NOT NULL DEFAULT 0;
ALTER TABLE turns ADD COLUMN sub_agent_tokens INTEGER NOT NULL DEFAULT 0;
CREATE INDEX turns_root ON turns (root_turn_id) WHERE root_turn_id <> turn_id;

ALTER TABLE responses ADD COLUMN kind TEXT NOT NULL DEFAULT 'turn';

-- Tokens of a turn in a quarter of an hour: a million responses are summed from some ten thousand rows.
-- No time zone of today has a day or an hour that starts within a quarter.
CREATE TABLE usage_slots (
  slot_key TEXT PRIMARY KEY,
  slot_ts INTEGER NOT NULL,
  thread_id TEXT NOT NULL,
  turn_id TEXT,
  model TEXT,
  responses INTEGER NOT NULL,
  compaction_tokens INTEGER NOT NULL,
  input_tokens INTEGER NOT NULL,
  cached_input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  reasoning_output_tokens INTEGER NOT NULL,
  total_tokens INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX usage_slots_ts ON usage_slots (slot_ts);

INSERT INTO usage_slots
SELECT
  (ts - ts % 900000) || ' ' || thread_id || ' ' || COALESCE(turn_id, '') || ' ' || COALESCE(model, ''),
  ts - ts % 900000, thread_id, turn_id, model, COUNT(*), 0,
  SUM(input_tokens), SUM(cached_input_tokens), SUM(output_tokens), SUM(reasoning_output_tokens),
  SUM(total_tokens)
FROM responses
GROUP BY ts - ts % 900000, thread_id, turn_id, model;

-- A row where a limit changed, said again until `stated_ts`. What was said before, `codexdash rebuild`
-- makes again from the events; the newest statement of each limit is kept.
CREATE TABLE stated_limits (
  limit_key TEXT PRIMARY KEY,
  ts INTEGER NOT NULL,
  stated_ts INTEGER NOT NULL,
  limit_id TEXT NOT NULL,
  limit_name TEXT,
  span TEXT NOT NULL,
  used_percent REAL NOT NULL,
  window_minutes INTEGER,
  resets_ts INTEGER,
  plan_type TEXT
) STRICT, WITHOUT ROWID;

INSERT INTO stated_limits
SELECT limit_key, MAX(ts), MAX(ts), limit_id, NULL, span, used_percent, window_minutes, resets_ts, plan_type
FROM limits GROUP BY limit_id, span, plan_type;

DROP TABLE limits;
ALTER TABLE stated_limits RENAME TO limits;
CREATE INDEX limits_ts ON limits (limit_id, span, plan_type, ts);
CREATE INDEX limits_series ON limits (
  (limit_id || ' ' || span || ' ' || COALESCE(plan_type, '')), stated_ts
);
