-- Which part of what the node shows changed last: one row a scope (see src/kept), with a number that only grows. Whoever
-- keeps an answer reads the rows behind the number it knows. The triggers stand here, so no writer can forget them.
CREATE TABLE changes (
  id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  scope TEXT NOT NULL UNIQUE
);

-- Notes a scope: INSERT INTO noted …. Through a view, because a trigger would take over the conflict clause of the outer statement.
CREATE VIEW noted (scope) AS SELECT scope FROM changes;
CREATE TRIGGER note_scope INSTEAD OF INSERT ON noted BEGIN
  DELETE FROM changes WHERE scope = NEW.scope;
  INSERT INTO changes (scope) VALUES (NEW.scope);
END;

-- Comments that everybody sees, and places of deleted ones. What is held or private notes nothing.
CREATE TRIGGER comments_inserted AFTER INSERT ON comments
WHEN (NEW.status = 'published' OR NEW.status = 'deleted') AND NEW.visibility IN ('public', 'unlisted') AND NOT NEW.hidden BEGIN
  INSERT INTO noted VALUES ('post:' || NEW.post_id);
END;
CREATE TRIGGER comments_deleted AFTER DELETE ON comments
WHEN (OLD.status = 'published' OR OLD.status = 'deleted') AND OLD.visibility IN ('public', 'unlisted') AND NOT OLD.hidden BEGIN
  INSERT INTO noted VALUES ('post:' || OLD.post_id);
END;
CREATE TRIGGER comments_updated AFTER UPDATE ON comments
WHEN ((OLD.status = 'published' OR OLD.status = 'deleted') AND OLD.visibility IN ('public', 'unlisted') AND NOT OLD.hidden)
  OR ((NEW.status = 'published' OR NEW.status = 'deleted') AND NEW.visibility IN ('public', 'unlisted') AND NOT NEW.hidden) BEGIN
  INSERT INTO noted VALUES ('post:' || NEW.post_id);
END;

CREATE TRIGGER reactions_inserted AFTER INSERT ON reactions BEGIN
  INSERT INTO noted VALUES ('post:' || NEW.post_id);
END;
CREATE TRIGGER reactions_deleted AFTER DELETE ON reactions BEGIN
  INSERT INTO noted VALUES ('post:' || OLD.post_id);
END;

CREATE TRIGGER talk_inserted AFTER INSERT ON talk WHEN NEW.standing = 'shown' BEGIN
  INSERT INTO noted VALUES ('post:' || NEW.post_id);
END;
CREATE TRIGGER talk_updated AFTER UPDATE ON talk WHEN OLD.standing = 'shown' OR NEW.standing = 'shown' BEGIN
  INSERT INTO noted VALUES ('post:' || NEW.post_id);
END;
CREATE TRIGGER talk_deleted AFTER DELETE ON talk WHEN OLD.standing = 'shown' BEGIN
  INSERT INTO noted VALUES ('post:' || OLD.post_id);
END;

-- Replies that are known and missing; those that are merely looked for are counted, too, strays are not.
CREATE TRIGGER wanted_inserted AFTER INSERT ON wanted WHEN NEW.post_id IS NOT NULL AND NEW.state <> 'stray' BEGIN
  INSERT INTO noted VALUES ('post:' || NEW.post_id);
END;
CREATE TRIGGER wanted_updated AFTER UPDATE OF state, post_id, attempts ON wanted
WHEN OLD.state <> NEW.state OR OLD.post_id IS NOT NEW.post_id OR (OLD.attempts = 0) <> (NEW.attempts = 0) BEGIN
  INSERT INTO noted SELECT 'post:' || OLD.post_id WHERE OLD.post_id IS NOT NULL;
  INSERT INTO noted SELECT 'post:' || NEW.post_id WHERE NEW.post_id IS NOT NULL AND NEW.post_id IS NOT OLD.post_id;
END;
CREATE TRIGGER wanted_deleted AFTER DELETE ON wanted WHEN OLD.post_id IS NOT NULL AND OLD.state <> 'stray' BEGIN
  INSERT INTO noted VALUES ('post:' || OLD.post_id);
END;

-- Pictures stand in a post or in one of its comments.
CREATE TRIGGER pictures_inserted AFTER INSERT ON pictures BEGIN
  INSERT INTO noted VALUES ('post:' || COALESCE(NEW.post_id, (SELECT post_id FROM comments WHERE id = NEW.comment_id)));
END;
CREATE TRIGGER pictures_updated AFTER UPDATE ON pictures BEGIN
  INSERT INTO noted SELECT 'post:' || p FROM (SELECT COALESCE(NEW.post_id, (SELECT post_id FROM comments WHERE id = NEW.comment_id)) AS p) WHERE p IS NOT NULL;
END;
CREATE TRIGGER pictures_deleted AFTER DELETE ON pictures BEGIN
  INSERT INTO noted SELECT 'post:' || p FROM (SELECT COALESCE(OLD.post_id, (SELECT post_id FROM comments WHERE id = OLD.comment_id)) AS p) WHERE p IS NOT NULL;
END;

CREATE TRIGGER emojis_updated AFTER UPDATE OF file ON emojis WHEN OLD.file IS NOT NEW.file BEGIN
  INSERT INTO noted VALUES ('emojis');
