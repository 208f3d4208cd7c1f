-- What this shard's users want models to be run on, and what came of it.
CREATE TABLE ${shard}.inference_jobs (
  id uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  -- The Idempotency-Key, and what was asked for under it.
  key text NOT NULL,
  fingerprint uuid NOT NULL,
  model text NOT NULL,
  -- Empty for the one that the model prefers.
  version text NOT NULL,
  -- Inputs and outputs as JSON; gone when the job has ended.
  request text,
  -- Empty for none.
  callback_url text NOT NULL,
  -- Of the request that made the job; empty for none.
  traceparent text NOT NULL,
  state text NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  -- When it was begun first.
  started_at timestamptz,
  ended_at timestamptz,
  -- The answer as JSON, of those that succeeded.
  result text,
  -- A short name of the reason, of those that failed.
  error text,
  -- Why it failed, or what it waits for.
  detail text NOT NULL DEFAULT '',
  -- How often it was begun without an end that is known.
  attempts integer NOT NULL DEFAULT 0,
  -- How often anybody took it. Whoever has it writes with this number, so that one who took it
  -- before and was given up changes nothing.
  takes integer NOT NULL DEFAULT 0,
  -- Whoever runs it has it until then, and says again and again that it goes on.
  taken_until timestamptz,
  CHECK ((ended_at IS NULL) = (state IN ('queued', 'running'))),
  UNIQUE (user_id, key)
);

CREATE INDEX inference_jobs_of_user
  ON ${shard}.inference_jobs (user_id, created_at DESC, id DESC);
CREATE INDEX inference_jobs_open ON ${shard}.inference_jobs (user_id) WHERE ended_at IS NULL;
CREATE INDEX inference_jobs_ended ON ${shard}.inference_jobs (ended_at) WHERE ended_at IS NOT NULL;
