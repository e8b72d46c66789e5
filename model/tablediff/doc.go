// Package tablediff plans migrations: the SQL statements from the current tables of a database to the
// tables of an application's types.
//
// [Tables] returns the tables of types, as data. [Plan] compares them with the tables of a database, and
// [Files] returns its steps as files of goose, one statement each. [Lint] reports statements of migrations
// that lose data, break programs of the release before, or lock a table.
//
// Plan guarantees that nothing is lost by accident: it drops only objects named in [Options], takes no
// renamed column for a new one, removes no value of an enum that rows may have, and makes no column
// narrower, unique or required unless a default or an option covers existing rows. A statement of an
// accepted change fails, and changes nothing, if a row does not fit: no server rounds, cuts or converts a
// value, see lossSQL. [Enums] records the values of enums, which tables do not have. It compares
// definitions as one server returns them, so the dialects of MariaDB and MySQL make no difference; the text
// of its statements comes from the types. It compares keys and foreign keys by their columns, whatever
// their names. Before it returns, it has executed all statements in a database without rows, and found no
// difference afterwards.
package tablediff
