package tenancy

import "database/sql/driver"

// driverRows has the interfaces of the driver's rows that database/sql and GORM use, except
// RowsNextResultSet: a transaction runs no statement with several result sets.
type driverRows interface {
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypePrecisionScale
	driver.RowsColumnTypeScanType
}

// watchedRows reports its errors to the connection: a locking read can fail at any row, which
// can end the transaction.
type watchedRows struct {
	driverRows
	conn *conn
}

// watchRows returns rows that report errors to the connection while a transaction is open.
func (c *conn) watchRows(rows driver.Rows) driver.Rows {
	if inner, ok := rows.(driverRows); ok && c.open {
		return watchedRows{inner, c}
	}
	return rows
}

// Next reads a row and reports its error.
func (r watchedRows) Next(row []driver.Value) error {
	err := r.driverRows.Next(row)
	r.conn.noteError(err)
	return err
}

// Close reads the remaining rows, which can fail as Next can.
func (r watchedRows) Close() error {
	err := r.driverRows.Close()
	r.conn.noteError(err)
	return err
}
