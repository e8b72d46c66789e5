-- +goose Up

ALTER TABLE items
  ADD KEY items_name (tenant_id, name, id),
  ADD KEY items_project_name (tenant_id, project_id, name, id),
  ADD KEY items_project_number (tenant_id, project_id, number, id);

-- +goose Down

ALTER TABLE items DROP KEY items_project_number, DROP KEY items_project_name, DROP KEY items_name;
