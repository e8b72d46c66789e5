-- The tables of accepted.sql and limitations.sql, of an issue tracker.

CREATE TABLE members (
  tenant_id INT UNSIGNED NOT NULL,
  id        BINARY(16)   NOT NULL,
  name      VARCHAR(100) NOT NULL,
  email     VARCHAR(190) NOT NULL,
  role      VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY members_email (tenant_id, email),
  KEY members_name (tenant_id, name, id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE projects (
  tenant_id   INT UNSIGNED NOT NULL,
  id          BINARY(16)   NOT NULL,
  `key`       VARCHAR(10) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name        VARCHAR(100) NOT NULL,
  description TEXT         NULL,
  last_number INT UNSIGNED NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY projects_key (tenant_id, `key`)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE items (
  tenant_id   INT UNSIGNED     NOT NULL,
  id          BINARY(16)       NOT NULL,
  project_id  BINARY(16)       NOT NULL,
  number      INT UNSIGNED     NOT NULL,
  `key`       VARCHAR(21) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name        VARCHAR(200)     NOT NULL,
  description TEXT             NULL,
  status      VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  priority    TINYINT UNSIGNED NOT NULL,
  assignee_id BINARY(16)       NULL,
  due_at      DATETIME(6)      NULL,
  version     INT UNSIGNED     NOT NULL,
  created_at  DATETIME(6)      NOT NULL,
  updated_at  DATETIME(6)      NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY items_key (tenant_id, `key`),
  KEY items_project (tenant_id, project_id, id),
  KEY items_assignee (tenant_id, assignee_id, id),
  KEY items_updated (tenant_id, updated_at, id),
  KEY items_project_status (tenant_id, project_id, status, id),
  CONSTRAINT items_project FOREIGN KEY (tenant_id, project_id) REFERENCES projects (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT items_assignee FOREIGN KEY (tenant_id, assignee_id) REFERENCES members (tenant_id, id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE labels (
  tenant_id INT UNSIGNED NOT NULL,
  id        BINARY(16)   NOT NULL,
  name      VARCHAR(50)  NOT NULL,
  color     CHAR(7) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY labels_name (tenant_id, name)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE item_labels (
  tenant_id INT UNSIGNED NOT NULL,
  item_id   BINARY(16)   NOT NULL,
  label_id  BINARY(16)   NOT NULL,
  PRIMARY KEY (tenant_id, item_id, label_id),
  KEY item_labels_label (tenant_id, label_id, item_id),
  CONSTRAINT item_labels_item FOREIGN KEY (tenant_id, item_id) REFERENCES items (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT item_labels_label FOREIGN KEY (tenant_id, label_id) REFERENCES labels (tenant_id, id) ON DELETE CASCADE
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE comments (
  tenant_id  INT UNSIGNED NOT NULL,
  id         BINARY(16)   NOT NULL,
  item_id    BINARY(16)   NOT NULL,
  author_id  BINARY(16)   NULL,
  body       TEXT         NOT NULL,
  created_at DATETIME(6)  NOT NULL,
  PRIMARY KEY (tenant_id, id),
  KEY comments_item (tenant_id, item_id, id),
  KEY comments_author (tenant_id, author_id, id),
  CONSTRAINT comments_item FOREIGN KEY (tenant_id, item_id) REFERENCES items (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT comments_author FOREIGN KEY (tenant_id, author_id) REFERENCES members (tenant_id, id)
) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;
