-- +goose Up

ALTER TABLE labels ADD COLUMN deleted_at DATETIME(6) NULL;

-- +goose Down

ALTER TABLE labels DROP COLUMN deleted_at;
