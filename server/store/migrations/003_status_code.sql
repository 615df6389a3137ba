ALTER TABLE agents ADD COLUMN status_code TEXT;
