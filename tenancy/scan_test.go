package tenancy_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"gorm.io/gorm"
)

// TestFailedScanLeavesNoValuesOfAnotherTenant fails in the middle of a row. GORM (1.31.2) scans into
// variables of a pool that all tenants share, and copies them into the model after a failed scan.
func TestFailedScanLeavesNoValuesOfAnotherTenant(t *testing.T) {
	d := newNotes(t)
	for range 20 {
		if err := d.For(d.Globex).Save(&note{ID: 7, Folder: 7, Text: "secret of globex"}).Error; err != nil {
			t.Fatal(err)
		}
		var own []note
		if err := d.For(d.Globex).Find(&own).Error; err != nil {
			t.Fatal(err)
		}
		var notes []note
		err := d.For(d.Acme).Raw("SELECT 'x' AS folder, 1 AS tenant_id, 1 AS id, 'own' AS text").Find(&notes).Error
		if err == nil {
			t.Fatal("a text is a folder")
		}
		if strings.Contains(fmt.Sprintf("%+v", notes), "globex") {
			t.Fatalf("%v, and %+v", err, notes)
		}
	}
}

// TestStatementsRunWhileRowsAreOpen runs statements in a transaction whose rows are not read to the
// end: enough to evict the statement of the rows from the cache.
func TestStatementsRunWhileRowsAreOpen(t *testing.T) {
	d := newNotes(t)
	var rows []note
	for id := range 2000 {
		rows = append(rows, note{ID: id, Text: strings.Repeat("x", 90)})
	}
	if err := d.For(d.Acme).Create(&rows).Error; err != nil {
		t.Fatal(err)
	}
	for _, read := range []int{0, 1, 3, 150, 600} {
		err := d.Tx(d.Acme, func(ctx context.Context) error {
			if err := create(ctx, d, 10000+read); err != nil {
				return err
			}
			open, err := d.For(ctx).Model(&note{}).Where("id >= ?", 0).Rows()
			if err != nil {
				return err
			}
			defer open.Close()
			for range read {
				open.Next()
			}
			for i := range 70 {
				var n int64
				err := d.For(ctx).
					Raw(fmt.Sprintf("SELECT COUNT(*) + %d FROM notes WHERE tenant_id = ? AND id < ?", i), 1, 2000).
					Scan(&n).
					Error
				if err == nil && n != 2000+int64(i) {
					t.Errorf("after %d rows: statement %d finds %d", read, i, n)
				}
			}
			seen := read
			for open.Next() {
				var n note
				if err := open.Scan(&n.TenantID, &n.ID, &n.Folder, &n.Text); err != nil || n.ID < seen-1 || n.TenantID != 1 {
					t.Errorf("after %d rows: %+v, %v", read, n, err)
					break
				}
			}
			return open.Err()
		})
		stored := d.Count(t, "notes", fmt.Sprint("id = ", 10000+read))
		t.Log(read, err, stored)
		if (err == nil) != (stored == 1) {
			t.Errorf("after %d rows: %v, and %d rows are stored", read, err, stored)
		}
		if err := d.For(d.Globex).Find(&[]note{}).Error; err != nil {
			t.Error(err)
		}
	}
}

// TestLongArgumentIsDroppedAfterAFailure runs statements that GORM prepares.
func TestLongArgumentIsDroppedAfterAFailure(t *testing.T) {
	for name, session := range map[string]func(*gorm.DB) *gorm.DB{
		"GORM's prepared statements": func(s *gorm.DB) *gorm.DB { return s.Session(&gorm.Session{PrepareStmt: true}) },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDated(t)
			if err := session(d.For(d.Acme)).Create(&dated{ID: 1, Text: longString(), At: year10000()}).Error; err == nil {
				t.Fatal("the year 10000 is accepted")
			}
			err := session(d.For(d.Globex)).Create(&dated{ID: 2, Text: "own text"}).Error
			var stored dated
			if found := d.For(d.Globex).First(&stored).Error; errors.Join(err, found) != nil || stored.Text != "own text" {
				t.Errorf("%v; %v; globex stored %d bytes: %.60s", err, found, len(stored.Text), stored.Text)
			}
		})
	}
	t.Run("a statement of one's own", func(t *testing.T) {
		d := newDated(t)
		pool, _ := d.For(d.Acme).DB()
		s, err := pool.PrepareContext(d.Acme, "INSERT INTO dateds (tenant_id, id, text, folder, at) VALUES (?, ?, ?, 1, ?)")
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		if _, err := s.ExecContext(d.Acme, 1, 1, longString(), *year10000()); err == nil {
			t.Fatal("the year 10000 is accepted")
		}
		_, err = s.ExecContext(d.Globex, 2, 2, "own text", nil)
		var stored dated
		if found := d.For(d.Globex).First(&stored).Error; errors.Join(err, found) != nil || stored.Text != "own text" {
			t.Errorf("%v; %v; globex stored %d bytes: %.60s", err, found, len(stored.Text), stored.Text)
		}
	})
}
