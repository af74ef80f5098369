DROP TABLE picture_sizes;
