-- Who wants which events; in each database, since a relay reads it together with the events. Those of
-- the home database are the truth, and relays bring the others up to it.
CREATE TABLE outbox.subscriptions (
  consumer text PRIMARY KEY,
  -- None for one that has ended.
  types text[] NOT NULL,
  -- By the clock of the home database, and greater with each change.
  changed_at timestamptz NOT NULL
);
