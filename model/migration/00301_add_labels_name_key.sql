-- +goose Up

-- Uniqueness ignores case and normalisation form, nothing else. The program computes the key, since
-- MariaDB and MySQL have no such collation in common. The default computes a key for existing rows
-- and those that an older program inserts; it ignores case only.
-- lint: rows have equal keys only if they had equal values of the former unique key.
ALTER TABLE labels
  ADD COLUMN name_key BINARY(32) NOT NULL DEFAULT (UNHEX(SHA2(LOWER(name), 256))) AFTER name,
  ADD UNIQUE KEY labels_name_key (tenant_id, name_key);

-- +goose Down

ALTER TABLE labels DROP KEY labels_name_key, DROP COLUMN name_key;
