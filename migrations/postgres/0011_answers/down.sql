DROP TABLE notifications;
DROP TABLE talk;
DELETE FROM reactions WHERE emoji <> '' OR kind = 'dislike';
ALTER TABLE reactions DROP COLUMN emoji;
ALTER TABLE reactions ADD UNIQUE (target_ap_id, kind, actor_id);
