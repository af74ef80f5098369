-- What else pages show (see 0012_changes): free pages, categories, series, related posts, preview images, smaller pictures.
CREATE FUNCTION antiphon_pages_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM antiphon_note('site');
  RETURN NULL;
END $$;
CREATE TRIGGER pages_changed AFTER INSERT OR UPDATE OR DELETE ON pages FOR EACH ROW EXECUTE FUNCTION antiphon_pages_changed();

CREATE FUNCTION antiphon_categories_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM antiphon_note('site');
  RETURN NULL;
END $$;
CREATE TRIGGER categories_changed AFTER UPDATE OR DELETE ON categories FOR EACH ROW EXECUTE FUNCTION antiphon_categories_changed();

CREATE FUNCTION antiphon_series_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM antiphon_note('site');
  RETURN NULL;
END $$;
CREATE TRIGGER series_changed AFTER UPDATE OR DELETE ON series FOR EACH ROW EXECUTE FUNCTION antiphon_series_changed();

CREATE FUNCTION antiphon_post_categories_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM antiphon_note('posts');
  PERFORM antiphon_note('post:' || CASE WHEN TG_OP = 'DELETE' THEN OLD.post_id ELSE NEW.post_id END);
  RETURN NULL;
END $$;
CREATE TRIGGER post_categories_changed AFTER INSERT OR UPDATE OR DELETE ON post_categories FOR EACH ROW EXECUTE FUNCTION antiphon_post_categories_changed();

CREATE FUNCTION antiphon_post_series_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM antiphon_note('posts');
  PERFORM antiphon_note('post:' || CASE WHEN TG_OP = 'DELETE' THEN OLD.post_id ELSE NEW.post_id END);
  PERFORM antiphon_note('post:' || post_id) FROM post_series WHERE series_id = CASE WHEN TG_OP = 'DELETE' THEN OLD.series_id ELSE NEW.series_id END;
  RETURN NULL;
END $$;
CREATE TRIGGER post_series_changed AFTER INSERT OR UPDATE OR DELETE ON post_series FOR EACH ROW EXECUTE FUNCTION antiphon_post_series_changed();

CREATE FUNCTION antiphon_related_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM antiphon_note('post:' || CASE WHEN TG_OP = 'DELETE' THEN OLD.post_id ELSE NEW.post_id END);
  RETURN NULL;
END $$;
CREATE TRIGGER related_changed AFTER INSERT OR DELETE ON related FOR EACH ROW EXECUTE FUNCTION antiphon_related_changed();

CREATE FUNCTION antiphon_previews_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM antiphon_note('post:' || CASE WHEN TG_OP = 'DELETE' THEN OLD.post_id ELSE NEW.post_id END);
  RETURN NULL;
END $$;
CREATE TRIGGER previews_changed AFTER INSERT OR UPDATE OR DELETE ON previews FOR EACH ROW EXECUTE FUNCTION antiphon_previews_changed();

CREATE FUNCTION antiphon_picture_sizes_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM antiphon_note('post:' || post_id) FROM (SELECT DISTINCT post_id FROM pictures
    WHERE file = CASE WHEN TG_OP = 'DELETE' THEN OLD.of_file ELSE NEW.of_file END AND post_id IS NOT NULL) AS p;
  RETURN NULL;
END $$;
CREATE TRIGGER picture_sizes_changed AFTER INSERT OR DELETE ON picture_sizes FOR EACH ROW EXECUTE FUNCTION antiphon_picture_sizes_changed();

CREATE FUNCTION antiphon_media_files_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM antiphon_note('media');
  RETURN NULL;
END $$;
CREATE TRIGGER media_files_changed AFTER DELETE ON media_files FOR EACH ROW EXECUTE FUNCTION antiphon_media_files_changed();
