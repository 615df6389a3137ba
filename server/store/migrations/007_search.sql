-- What can be found: one row a text, its id made of the time so that "newest first" needs no sorting.
CREATE TABLE search_items (
  doc_id INTEGER PRIMARY KEY,
  event_id INTEGER NOT NULL,
  kind TEXT NOT NULL,
  job_id TEXT,
  thread_id TEXT,
  turn_id TEXT
) STRICT;

CREATE INDEX search_prompts ON search_items (job_id, event_id) WHERE kind = 'prompt';

-- The texts stand in the events; here are only their words. search_text.ts says which.
CREATE VIRTUAL TABLE search_text USING fts5 (
  text, content = '', columnsize = 0, tokenize = 'unicode61 remove_diacritics 2'
);
