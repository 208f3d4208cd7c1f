CREATE UNIQUE INDEX things_name_once ON things (name);
