-- Pictures stand in free pages, too. Of those that a page names already, copies are made when it is next changed.
ALTER TABLE pictures ADD COLUMN page_id BIGINT REFERENCES pages (id);
CREATE INDEX pictures_by_page ON pictures (page_id, id);

-- Who is told (see 0012_changes and 0018_changes_of_pages).
CREATE OR REPLACE FUNCTION antiphon_pictures_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changed pictures;
BEGIN
  IF TG_OP = 'DELETE' THEN
    changed := OLD;
  ELSE
    changed := NEW;
  END IF;
  IF changed.page_id IS NOT NULL THEN
    PERFORM antiphon_note('site');
  ELSE
    PERFORM antiphon_note('post:' || COALESCE(changed.post_id, (SELECT post_id FROM comments WHERE id = changed.comment_id)));
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION antiphon_picture_sizes_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  of text := CASE WHEN TG_OP = 'DELETE' THEN OLD.of_file ELSE NEW.of_file END;
BEGIN
  PERFORM antiphon_note('post:' || post_id) FROM (SELECT DISTINCT post_id FROM pictures WHERE file = of AND post_id IS NOT NULL) AS p;
  PERFORM antiphon_note('site') FROM (SELECT 1 FROM pictures WHERE file = of AND page_id IS NOT NULL LIMIT 1) AS p;
  RETURN NULL;
END $$;
