-- +goose Up

CREATE TABLE projects (
  tenant_id   INT UNSIGNED NOT NULL,
  id          BINARY(16)   NOT NULL,
  `key`       VARCHAR(10)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name        VARCHAR(100) NOT NULL,
  description TEXT         NULL,
  last_number INT UNSIGNED NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY projects_key (tenant_id, `key`)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

-- +goose Down

DROP TABLE projects;
