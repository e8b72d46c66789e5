-- +goose Up

-- This and all further tables belong to tenants: tenant_id leads every key.
CREATE TABLE members (
  tenant_id INT UNSIGNED NOT NULL,
  id        BINARY(16)   NOT NULL,
  name      VARCHAR(100) NOT NULL,
  email     VARCHAR(254) NOT NULL,
  role      VARCHAR(16)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY members_email (tenant_id, email)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

-- +goose Down

DROP TABLE members;
