ALTER TABLE jobs ADD COLUMN estimate_method TEXT;

-- Figures that an earlier version took for exact because output stated them.
UPDATE jobs SET prompt_tokens_exact = NULL, completion_tokens_exact = NULL, total_tokens_exact = NULL
WHERE thread_id IS NULL;

-- Jobs whose tokens nobody has told yet; the few that were never delivered stay in it.
CREATE INDEX jobs_unestimated ON jobs (updated_ts)
WHERE total_tokens_exact IS NULL AND total_tokens_est IS NULL AND thread_id IS NULL;
