-- +goose Up

CREATE TABLE items (
  tenant_id   INT UNSIGNED NOT NULL,
  id          BINARY(16)   NOT NULL,
  project_id  BINARY(16)   NOT NULL,
  number      INT UNSIGNED NOT NULL,
  `key`       VARCHAR(21)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name        VARCHAR(200) NOT NULL,
  description TEXT         NULL,
  status      VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  priority    VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  assignee_id BINARY(16)   NULL,
  version     INT UNSIGNED NOT NULL,
  created_at  DATETIME(6)  NOT NULL,
  updated_at  DATETIME(6)  NOT NULL,
  PRIMARY KEY (tenant_id, id),
  -- Numbers are unique in their project because keys are in their tenant. A key on
  -- (tenant_id, project_id, number) would rival items_project, and need sorting.
  UNIQUE KEY items_key (tenant_id, `key`),
  KEY items_project (tenant_id, project_id, id),
  KEY items_assignee (tenant_id, assignee_id, id),
  CONSTRAINT items_project FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT items_assignee FOREIGN KEY (tenant_id, assignee_id) REFERENCES members (tenant_id, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

-- +goose Down

DROP TABLE items;
