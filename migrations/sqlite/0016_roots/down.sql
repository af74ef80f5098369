DROP INDEX reactions_to_post;
DROP INDEX reactions_by_comment;
DROP INDEX comments_aside;
CREATE INDEX comments_by_status ON comments (status, id);
DROP INDEX comments_by_root;
DROP INDEX comments_by_post;
CREATE INDEX comments_by_post ON comments (post_id, id);
ALTER TABLE comments DROP COLUMN root_id;
