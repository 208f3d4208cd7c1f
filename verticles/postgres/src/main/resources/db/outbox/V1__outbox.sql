-- What happened in this shard and is to be told; see docs/adr/0025-outbox.md.
CREATE TABLE ${shard}.outbox (
  -- Grows; events of one aggregate are written one transaction after the other, so in this order.
  seq bigint GENERATED ALWAYS AS IDENTITY,
  id uuid NOT NULL,
  source text NOT NULL,
  type text NOT NULL,
  subject text NOT NULL,
  aggregate text NOT NULL,
  owner uuid NOT NULL,
  time timestamptz NOT NULL,
  traceparent text NOT NULL DEFAULT '',
  data text NOT NULL,
  PRIMARY KEY (seq)
);

-- Which events a consumer has acted on.
CREATE TABLE ${shard}.inbox (
  consumer text NOT NULL,
  event uuid NOT NULL,
  PRIMARY KEY (consumer, event)
);
