package tenancy

import (
	"fmt"
	"reflect"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/schema"
)

// savingKey is the key of a save in the settings of a statement. GORM copies settings to the
// statements that save associations.
type savingKey struct{}

// save is a statement that saves rows.
type save struct {
	stmt   *gorm.Statement
	dryRun bool // the caller's setting
}

// beginSave marks a statement that saves rows, and lets no association insert shared rows.
// GORM saves an association by `INSERT … ON DUPLICATE KEY UPDATE id = id`, which changes
// nothing if its rows exist. For a shared table beginSave looks the rows up instead.
func (s scope) beginSave(db *gorm.DB) {
	stmt := db.Statement
	value, _ := stmt.Settings.Load(savingKey{})
	outer, saving := value.(save)
	this := save{stmt, db.DryRun}
	if saving {
		this.dryRun = outer.dryRun
	}
	stmt.Settings.Store(savingKey{}, this)
	onConflict, _ := stmt.Clauses["ON CONFLICT"].Expression.(clause.OnConflict)
	if table, _ := s.guard.Table(stmt.Table); !saving || this.dryRun || !onConflict.DoNothing || !table.Shared {
		return
	}
	if tenant, err := tenantOf(stmt); err != nil || tenant == 0 {
		return
	}
	if err := findShared(db); err != nil {
		_ = db.AddError(err)
	}
	db.DryRun = true // also in the sessions for its own associations
}

// endSave undoes beginSave, for sessions that are used again.
func endSave(db *gorm.DB) { db.Statement.Settings.Delete(savingKey{}) }

// findShared fails unless each row of the statement exists.
func findShared(db *gorm.DB) error {
	stmt := db.Statement
	rows := 1
	if kind := stmt.ReflectValue.Kind(); kind == reflect.Slice || kind == reflect.Array {
		rows = stmt.ReflectValue.Len()
	}
	byKey, keys := schema.GetIdentityFieldValuesMap(stmt.Context, stmt.ReflectValue, stmt.Schema.PrimaryFields)
	for _, same := range byKey {
		rows -= len(same)
	}
	var found int64
	if rows == 0 && len(keys) > 0 {
		column, values := schema.ToQueryValues(clause.CurrentTable, stmt.Schema.PrimaryFieldDBNames, keys)
		query := db.Session(&gorm.Session{NewDB: true})
		query.DryRun = false // which beginSave sets for associations of a shared row
		err := query.Unscoped().Table(stmt.Table).Where(clause.IN{Column: column, Values: values}).Count(&found).Error
		if err != nil {
			return err
		}
	}
	if rows > 0 || found != int64(len(keys)) {
		return fmt.Errorf("%w: an association has a row that the table %s lacks; it is shared, and only the system scope adds rows", ErrScope, stmt.Table)
	}
	return nil
}
