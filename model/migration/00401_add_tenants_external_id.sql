-- +goose Up

-- The external id identifies a tenant in the tokens of an identity provider. The default is for existing tenants, and for
-- tenants that an older program creates.
-- lint: slugs are unique, and an older program fails only for a slug that an operator has given to another tenant.
ALTER TABLE tenants
  ADD COLUMN external_id VARCHAR(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT (slug),
  ADD UNIQUE KEY tenants_external_id (external_id);

-- +goose Down

ALTER TABLE tenants DROP KEY tenants_external_id, DROP COLUMN external_id;
