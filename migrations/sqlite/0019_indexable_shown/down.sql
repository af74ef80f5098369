DROP TRIGGER actors_shown;
CREATE TRIGGER actors_shown AFTER UPDATE OF name, summary, url, username, host, avatar ON actors
WHEN OLD.name <> NEW.name OR OLD.summary <> NEW.summary OR OLD.url <> NEW.url OR OLD.username <> NEW.username
  OR OLD.host <> NEW.host OR OLD.avatar IS NOT NEW.avatar BEGIN
  INSERT INTO noted VALUES ('actor:' || NEW.id);
END;
