-- What else pages show (see 0012_changes): free pages, categories, series, related posts, preview images, smaller pictures.
CREATE TRIGGER pages_inserted AFTER INSERT ON pages BEGIN
  INSERT INTO noted VALUES ('site');
END;
CREATE TRIGGER post_categories_inserted AFTER INSERT ON post_categories BEGIN
  INSERT INTO noted VALUES ('posts');
  INSERT INTO noted VALUES ('post:' || NEW.post_id);
END;
CREATE TRIGGER post_series_inserted AFTER INSERT ON post_series BEGIN
  INSERT INTO noted VALUES ('posts');
  INSERT INTO noted VALUES ('post:' || NEW.post_id);
  INSERT INTO noted SELECT 'post:' || post_id FROM post_series WHERE series_id = NEW.series_id;
END;
CREATE TRIGGER related_inserted AFTER INSERT ON related BEGIN
  INSERT INTO noted VALUES ('post:' || NEW.post_id);
END;
CREATE TRIGGER picture_sizes_inserted AFTER INSERT ON picture_sizes BEGIN
  INSERT INTO noted SELECT DISTINCT 'post:' || post_id FROM pictures WHERE file = NEW.of_file AND post_id IS NOT NULL;
END;
CREATE TRIGGER previews_inserted AFTER INSERT ON previews BEGIN
  INSERT INTO noted VALUES ('post:' || NEW.post_id);
END;
CREATE TRIGGER pages_updated AFTER UPDATE ON pages BEGIN
  INSERT INTO noted VALUES ('site');
END;
CREATE TRIGGER categories_updated AFTER UPDATE ON categories BEGIN
  INSERT INTO noted VALUES ('site');
END;
CREATE TRIGGER series_updated AFTER UPDATE ON series BEGIN
  INSERT INTO noted VALUES ('site');
END;
CREATE TRIGGER post_categories_updated AFTER UPDATE ON post_categories BEGIN
  INSERT INTO noted VALUES ('posts');
  INSERT INTO noted VALUES ('post:' || NEW.post_id);
END;
CREATE TRIGGER post_series_updated AFTER UPDATE ON post_series BEGIN
  INSERT INTO noted VALUES ('posts');
  INSERT INTO noted VALUES ('post:' || NEW.post_id);
  INSERT INTO noted SELECT 'post:' || post_id FROM post_series WHERE series_id = NEW.series_id;
END;
CREATE TRIGGER previews_updated AFTER UPDATE ON previews BEGIN
  INSERT INTO noted VALUES ('post:' || NEW.post_id);
END;
CREATE TRIGGER pages_deleted AFTER DELETE ON pages BEGIN
  INSERT INTO noted VALUES ('site');
END;
CREATE TRIGGER categories_deleted AFTER DELETE ON categories BEGIN
  INSERT INTO noted VALUES ('site');
END;
CREATE TRIGGER series_deleted AFTER DELETE ON series BEGIN
  INSERT INTO noted VALUES ('site');
END;
CREATE TRIGGER post_categories_deleted AFTER DELETE ON post_categories BEGIN
  INSERT INTO noted VALUES ('posts');
  INSERT INTO noted VALUES ('post:' || OLD.post_id);
END;
CREATE TRIGGER post_series_deleted AFTER DELETE ON post_series BEGIN
  INSERT INTO noted VALUES ('posts');
  INSERT INTO noted VALUES ('post:' || OLD.post_id);
  INSERT INTO noted SELECT 'post:' || post_id FROM post_series WHERE series_id = OLD.series_id;
END;
CREATE TRIGGER related_deleted AFTER DELETE ON related BEGIN
  INSERT INTO noted VALUES ('post:' || OLD.post_id);
END;
CREATE TRIGGER picture_sizes_deleted AFTER DELETE ON picture_sizes BEGIN
  INSERT INTO noted SELECT DISTINCT 'post:' || post_id FROM pictures WHERE file = OLD.of_file AND post_id IS NOT NULL;
END;
CREATE TRIGGER previews_deleted AFTER DELETE ON previews BEGIN
  INSERT INTO noted VALUES ('post:' || OLD.post_id);
END;
CREATE TRIGGER media_files_deleted AFTER DELETE ON media_files BEGIN
  INSERT INTO noted VALUES ('media');
END;
