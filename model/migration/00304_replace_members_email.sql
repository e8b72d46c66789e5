-- +goose Up

-- Before this statement, the program corrects the keys that the default of email_key computed: see keys.go.
ALTER TABLE members DROP KEY members_email, ADD KEY members_email (tenant_id, email, id);

-- +goose Down

ALTER TABLE members DROP KEY members_email, ADD UNIQUE KEY members_email (tenant_id, email);
