package tenancy_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"rowhouse/tenancy"
)

// TestDebugLogsStatements enables the log of sessions by GORM's methods.
func TestDebugLogsStatements(t *testing.T) {
	var log bytes.Buffer
	d := openNotes(t, tenancy.Options{Log: slog.New(slog.NewTextHandler(&log, nil))}) // info level
	find := func(s *gorm.DB) error { return s.Where("text = ?", "it's").Find(&[]note{}).Error }
	const statement = "statement=\"SELECT * FROM `notes` WHERE `notes`.`tenant_id` = 1 AND (text = 'it''s')\""
	for _, test := range []struct {
		name string
		do   func(*gorm.DB) error
		want []string // in the lines of the log, in this order
	}{
		{
			name: "without Debug",
			do:   find,
		},
		{
			name: "Debug",
			do:   func(s *gorm.DB) error { return find(s.Debug()) },
			want: []string{statement + " took="},
		},
		{
			name: "rows",
			do:   func(s *gorm.DB) error { return s.Debug().Find(&[]note{}).Error },
			want: []string{"rows=2"},
		},
		{
			name: "one Debug for a chain",
			do: func(s *gorm.DB) error {
				s = s.Debug().Session(&gorm.Session{})
				_ = find(s)
				return find(s)
			},
			want: []string{statement, statement},
		},
		{
			name: "only what follows Debug",
			do:   func(s *gorm.DB) error { _ = find(s); return find(s.Debug()) },
			want: []string{statement},
		},
		{
			name: "an update",
			do:   func(s *gorm.DB) error { return s.Debug().Model(&note{ID: 1}).Update("text", "new").Error },
			want: []string{"UPDATE `notes` SET `text`='new'"},
		},
		{
			name: "a create",
			do:   func(s *gorm.DB) error { return s.Debug().Create(&note{ID: 7, Text: "seven"}).Error },
			want: []string{"'seven'"},
		},
		{
			name: "raw SQL",
			do: func(s *gorm.DB) error {
				return s.Debug().Raw("SELECT id FROM notes WHERE tenant_id = ?", 1).Scan(&[]int{}).Error
			},
			want: []string{"SELECT id FROM notes WHERE tenant_id = 1"},
		},
		{
			name: "a transaction",
			do: func(s *gorm.DB) error {
				return s.Debug().Transaction(func(s *gorm.DB) error { return find(s) })
			},
			want: []string{statement},
		},
		{
			name: "a failed statement",
			do: func(s *gorm.DB) error {
				s.Debug().Raw("SELECT missing FROM notes WHERE tenant_id = 1").Scan(&[]int{})
				return nil
			},
			want: []string{"missing FROM notes WHERE tenant_id = 1\" took="},
		},
		{
			name: "a refused statement",
			do: func(s *gorm.DB) error {
				s.Debug().Raw("SELECT id FROM notes WHERE id = ?", 5).Scan(&[]int{})
				return nil
			},
			want: []string{`msg="statement refused"`, "SELECT id FROM notes WHERE id = 5"},
		},
		{
			name: "no record",
			do:   func(s *gorm.DB) error { s.Debug().First(&note{}, 99); return nil },
			want: []string{`error="record not found"`},
		},
		{
			name: "LogMode",
			do: func(s *gorm.DB) error {
				return find(s.Session(&gorm.Session{Logger: s.Logger.LogMode(logger.Info)}))
			},
			want: []string{statement},
		},
		{
			name: "LogMode for errors, without one",
			do: func(s *gorm.DB) error {
				return find(s.Session(&gorm.Session{Logger: s.Logger.LogMode(logger.Error)}))
			},
		},
		{
			name: "LogMode for errors",
			do: func(s *gorm.DB) error {
				s.Session(&gorm.Session{Logger: s.Logger.LogMode(logger.Error)}).First(&note{}, 99)
				return nil
			},
			want: []string{`error="record not found"`},
		},
		{
			name: "LogMode silent",
			do: func(s *gorm.DB) error {
				return find(s.Session(&gorm.Session{Logger: s.Logger.LogMode(logger.Silent)}))
			},
		},
		{
			name: "messages",
			do: func(s *gorm.DB) error {
				ctx, log := context.Background(), s.Logger.LogMode(logger.Warn)
				log.Info(ctx, "no %d", 1)
				log.Warn(ctx, "yes %d", 2)
				log.Error(ctx, "and %d", 3)
				s.Logger.Error(ctx, "no %d", 4)
				s.Debug().Logger.Info(ctx, "debug %d", 5)
				return nil
			},
			want: []string{`level=WARN msg="yes 2" source=`, `level=ERROR msg="and 3"`, `level=INFO msg="debug 5"`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			log.Reset()
			if err := test.do(d.For(d.Acme)); err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSuffix(log.String(), "\n"), "\n")
			if log.Len() == 0 {
				lines = nil
			}
			if len(lines) != len(test.want) {
				t.Fatalf("%d lines: %s", len(lines), &log)
			}
			for i, want := range test.want {
				if !strings.Contains(lines[i], want) {
					t.Errorf("%s lacks %s", lines[i], want)
				}
			}
			if len(lines) == 1 && !strings.Contains(lines[0], "log_test.go:") {
				t.Errorf("it does not say where: %s", lines[0])
			}
		})
	}
}

// printed is a logger.Writer that keeps its lines.
type printed struct{ strings.Builder }

// Printf keeps a line.
func (p *printed) Printf(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// TestSessionUsesAnotherLogger gives sessions GORM's own logger, with and without arguments.
func TestSessionUsesAnotherLogger(t *testing.T) {
	d := openNotes(t, tenancy.Options{})
	for _, test := range []struct {
		name   string
		config logger.Config
		want   string
	}{
		{
			name:   "with arguments",
			config: logger.Config{LogLevel: logger.Info},
			want:   "text = 'secret'",
		},
		{
			name:   "without arguments",
			config: logger.Config{LogLevel: logger.Info, ParameterizedQueries: true},
			want:   "text = ?",
		},
		{
			name:   "slow statements",
			config: logger.Config{LogLevel: logger.Warn, SlowThreshold: time.Nanosecond},
			want:   "SLOW SQL",
		},
		{
			name:   "none",
			config: logger.Config{LogLevel: logger.Silent},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			out := &printed{}
			session := d.For(d.Acme).Session(&gorm.Session{Logger: logger.New(out, test.config)})
			if err := session.Where("text = ?", "secret").Find(&[]note{}).Error; err != nil {
				t.Fatal(err)
			}
			if got := out.String(); !strings.Contains(got, test.want) || (test.want == "") != (got == "") {
				t.Errorf("it printed %q, not %q", got, test.want)
			}
			var count int64 // the session is still the tenant's
			if err := session.Model(&note{}).Count(&count).Error; err != nil || count != 2 {
				t.Errorf("%d notes, %v", count, err)
			}
		})
	}
}
