-- The top-level comment that each stands under, its own id at the top: a page of a discussion reads whole branches by it.
ALTER TABLE comments ADD COLUMN root_id BIGINT NOT NULL DEFAULT 0;

WITH RECURSIVE below (id, root_id) AS (
  SELECT id, id FROM comments WHERE parent_id IS NULL
  UNION ALL
  SELECT c.id, b.root_id FROM comments c JOIN below b ON c.parent_id = b.id
)
UPDATE comments SET root_id = below.root_id FROM below WHERE below.id = comments.id;

-- Both hold all that counting and nesting need, so that neither reads a row.
DROP INDEX comments_by_post;
CREATE INDEX comments_by_post ON comments (post_id, id, root_id, status, visibility, hidden);
CREATE INDEX comments_by_root ON comments (root_id, id, parent_id, position, status, visibility, hidden);
-- Nearly all comments are published: an index by status misleads whoever looks for those of a post. What stands aside is few.
DROP INDEX comments_by_status;
CREATE INDEX comments_aside ON comments (status, id) WHERE status <> 'published';

CREATE INDEX reactions_by_comment ON reactions (comment_id) WHERE comment_id IS NOT NULL;
CREATE INDEX reactions_to_post ON reactions (post_id, kind, emoji, actor_id) WHERE comment_id IS NULL;
