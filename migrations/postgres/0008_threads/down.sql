DROP TABLE threads;
DROP TABLE sources;
DROP TABLE wanted;
DROP TABLE verdicts;
ALTER TABLE comments DROP COLUMN rule;
