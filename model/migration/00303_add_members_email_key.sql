-- +goose Up

-- lint: rows have equal keys only if they had equal values of the former unique key.
ALTER TABLE members
  ADD COLUMN email_key BINARY(32) NOT NULL DEFAULT (UNHEX(SHA2(LOWER(email), 256))) AFTER email,
  ADD UNIQUE KEY members_email_key (tenant_id, email_key);

-- +goose Down

ALTER TABLE members DROP KEY members_email_key, DROP COLUMN email_key;
