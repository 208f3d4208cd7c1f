-- In the home database. Who may have which e-mail address: a claim keeps everybody else out while its
-- user has the address in the shard, or may still get it; see docs/adr/0026-one-email-one-user.md.
CREATE TABLE users.emails (
  -- What makes two addresses the same: NFC, lower case.
  email_key text PRIMARY KEY,
  user_id uuid NOT NULL,
  -- Drawn anew whenever the address is claimed, by the same user too: what was true of an earlier
  -- claim is not acted upon later.
  claim bigint GENERATED ALWAYS AS IDENTITY,
  -- By this server's clock, whoever claims.
  since timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- The user had claimed it before, so an earlier attempt to get it may still be under way.
  reclaimed boolean NOT NULL DEFAULT false
);

CREATE INDEX emails_by_user ON users.emails (user_id);

-- Attempts to become a user. Of the attempts for one address that have not expired, the one with
-- the highest seq holds it.
CREATE TABLE users.reservations (
  user_id uuid PRIMARY KEY,
  email text NOT NULL,
  email_key text NOT NULL,
  name text NOT NULL,
  seq bigint GENERATED ALWAYS AS IDENTITY,
  expires_at timestamptz NOT NULL
);

CREATE INDEX reservations_by_email ON users.reservations (email_key, seq);

CREATE INDEX reservations_by_expiry ON users.reservations (expires_at);
