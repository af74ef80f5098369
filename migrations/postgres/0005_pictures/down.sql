DROP INDEX actors_by_avatar;
DROP TABLE media_files;
DROP TABLE emojis;
DROP TABLE pictures;
