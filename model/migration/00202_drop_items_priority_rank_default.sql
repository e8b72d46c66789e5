-- +goose Up

-- MySQL drops no column that a default refers to.
ALTER TABLE items ALTER COLUMN priority_rank DROP DEFAULT;

-- +goose Down

ALTER TABLE items ALTER COLUMN priority DROP DEFAULT;
