CREATE TABLE rooms (
  tenant_id INT UNSIGNED NOT NULL,
  id        BINARY(16)   NOT NULL,
  name      VARCHAR(100) NOT NULL,
  name_key  BINARY(32)   NOT NULL DEFAULT (UNHEX(SHA2(LOWER(name), 256))),
  remark    VARCHAR(50)  NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY rooms_name_key (tenant_id, name_key),
  KEY rooms_name (tenant_id, name, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE volumes (
  tenant_id  INT UNSIGNED     NOT NULL,
  id         BINARY(16)       NOT NULL,
  isbn       VARCHAR(13)      CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  title      VARCHAR(750)     NOT NULL,
  text       TEXT             NULL,
  state      VARCHAR(32)      CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'NEW',
  size       TINYINT UNSIGNED NOT NULL DEFAULT 20,
  room_id    BINARY(16)       NOT NULL,
  sequel_id  BINARY(16)       NULL,
  pages      INT UNSIGNED     NOT NULL DEFAULT 0,
  score      INT              NOT NULL,
  weight     DOUBLE           NOT NULL,
  lent       BOOLEAN          NOT NULL DEFAULT false,
  price      DECIMAL(10,2)    NOT NULL,
  rate       DECIMAL(38,10)   NOT NULL DEFAULT 1.5,
  site       TEXT             NULL,
  contact    VARCHAR(254)     NOT NULL DEFAULT 'a''b@example.com',
  data       JSON             NOT NULL DEFAULT ('{"a": "\\n"}'),
  words      JSON             NOT NULL DEFAULT ('["a"]'),
  token      BINARY(16)       NOT NULL,
  total      BIGINT           NOT NULL,
  due_at     DATETIME(6)      NULL,
  day        DATE             NOT NULL DEFAULT '2026-01-31',
  version    INT UNSIGNED     NOT NULL DEFAULT 1,
  updated_at DATETIME(6)      NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
  deleted_at DATETIME(6)      NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY volumes_isbn (tenant_id, isbn),
  UNIQUE KEY volumes_room_title (tenant_id, room_id, title),
  KEY volumes_room (tenant_id, room_id, id),
  KEY volumes_sequel (tenant_id, sequel_id, id),
  KEY volumes_title (tenant_id, title, id),
  KEY volumes_room_title_2 (tenant_id, room_id, title, id),
  KEY volumes_room_state (tenant_id, room_id, state, id),
  KEY volumes_size (tenant_id, size, id),
  KEY volumes_room_size (tenant_id, room_id, size, id),
  KEY volumes_room_pages (tenant_id, room_id, pages, id),
  KEY volumes_due (tenant_id, due_at, id),
  KEY volumes_room_due (tenant_id, room_id, due_at, id),
  KEY volumes_updated (tenant_id, updated_at, id),
  KEY volumes_room_updated (tenant_id, room_id, updated_at, id),
  KEY volumes_day_lent (tenant_id, day, lent, id),
  CONSTRAINT volumes_room FOREIGN KEY (tenant_id, room_id) REFERENCES rooms (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT volumes_sequel FOREIGN KEY (tenant_id, sequel_id) REFERENCES volumes (tenant_id, id)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE tags (
  tenant_id INT UNSIGNED NOT NULL,
  id        BINARY(16)   NOT NULL,
  code      VARCHAR(20)  CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  PRIMARY KEY (tenant_id, id),
  UNIQUE KEY tags_code (tenant_id, code)
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE volume_tags (
  tenant_id INT UNSIGNED NOT NULL,
  volume_id BINARY(16)   NOT NULL,
  tag_id    BINARY(16)   NOT NULL,
  PRIMARY KEY (tenant_id, volume_id, tag_id),
  KEY volume_tags_tag (tenant_id, tag_id, volume_id),
  CONSTRAINT volume_tags_volume FOREIGN KEY (tenant_id, volume_id) REFERENCES volumes (tenant_id, id) ON DELETE CASCADE,
  CONSTRAINT volume_tags_tag FOREIGN KEY (tenant_id, tag_id) REFERENCES tags (tenant_id, id) ON DELETE CASCADE
) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_520_ci;
