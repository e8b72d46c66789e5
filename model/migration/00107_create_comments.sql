-- +goose Up

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
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

-- +goose Down

DROP TABLE comments;