END;
CREATE TRIGGER emojis_inserted AFTER INSERT ON emojis WHEN NEW.file IS NOT NULL BEGIN
  INSERT INTO noted VALUES ('emojis');
END;
CREATE TRIGGER emojis_deleted AFTER DELETE ON emojis WHEN OLD.file IS NOT NULL BEGIN
  INSERT INTO noted VALUES ('emojis');
END;

-- How somebody is shown; whether at all touches what is counted, too.
CREATE TRIGGER actors_shown AFTER UPDATE OF name, summary, url, username, host, avatar ON actors
WHEN OLD.name <> NEW.name OR OLD.summary <> NEW.summary OR OLD.url <> NEW.url OR OLD.username <> NEW.username
  OR OLD.host <> NEW.host OR OLD.avatar IS NOT NEW.avatar BEGIN
  INSERT INTO noted VALUES ('actor:' || NEW.id);
END;
CREATE TRIGGER actors_blocked AFTER UPDATE OF blocked, gone_at ON actors
WHEN OLD.blocked <> NEW.blocked OR OLD.gone_at IS NOT NEW.gone_at BEGIN
  INSERT INTO noted VALUES ('actor:' || NEW.id);
  INSERT INTO noted SELECT DISTINCT 'post:' || post_id FROM reactions WHERE actor_id = NEW.id;
  INSERT INTO noted SELECT DISTINCT 'post:' || post_id FROM talk WHERE actor_id = NEW.id;
  INSERT INTO noted SELECT DISTINCT 'followers:' || actor_id FROM followers WHERE follower_id = NEW.id;
END;
CREATE TRIGGER actor_keys_inserted AFTER INSERT ON actor_keys WHEN (SELECT local FROM actors WHERE id = NEW.actor_id) BEGIN
  INSERT INTO noted VALUES ('actor:' || NEW.actor_id);
END;

-- Posts: their own pages, every list, and the pages of the posts just before and after.
CREATE TRIGGER posts_inserted AFTER INSERT ON posts WHEN NEW.status = 'published' BEGIN
  INSERT INTO noted VALUES ('posts');
  INSERT INTO noted VALUES ('post:' || NEW.id);
  INSERT INTO noted SELECT 'post:' || id FROM (SELECT id FROM posts WHERE status = 'published' AND published_at <= NEW.published_at
    AND (published_at < NEW.published_at OR id < NEW.id) ORDER BY published_at DESC, id DESC LIMIT 1);
  INSERT INTO noted SELECT 'post:' || id FROM (SELECT id FROM posts WHERE status = 'published' AND published_at >= NEW.published_at
    AND (published_at > NEW.published_at OR id > NEW.id) ORDER BY published_at, id LIMIT 1);
END;
CREATE TRIGGER posts_updated AFTER UPDATE ON posts WHEN OLD.status = 'published' OR NEW.status = 'published' BEGIN
  INSERT INTO noted VALUES ('posts');
  INSERT INTO noted VALUES ('post:' || NEW.id);
  INSERT INTO noted SELECT 'post:' || id FROM (SELECT id FROM posts WHERE status = 'published'
    AND published_at <= COALESCE(NEW.published_at, OLD.published_at)
    AND (published_at < COALESCE(NEW.published_at, OLD.published_at) OR id < NEW.id) ORDER BY published_at DESC, id DESC LIMIT 1);
  INSERT INTO noted SELECT 'post:' || id FROM (SELECT id FROM posts WHERE status = 'published'
    AND published_at >= COALESCE(NEW.published_at, OLD.published_at)
    AND (published_at > COALESCE(NEW.published_at, OLD.published_at) OR id > NEW.id) ORDER BY published_at, id LIMIT 1);
END;
CREATE TRIGGER posts_deleted AFTER DELETE ON posts WHEN OLD.status = 'published' BEGIN
  INSERT INTO noted VALUES ('posts');
  INSERT INTO noted VALUES ('post:' || OLD.id);
END;
CREATE TRIGGER post_tags_inserted AFTER INSERT ON post_tags BEGIN
  INSERT INTO noted VALUES ('post:' || NEW.post_id);
END;
CREATE TRIGGER post_tags_deleted AFTER DELETE ON post_tags BEGIN
  INSERT INTO noted VALUES ('post:' || OLD.post_id);
END;

CREATE TRIGGER followers_inserted AFTER INSERT ON followers BEGIN
  INSERT INTO noted VALUES ('followers:' || NEW.actor_id);
END;
CREATE TRIGGER followers_deleted AFTER DELETE ON followers BEGIN
  INSERT INTO noted VALUES ('followers:' || OLD.actor_id);
END;
CREATE TRIGGER following_inserted AFTER INSERT ON following BEGIN
  INSERT INTO noted VALUES ('followers:' || NEW.actor_id);
END;
CREATE TRIGGER following_updated AFTER UPDATE OF accepted_at ON following BEGIN
  INSERT INTO noted VALUES ('followers:' || NEW.actor_id);
END;
CREATE TRIGGER following_deleted AFTER DELETE ON following BEGIN
  INSERT INTO noted VALUES ('followers:' || OLD.actor_id);
END;

CREATE TRIGGER accounts_inserted AFTER INSERT ON accounts BEGIN
  INSERT INTO noted VALUES ('site');
END;
CREATE TRIGGER accounts_deleted AFTER DELETE ON accounts BEGIN
  INSERT INTO noted VALUES ('site');
END;
