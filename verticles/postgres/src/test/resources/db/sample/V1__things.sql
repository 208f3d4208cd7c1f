CREATE TABLE things (
  id bigint PRIMARY KEY,
  name text NOT NULL CONSTRAINT things_name_short CHECK (length(name) <= 10)
);
