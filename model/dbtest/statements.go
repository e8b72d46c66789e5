package dbtest

import (
	"context"
	"log/slog"
	"slices"
	"sync"
)

// Statements is the log of a test's database: it keeps the statements that ran.
type Statements struct {
	mu     sync.Mutex
	ran    []string
	system []string // all logged statements of the system scope
}

// Ran returns the statements since the last Reset, without BEGIN and COMMIT.
func (s *Statements) Ran() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.ran)
}

// Reset forgets the statements so far.
func (s *Statements) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ran = nil
}

// Enabled is part of slog.Handler.
func (s *Statements) Enabled(context.Context, slog.Level) bool { return true }

// Handle is part of slog.Handler.
func (s *Statements) Handle(_ context.Context, r slog.Record) error {
	if r.Message != "sql" && r.Message != "system scope" {
		return nil
	}
	r.Attrs(func(a slog.Attr) bool {
		if a.Key != "statement" {
			return true
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if r.Message == "system scope" { // logged before the statement runs
			s.system = append(s.system, a.Value.String())
			return true
		}
		s.ran = append(s.ran, a.Value.String())
		if !slices.Contains(s.system, a.Value.String()) { // a statement of the system scope may reach all tenants
			collect(a.Value.String())
		}
		return true
	})
	return nil
}

// WithAttrs is part of slog.Handler.
func (s *Statements) WithAttrs([]slog.Attr) slog.Handler { return s }

// WithGroup is part of slog.Handler.
func (s *Statements) WithGroup(string) slog.Handler { return s }
