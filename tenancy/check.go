package tenancy

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"rowhouse/tenancy/guard"
)

// checkStatement refuses a statement unless the guard proves that it stays inside the context's
// tenant; statements of the system scope need no proof. When the server may have ended the
// transaction, it refuses every statement.
func (c *conn) checkStatement(ctx context.Context, query string, args []driver.NamedValue) error {
	if c.endedBy != nil {
		return c.endedError()
	}
	if err := c.checkSnapshot(query); err != nil {
		return err
	}
	if s, ok := systemOf(ctx); ok {
		return c.checkSystem(ctx, s, query)
	}
	tenant, err := FromContext(ctx)
	if err != nil {
		return err
	}
	if err := c.pool.logRefusal(ctx, c.pool.guard.Check(uint32(tenant.ID), query, args)); err != nil {
		return err
	}
	return c.requireVerified(ctx)
}

// checkSystem logs a statement of the system scope, and records whether it can change the
// session. In a transaction it refuses statements that could commit.
func (c *conn) checkSystem(ctx context.Context, s systemScope, query string) error {
	if s.unlogged {
		return nil
	}
	if c.open && !guard.KeepsTransaction(query) {
		return fmt.Errorf("%w: in a transaction the system scope runs only statements on rows; this one could commit it: %s",
			ErrScope, query)
	}
	if !guard.OnlyRows(query) {
		c.tainted = true
	}
	c.verified = time.Time{}
	c.pool.log.InfoContext(ctx, "system scope", "reason", s.reason, "statement", query)
	return nil
}

// requireVerified verifies the settings that a proof assumes, if the system scope may have
// changed them. It fails on a tainted connection.
func (c *conn) requireVerified(ctx context.Context) error {
	if c.tainted {
		return fmt.Errorf("%w: no tenant may use this connection any more: the system scope has changed its session, "+
			"or its settings are wrong; take another one", ErrScope)
	}
	if !c.verified.IsZero() {
		return nil
	}
	return c.verifySettings(ctx)
}

// verifySettings reads the settings back. After a failure the connection does not return to
// the pool.
func (c *conn) verifySettings(ctx context.Context) error {
	_, err := c.pool.inner.readVerified(ctx, c.inner)
	if err != nil {
		c.tainted = true
		c.pool.log.WarnContext(ctx, "a connection is closed because its settings could not be verified", "error", err)
		return fmt.Errorf("verify the connection: %w", err)
	}
	c.verified = time.Now()
	return nil
}

// requireTenant fails with ErrNone on a context with neither a tenant nor the system scope.
func requireTenant(ctx context.Context) error {
	if _, ok := systemOf(ctx); ok {
		return nil
	}
	_, err := FromContext(ctx)
	return err
}

// logRefusal logs a refusal of the guard, since the caller may ignore the error, and adds
// ErrScope to it.
func (c *connector) logRefusal(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	var r *guard.Refusal
	if errors.As(err, &r) {
		c.log.WarnContext(ctx, "statement refused", "table", r.Table, "alias", r.Alias, "reason", r.Reason, "statement", r.SQL)
	}
	return fmt.Errorf("%w: %w", ErrScope, err)
}
