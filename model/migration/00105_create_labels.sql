-- +goose Up

CREATE TABLE labels (
  tenant_id INT UNSIGNED NOT NULL,
  id        BINARY(16)   NOT NULL,
  name      VARCHAR(50)  NOT NULL,
  color     CHAR(7)      CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY labels_name (tenant_id, name)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

-- +goose Down

DROP TABLE labels;
