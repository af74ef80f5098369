DROP INDEX comments_by_url;
