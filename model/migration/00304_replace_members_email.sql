-- +goose Up

-- Before this statement, the program computes the keys that the default of email_key has wrong: see keys.go.
ALTER TABLE members DROP KEY members_email, ADD KEY members_email (tenant_id, email, id);

-- +goose Down

ALTER TABLE members DROP KEY members_email, ADD UNIQUE KEY members_email (tenant_id, email);
