-- Pictures stand in free pages, too. Of those that a page names already, copies are made when it is next changed.
ALTER TABLE pictures ADD COLUMN page_id BIGINT REFERENCES pages (id);
CREATE INDEX pictures_by_page ON pictures (page_id, id);

-- Who is told (see 0012_changes and 0018_changes_of_pages).
DROP TRIGGER pictures_inserted;
CREATE TRIGGER pictures_inserted AFTER INSERT ON pictures BEGIN
  INSERT INTO noted SELECT 'post:' || p FROM (SELECT COALESCE(NEW.post_id, (SELECT post_id FROM comments WHERE id = NEW.comment_id)) AS p) WHERE p IS NOT NULL;
END;
CREATE TRIGGER page_pictures_inserted AFTER INSERT ON pictures WHEN NEW.page_id IS NOT NULL BEGIN
  INSERT INTO noted VALUES ('site');
END;
CREATE TRIGGER page_pictures_updated AFTER UPDATE ON pictures WHEN NEW.page_id IS NOT NULL BEGIN
  INSERT INTO noted VALUES ('site');
END;
CREATE TRIGGER page_pictures_deleted AFTER DELETE ON pictures WHEN OLD.page_id IS NOT NULL BEGIN
  INSERT INTO noted VALUES ('site');
END;
CREATE TRIGGER page_picture_sizes_inserted AFTER INSERT ON picture_sizes BEGIN
  INSERT INTO noted SELECT 'site' FROM pictures WHERE file = NEW.of_file AND page_id IS NOT NULL LIMIT 1;
END;
CREATE TRIGGER page_picture_sizes_deleted AFTER DELETE ON picture_sizes BEGIN
  INSERT INTO noted SELECT 'site' FROM pictures WHERE file = OLD.of_file AND page_id IS NOT NULL LIMIT 1;
END;
