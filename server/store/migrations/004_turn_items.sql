-- A job's transcript is that of its turns.
CREATE INDEX events_turn_items ON events (payload ->> 'turn_id', id) WHERE type = 'turn_item';
