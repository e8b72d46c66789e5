-- +goose Up

-- lint: priority_rank has the data. A program of the release before 201 does not work after this file.
ALTER TABLE items DROP COLUMN priority;

-- +goose Down

ALTER TABLE items ADD COLUMN priority VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL
  DEFAULT (ELT(priority_rank + 1, 'NONE', 'LOW', 'MEDIUM', 'HIGH', 'URGENT')) AFTER status;
