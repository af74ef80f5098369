-- Whoever looks for a reply has the address of its page.
CREATE INDEX comments_by_url ON comments (url);
