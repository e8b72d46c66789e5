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

// TestDebugLogsItsStatements turns on the log of sessions by GORM's methods.
func TestDebugLogsItsStatements(t *testing.T) {
	var log bytes.Buffer
	d := openNotes(t, tenancy.Options{Log: slog.New(slog.NewTextHandler(&log, nil))}) // info level
	find := func(s *gorm.DB) error { return s.Where("text = ?", "it's").Find(&[]note{}).Error }
	const statement = "statement=\"SELECT * FROM `notes` WHERE `notes`.`tenant_id` = 1 AND (text = 'it''s')\""
	for _, test := range []struct {
		name string
		do   func(*gorm.DB) error
		want []string // in the lines of the log, in this order
	}{
		{"without Debug", find, nil},
		{"Debug", func(s *gorm.DB) error { return find(s.Debug()) }, []string{statement + " took="}},
		{"rows", func(s *gorm.DB) error { return s.Debug().Find(&[]note{}).Error }, []string{"rows=2"}},
		{"one Debug for a chain", func(s *gorm.DB) error {
			s = s.Debug().Session(&gorm.Session{})
			_ = find(s)
			return find(s)
		}, []string{statement, statement}},
		{"only what follows Debug", func(s *gorm.DB) error { _ = find(s); return find(s.Debug()) }, []string{statement}},
		{"an update", func(s *gorm.DB) error { return s.Debug().Model(&note{ID: 1}).Update("text", "new").Error }, []string{"UPDATE `notes` SET `text`='new'"}},
		{"a create", func(s *gorm.DB) error { return s.Debug().Create(&note{ID: 7, Text: "seven"}).Error }, []string{"'seven'"}},
		{"raw SQL", func(s *gorm.DB) error {
			return s.Debug().Raw("SELECT id FROM notes WHERE tenant_id = ?", 1).Scan(&[]int{}).Error
		}, []string{"SELECT id FROM notes WHERE tenant_id = 1"}},
		{"a transaction", func(s *gorm.DB) error {
			return s.Debug().Transaction(func(s *gorm.DB) error { return find(s) })
		}, []string{statement}},
		{"a failed statement", func(s *gorm.DB) error {
			s.Debug().Raw("SELECT missing FROM notes WHERE tenant_id = 1").Scan(&[]int{})
			return nil
		}, []string{"missing FROM notes WHERE tenant_id = 1\" took="}},
		{"a refused statement", func(s *gorm.DB) error {
			s.Debug().Raw("SELECT id FROM notes WHERE id = ?", 5).Scan(&[]int{})
			return nil
		}, []string{`msg="statement refused"`, "SELECT id FROM notes WHERE id = 5"}},
		{"no record", func(s *gorm.DB) error { s.Debug().First(&note{}, 99); return nil }, []string{`error="record not found"`}},
		{"LogMode", func(s *gorm.DB) error {
			return find(s.Session(&gorm.Session{Logger: s.Logger.LogMode(logger.Info)}))
		}, []string{statement}},
		{"LogMode for errors, without one", func(s *gorm.DB) error {
			return find(s.Session(&gorm.Session{Logger: s.Logger.LogMode(logger.Error)}))
		}, nil},
		{"LogMode for errors", func(s *gorm.DB) error {
			s.Session(&gorm.Session{Logger: s.Logger.LogMode(logger.Error)}).First(&note{}, 99)
			return nil
		}, []string{`error="record not found"`}},
		{"LogMode silent", func(s *gorm.DB) error {
			return find(s.Session(&gorm.Session{Logger: s.Logger.LogMode(logger.Silent)}))
		}, nil},
		{"messages", func(s *gorm.DB) error {
			ctx, log := context.Background(), s.Logger.LogMode(logger.Warn)
			log.Info(ctx, "no %d", 1)
			log.Warn(ctx, "yes %d", 2)
			log.Error(ctx, "and %d", 3)
			s.Logger.Error(ctx, "no %d", 4)
			s.Debug().Logger.Info(ctx, "debug %d", 5)
			return nil
		}, []string{`level=WARN msg="yes 2" source=`, `level=ERROR msg="and 3"`, `level=INFO msg="debug 5"`}},
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

// printed is a logger.Writer that keeps what is printed.
type printed struct{ strings.Builder }

// Printf keeps a line.
func (p *printed) Printf(format string, args ...any) { fmt.Fprintf(p, format+"\n", args...) }

// TestASessionTakesAnotherLogger gives sessions GORM's own logger, with and without arguments.
func TestASessionTakesAnotherLogger(t *testing.T) {
	d := openNotes(t, tenancy.Options{})
	for _, test := range []struct {
		name   string
		config logger.Config
		want   string
	}{
		{"with arguments", logger.Config{LogLevel: logger.Info}, "text = 'secret'"},
		{"without arguments", logger.Config{LogLevel: logger.Info, ParameterizedQueries: true}, "text = ?"},
		{"slow statements", logger.Config{LogLevel: logger.Warn, SlowThreshold: time.Nanosecond}, "SLOW SQL"},
		{"none", logger.Config{LogLevel: logger.Silent}, ""},
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
