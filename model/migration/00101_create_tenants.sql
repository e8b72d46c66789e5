-- +goose Up

-- The directory: the one table that belongs to no tenant. Tenant tables do not refer
-- to it, so that it can live on another server.
CREATE TABLE tenants (
  id         INT UNSIGNED NOT NULL AUTO_INCREMENT,
  slug       VARCHAR(40)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name       VARCHAR(200) NOT NULL,
  created_at DATETIME(6)  NOT NULL,
  PRIMARY KEY (id),
  UNIQUE KEY tenants_slug (slug)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

-- +goose Down

DROP TABLE tenants;
