-- What happened in this shard and is to be told, and what consumers have acted on; docs/outbox.md.
--
-- Both tables are a ring of one partition a day, which is emptied as a whole and used again: no
-- partition is ever made or dropped while the cluster serves, so none can be missing, no plan goes
-- stale, and a shard that moves has the same tables at both places.

-- Not an identity: those of partitioned tables are as new as PostgreSQL 17.
CREATE SEQUENCE ${shard}.outbox_seq;

CREATE TABLE ${shard}.outbox (
  -- The day of writing, by the server's clock in UTC, modulo the size of the ring.
  slot smallint NOT NULL DEFAULT (extract(epoch FROM now())::bigint / 86400) % 8,
  -- Grows; events of one aggregate are written one transaction after the other, so in this order.
  seq bigint NOT NULL DEFAULT nextval('${shard}.outbox_seq'),
  id uuid NOT NULL,
  source text NOT NULL,
  type text NOT NULL,
  subject text NOT NULL,
  aggregate text NOT NULL,
  owner uuid NOT NULL,
  time timestamptz NOT NULL,
  traceparent text NOT NULL DEFAULT '',
  data text NOT NULL,
  -- The only one who gets it; null for everybody who has subscribed to the type.
  consumer text,
  written_at timestamptz NOT NULL DEFAULT now(),
  -- When it was to be told first.
  due_at timestamptz NOT NULL DEFAULT now(),
  -- When it is to be told next.
  next_at timestamptz NOT NULL DEFAULT now(),
  -- How far each consumer is, once one of them has not taken it at the first time.
  progress jsonb NOT NULL DEFAULT '{}',
  done_at timestamptz,
  PRIMARY KEY (slot, seq)
) PARTITION BY LIST (slot);

-- What is open is little beside what is kept.
CREATE INDEX outbox_due ON ${shard}.outbox (next_at) WHERE done_at IS NULL;
CREATE INDEX outbox_order ON ${shard}.outbox (aggregate, seq) WHERE done_at IS NULL;

-- Which events a consumer has acted on. The slot follows from the event's id alone, so that an event
-- which is delivered again on another day meets the row of the first time.
CREATE TABLE ${shard}.inbox (
  slot smallint NOT NULL,
  event uuid NOT NULL,
  consumer varchar(100) NOT NULL,
  claimed_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (event, consumer, slot)
) PARTITION BY LIST (slot);

DO $$
BEGIN
  FOR slot IN 0..7 LOOP
    EXECUTE format(
      'CREATE TABLE ${shard}.outbox_%1$s PARTITION OF ${shard}.outbox FOR VALUES IN (%1$s)', slot);
    EXECUTE format(
      'CREATE TABLE ${shard}.inbox_%1$s PARTITION OF ${shard}.inbox FOR VALUES IN (%1$s)', slot);
  END LOOP;
END $$;

-- What a consumer can never do, or could not do as often as it may be tried. A whole event, for its
-- partition may be gone when an operator lets it be tried again.
CREATE TABLE ${shard}.dead_letters (
  event uuid NOT NULL,
  consumer text NOT NULL,
  source text NOT NULL,
  type text NOT NULL,
  subject text NOT NULL,
  aggregate text NOT NULL,
  owner uuid NOT NULL,
  time timestamptz NOT NULL,
  traceparent text NOT NULL,
  data text NOT NULL,
  attempts integer NOT NULL,
  reason text NOT NULL,
  died_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (event, consumer)
);

-- Wakes the relay, but only one that sleeps. NOTIFY lets one transaction of the server commit at a
-- time, each with its own write to the disk; a relay that has work looks again anyway.
--
-- A relay that is about to sleep takes this lock alone, so it waits for every transaction that has
-- found it awake; then it looks once more. Who comes later finds the lock taken, and wakes it.
CREATE FUNCTION ${shard}.outbox_wake() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT pg_try_advisory_xact_lock_shared(1869968482, right('${shard}', 2)::integer / 8) THEN
    PERFORM pg_notify('starling_outbox', right('${shard}', 2)::integer::text);
  END IF;
  RETURN NULL;
END $$;

CREATE TRIGGER outbox_wake AFTER INSERT ON ${shard}.outbox
  FOR EACH STATEMENT EXECUTE FUNCTION ${shard}.outbox_wake();
