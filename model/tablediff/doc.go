// Package tablediff plans migrations: the SQL statements that change the tables of a database to those
// that the types of an application need.
//
// [Tables] returns the tables that types need, as data. [Plan] compares them with the tables that the
// migrations produce, and [Files] writes its steps as files of goose, one statement each. [Lint] reports
// statements of migrations that lose data, break programs of the release before, or lock a table.
//
// Plan guarantees that nothing is lost by accident: it drops nothing that [Options] does not name, takes
// no renamed column for a new one, and makes no column narrower or required unless a default or an option
// covers existing rows. It compares definitions as one server returns them, so that the dialects of MariaDB
// and MySQL make no difference; the statements that it writes come from the types. It compares keys and
// foreign keys by their columns, whatever their names. Before it returns, it has executed all statements in
// a database without rows, and found no difference afterwards.
package tablediff
