-- A comment is hidden where something above it may not be seen: a comment that is held, spam, trash or private, or a
-- post that was deleted.
ALTER TABLE comments ADD COLUMN hidden BOOLEAN NOT NULL DEFAULT FALSE;

WITH RECURSIVE below (id) AS (
  SELECT c.id FROM comments c JOIN posts s ON s.id = c.post_id LEFT JOIN comments p ON p.id = c.parent_id
  WHERE s.status <> 'published' OR (p.id IS NOT NULL AND NOT (p.visibility IN ('public', 'unlisted')
    AND (p.status = 'published' OR (p.status = 'deleted' AND p.position IS NOT NULL))))
  UNION
  SELECT c.id FROM comments c JOIN below b ON c.parent_id = b.id
)
UPDATE comments SET hidden = TRUE WHERE id IN (SELECT id FROM below);
