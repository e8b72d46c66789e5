-- +goose Up

-- The external id identifies a tenant in the tokens of an identity provider. The default is for existing tenants, and for
-- tenants that an older program creates.
ALTER TABLE tenants
  ADD COLUMN external_id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT (slug),
  ADD UNIQUE KEY tenants_external_id (external_id);

-- +goose Down

ALTER TABLE tenants DROP KEY tenants_external_id, DROP COLUMN external_id;
