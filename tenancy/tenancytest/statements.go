package tenancytest

import (
	"context"
	"log/slog"
	"slices"
	"sync"
)

// Statements is a slog.Handler that records the statements of a test's database.
type Statements struct {
	collects bool // append to TEST_STATEMENTS

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

// Reset clears the recorded statements.
func (s *Statements) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ran = nil
}

// Enabled reports true: all statements are recorded.
func (s *Statements) Enabled(context.Context, slog.Level) bool { return true }

// Handle records the statement of a log record, if it has one.
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
		if s.collects && !slices.Contains(s.system, a.Value.String()) { // a statement of the system scope may reach all tenants
			collectStatement(a.Value.String())
		}
		return true
	})
	return nil
}

// WithAttrs returns s.
func (s *Statements) WithAttrs([]slog.Attr) slog.Handler { return s }

// WithGroup returns s.
func (s *Statements) WithGroup(string) slog.Handler { return s }
