-- +goose Up

-- Items get a due date; their priority becomes its rank, since text sorts HIGH before
-- LOW; and each order of a list gets its index.
ALTER TABLE items
  ADD COLUMN due_at        DATETIME(6)      NULL AFTER assignee_id,
  ADD COLUMN priority_rank TINYINT UNSIGNED NOT NULL DEFAULT 0 AFTER status;
UPDATE items SET priority_rank = FIELD(priority, 'LOW', 'MEDIUM', 'HIGH', 'URGENT');
ALTER TABLE items DROP COLUMN priority;
ALTER TABLE items
  CHANGE COLUMN priority_rank priority TINYINT UNSIGNED NOT NULL,
  ADD KEY items_updated (tenant_id, updated_at, id),
  ADD KEY items_due (tenant_id, due_at, id),
  ADD KEY items_priority (tenant_id, priority, id),
  ADD KEY items_project_status (tenant_id, project_id, status, id),
  ADD KEY items_project_updated (tenant_id, project_id, updated_at, id),
  ADD KEY items_project_due (tenant_id, project_id, due_at, id),
  ADD KEY items_project_priority (tenant_id, project_id, priority, id);
ALTER TABLE members ADD KEY members_name (tenant_id, name, id);
ALTER TABLE projects ADD KEY projects_name (tenant_id, name, id);

-- +goose Down

ALTER TABLE projects DROP KEY projects_name;
ALTER TABLE members DROP KEY members_name;
ALTER TABLE items
  DROP KEY items_updated, DROP KEY items_due, DROP KEY items_priority, DROP KEY items_project_status,
  DROP KEY items_project_updated, DROP KEY items_project_due, DROP KEY items_project_priority,
  ADD COLUMN priority_name VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '';
UPDATE items SET priority_name = ELT(priority + 1, 'NONE', 'LOW', 'MEDIUM', 'HIGH', 'URGENT');
ALTER TABLE items DROP COLUMN priority, DROP COLUMN due_at;
ALTER TABLE items CHANGE COLUMN priority_name priority VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL;
