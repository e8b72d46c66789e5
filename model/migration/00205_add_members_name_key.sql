-- +goose Up

ALTER TABLE members ADD KEY members_name (tenant_id, name, id);

-- +goose Down

ALTER TABLE members DROP KEY members_name;
