-- +goose Up

-- Items get a due date, and their priority becomes its rank, since text sorts HIGH before
-- LOW. The default fills priority_rank for the rows that exist: an UPDATE after this
-- statement would be a second statement, and fails on Vitess, where vtgate learns of new
-- columns with a delay.
ALTER TABLE items
  ADD COLUMN due_at        DATETIME(6)      NULL AFTER assignee_id,
  ADD COLUMN priority_rank TINYINT UNSIGNED NOT NULL DEFAULT (FIELD(priority, 'LOW', 'MEDIUM', 'HIGH', 'URGENT')) AFTER status;

-- +goose Down

ALTER TABLE items DROP COLUMN priority_rank, DROP COLUMN due_at;
