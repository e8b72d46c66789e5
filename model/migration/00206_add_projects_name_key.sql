-- +goose Up

ALTER TABLE projects ADD KEY projects_name (tenant_id, name, id);

-- +goose Down

ALTER TABLE projects DROP KEY projects_name;
