DROP INDEX posts_by_id;
DROP TABLE previews;
ALTER TABLE posts DROP COLUMN canonical;
