-- How a user proves who it is. A row whose user was never confirmed is what is left of a sign-up
-- that did not end; it is removed after an hour.
CREATE TABLE auth.credentials (
  user_id uuid PRIMARY KEY,
  -- Argon2id in PHC string format.
  password_hash text NOT NULL,
  scopes text[] NOT NULL DEFAULT '{}',
  created_at timestamptz NOT NULL,
  confirmed_at timestamptz
);

CREATE INDEX credentials_unconfirmed ON auth.credentials (created_at) WHERE confirmed_at IS NULL;

CREATE INDEX credentials_admins ON auth.credentials (user_id) WHERE 'admin' = ANY (scopes);

-- One row for each family, which is one signing in: its newest refresh token. An older token of the
-- family names the row and does not match it, which is how reuse shows.
CREATE TABLE auth.refresh_tokens (
  family uuid PRIMARY KEY,
  user_id uuid NOT NULL,
  generation integer NOT NULL,
  -- SHA-256 of the whole token.
  token_hash bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  -- The access token that was given out with it.
  access_token_id text NOT NULL,
  access_expires_at timestamptz NOT NULL
);

CREATE INDEX refresh_tokens_by_user ON auth.refresh_tokens (user_id);

CREATE INDEX refresh_tokens_by_expiry ON auth.refresh_tokens (expires_at);

-- The keys that access tokens are signed with, or will be, or may have been.
CREATE TABLE auth.signing_keys (
  -- SHA-256 thumbprint of the public key (RFC 7638).
  kid text PRIMARY KEY,
  -- RSA, PKCS #8.
  private_key bytea NOT NULL,
  signs_from timestamptz NOT NULL
);

-- Access tokens that stopped being good before they expire.
CREATE TABLE auth.revocations (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  -- One of the two is empty.
  token_id text NOT NULL,
  subject text NOT NULL,
  -- For a subject: its tokens that were issued up to here.
  issued_up_to timestamptz NOT NULL,
  forget_after timestamptz NOT NULL,
  -- By the server's clock, since nodes follow the table by it.
  recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT revocations_of_one CHECK ((token_id = '') <> (subject = ''))
);

CREATE INDEX revocations_by_recording ON auth.revocations (recorded_at, id);

CREATE INDEX revocations_by_expiry ON auth.revocations (forget_after);
