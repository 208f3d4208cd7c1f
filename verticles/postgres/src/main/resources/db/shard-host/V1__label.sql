-- Which of the configured databases this is, so that two that are mistaken for each other are noticed
-- before one of them is written to.
CREATE TABLE shard_host.label (
  name text NOT NULL,
  the_only boolean PRIMARY KEY DEFAULT true CHECK (the_only)
);
