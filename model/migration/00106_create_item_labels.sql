-- +goose Up

CREATE TABLE item_labels (
  tenant_id INT UNSIGNED NOT NULL,
  item_id   BINARY(16)   NOT NULL,
  label_id  BINARY(16)   NOT NULL,
  PRIMARY KEY (tenant_id, item_id, label_id),
  KEY item_labels_label (tenant_id, label_id, item_id),
  CONSTRAINT item_labels_item FOREIGN KEY (tenant_id, item_id) REFERENCES items (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT item_labels_label FOREIGN KEY (tenant_id, label_id) REFERENCES labels (tenant_id, id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

-- +goose Down

DROP TABLE item_labels;
