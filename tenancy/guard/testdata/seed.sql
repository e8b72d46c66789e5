-- Rows of two tenants. Rows of tenant 2 contain "globex" or "glob-", so that a result for tenant 1
-- shows a leak.

INSERT INTO members (tenant_id, id, name, email, role) VALUES
  (1, 'acme-memb-000001', 'Ada Acme', 'ada@acme.test', 'admin'),
  (1, 'acme-memb-000002', 'Ben Acme', 'ben@acme.test', 'member'),
  (2, 'glob-memb-000001', 'Gus globex', 'gus@globex.test', 'admin'),
  (2, 'acme-memb-000001', 'Twin globex', 'twin@globex.test', 'member');

INSERT INTO projects (tenant_id, id, `key`, name, description, last_number) VALUES
  (1, 'acme-proj-000001', 'WEB', 'Website', NULL, 5),
  (1, 'acme-proj-000002', 'OPS', 'Operations', 'archived', 1),
  (2, 'glob-proj-000001', 'WEB', 'globex site', 'globex', 900),
  (2, 'acme-proj-000001', 'TWIN', 'globex twin', 'globex', 901);

INSERT INTO items (tenant_id, id, project_id, number, `key`, name, description, status, priority, assignee_id, version, created_at, updated_at) VALUES
  (1, 'acme-item-000001', 'acme-proj-000001', 1, 'WEB-1', 'Form', '{"points": 5, "due": "2026-02-01", "tags": ["api", "web"]}', 'todo', 3, 'acme-memb-000001', 1, '2026-01-01', '2026-01-05'),
  (1, 'acme-item-000002', 'acme-proj-000001', 2, 'WEB-2', 'Footer', '{"tags": ["web"]}', 'doing', 1, 'acme-memb-000001', 3, '2026-01-02', '2026-01-03'),
  (1, 'acme-item-000003', 'acme-proj-000001', 3, 'WEB-3', 'form', NULL, 'done', 1, 'acme-memb-000002', 1, '2026-01-03', '2026-01-03'),
  (1, 'acme-item-000004', 'acme-proj-000002', 1, 'OPS-1', 'Backup', NULL, 'todo', 0, NULL, 1, '2026-01-03 12:00:00', '2026-01-03 12:00:00'),
  (2, 'glob-item-000001', 'glob-proj-000001', 1, 'WEB-1', 'globex form', '{"points": 8, "tags": ["globex", "api"]}', 'globex', 4, 'glob-memb-000001', 1, '2025-12-01', '2025-12-01'),
  (2, 'acme-item-000001', 'acme-proj-000001', 2, 'WEB-2', 'globex twin', '{"points": 8, "tags": ["globex"]}', 'todo', 4, 'acme-memb-000001', 1, '2026-01-04', '2026-01-04');

INSERT INTO labels (tenant_id, id, name, color) VALUES
  (1, 'acme-labl-000001', 'bug', '#ff0000'),
  (1, 'acme-labl-000002', 'feature', '#00ff00'),
  (1, 'acme-labl-000003', 'idle', '#0000ff'),
  (2, 'glob-labl-000001', 'bug globex', '#globex'),
  (2, 'acme-labl-000001', 'globex twin', '#globex');

INSERT INTO item_labels (tenant_id, item_id, label_id) VALUES
  (1, 'acme-item-000001', 'acme-labl-000001'),
  (1, 'acme-item-000002', 'acme-labl-000002'),
  (2, 'glob-item-000001', 'glob-labl-000001'),
  (2, 'acme-item-000001', 'acme-labl-000001');

INSERT INTO comments (tenant_id, id, item_id, author_id, body, created_at) VALUES
  (1, 'acme-comm-000001', 'acme-item-000001', 'acme-memb-000001', 'first', '2026-01-02'),
  (1, 'acme-comm-000002', 'acme-item-000001', 'acme-memb-000002', 'second', '2026-01-04'),
  (1, 'acme-comm-000003', 'acme-item-000003', NULL, 'third', '2026-01-05'),
  (2, 'glob-comm-000001', 'glob-item-000001', 'glob-memb-000001', 'globex says', '2025-12-02'),
  (2, 'acme-comm-000001', 'acme-item-000001', 'acme-memb-000001', 'globex twin', '2025-12-03');
