DROP TRIGGER page_picture_sizes_deleted;
DROP TRIGGER page_picture_sizes_inserted;
DROP TRIGGER page_pictures_deleted;
DROP TRIGGER page_pictures_updated;
DROP TRIGGER page_pictures_inserted;
DELETE FROM pictures WHERE page_id IS NOT NULL;
DROP TRIGGER pictures_inserted;
CREATE TRIGGER pictures_inserted AFTER INSERT ON pictures BEGIN
  INSERT INTO noted VALUES ('post:' || COALESCE(NEW.post_id, (SELECT post_id FROM comments WHERE id = NEW.comment_id)));
END;
DROP INDEX pictures_by_page;
ALTER TABLE pictures DROP COLUMN page_id;
