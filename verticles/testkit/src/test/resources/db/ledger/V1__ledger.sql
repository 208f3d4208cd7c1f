CREATE TABLE ${shard}.accounts (id int PRIMARY KEY, balance bigint NOT NULL);

INSERT INTO ${shard}.accounts SELECT id, 0 FROM generate_series(1, 10) AS id;

-- Partitioned as the outbox is.
CREATE TABLE ${shard}.entries (
  slot smallint NOT NULL,
  seq bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  id uuid NOT NULL,
  account int NOT NULL REFERENCES ${shard}.accounts,
  amount bigint NOT NULL,
  PRIMARY KEY (slot, seq)
) PARTITION BY LIST (slot);

CREATE TABLE ${shard}.entries_0 PARTITION OF ${shard}.entries FOR VALUES IN (0);
CREATE TABLE ${shard}.entries_1 PARTITION OF ${shard}.entries FOR VALUES IN (1);
