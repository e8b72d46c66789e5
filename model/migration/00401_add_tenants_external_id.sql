-- +goose Up

-- The name of a tenant in the tokens of an identity provider. The default names the tenants that exist, and those that an
-- older program creates.
ALTER TABLE tenants
  ADD COLUMN external_id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT (slug),
  ADD UNIQUE KEY tenants_external_id (external_id);

-- +goose Down

ALTER TABLE tenants DROP KEY tenants_external_id, DROP COLUMN external_id;
