package tenancy

import (
	"fmt"
	"reflect"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/schema"
)

// orFindShared wraps GORM's create callback. For associations GORM builds `INSERT … ON DUPLICATE
// KEY UPDATE id = id`. A tenant may not write a shared table, so there it becomes a query for
// the rows: an upsert of existing rows changes nothing. Other statements run unchanged.
func (s scope) orFindShared(create func(*gorm.DB)) func(*gorm.DB) {
	return func(db *gorm.DB) {
		onConflict, _ := db.Statement.Clauses["ON CONFLICT"].Expression.(clause.OnConflict)
		table, _ := s.guard.Table(db.Statement.Table)
		tenant, err := tenantOf(db.Statement)
		if db.Error != nil || db.DryRun || !onConflict.DoNothing || !table.Shared || !savesModels(db.Statement) || err != nil || tenant == 0 {
			create(db)
			return
		}
		_ = db.AddError(findShared(db))
	}
}

// savesModels reports whether a statement saves rows of its model, and not maps.
func savesModels(stmt *gorm.Statement) bool {
	t := stmt.ReflectValue.Type()
	for t.Kind() == reflect.Slice || t.Kind() == reflect.Array || t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return stmt.Schema != nil && t == stmt.Schema.ModelType
}

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
		query := db.Session(&gorm.Session{NewDB: true}).Unscoped().Table(stmt.Table)
		if err := query.Where(clause.IN{Column: column, Values: values}).Count(&found).Error; err != nil {
			return err
		}
	}
	if rows > 0 || found != int64(len(keys)) {
		return fmt.Errorf("%w: the table %s lacks a row of this save; it is shared, and only the system scope adds rows", ErrScope, stmt.Table)
	}
	db.RowsAffected = found // as the server counts found rows
	return nil
}
