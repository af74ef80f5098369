DELETE FROM pictures WHERE page_id IS NOT NULL;
CREATE OR REPLACE FUNCTION antiphon_pictures_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    PERFORM antiphon_note('post:' || COALESCE(OLD.post_id, (SELECT post_id FROM comments WHERE id = OLD.comment_id)));
  ELSE
    PERFORM antiphon_note('post:' || COALESCE(NEW.post_id, (SELECT post_id FROM comments WHERE id = NEW.comment_id)));
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION antiphon_picture_sizes_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM antiphon_note('post:' || post_id) FROM (SELECT DISTINCT post_id FROM pictures
    WHERE file = CASE WHEN TG_OP = 'DELETE' THEN OLD.of_file ELSE NEW.of_file END AND post_id IS NOT NULL) AS p;
  RETURN NULL;
END $$;
DROP INDEX pictures_by_page;
ALTER TABLE pictures DROP COLUMN page_id;
