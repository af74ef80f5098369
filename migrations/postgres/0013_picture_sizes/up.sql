-- Smaller copies of the pictures in posts, for smaller screens, and such in a format that takes less room.
CREATE TABLE picture_sizes (
  -- The picture's copy.
  of_file TEXT NOT NULL,
  -- The smaller one.
  file TEXT NOT NULL,
  -- In pixels.
  width INTEGER NOT NULL,
  PRIMARY KEY (of_file, file)
);
CREATE INDEX picture_sizes_by_file ON picture_sizes (file);
