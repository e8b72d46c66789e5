-- +goose Up

-- lint: a program of the release before 201 does not work after this file.
-- Each order of a list gets its index.
ALTER TABLE items
  CHANGE COLUMN priority_rank priority TINYINT UNSIGNED NOT NULL,
  ADD KEY items_updated (tenant_id, updated_at, id),
  ADD KEY items_due (tenant_id, due_at, id),
  ADD KEY items_priority (tenant_id, priority, id),
  ADD KEY items_project_status (tenant_id, project_id, status, id),
  ADD KEY items_project_updated (tenant_id, project_id, updated_at, id),
  ADD KEY items_project_due (tenant_id, project_id, due_at, id),
  ADD KEY items_project_priority (tenant_id, project_id, priority, id);

-- +goose Down

ALTER TABLE items
  DROP KEY items_updated, DROP KEY items_due, DROP KEY items_priority, DROP KEY items_project_status,
  DROP KEY items_project_updated, DROP KEY items_project_due, DROP KEY items_project_priority,
  CHANGE COLUMN priority priority_rank TINYINT UNSIGNED NOT NULL;
