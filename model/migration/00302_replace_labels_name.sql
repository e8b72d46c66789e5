-- +goose Up

-- Before this statement, the program corrects the keys that the default of name_key computed: see keys.go.
ALTER TABLE labels DROP KEY labels_name, ADD KEY labels_name (tenant_id, name, id);

-- +goose Down

ALTER TABLE labels DROP KEY labels_name, ADD UNIQUE KEY labels_name (tenant_id, name);
