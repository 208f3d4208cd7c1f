CREATE TABLE ${shard}.things (id uuid PRIMARY KEY, name text NOT NULL);
