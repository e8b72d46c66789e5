package guard

// Limits for a statement.
const (
	// maxLength limits the length in bytes, and with it the time to parse.
	maxLength = 1 << 20
	// maxDepth limits the nesting of parentheses and prefix operators. People write fewer than ten.
	maxDepth = 100
	// maxTables limits the tables of a query block, as servers do.
	maxTables = 61
	// maxCTETables limits the tables of common table expressions, each counted at each use: MariaDB
	// copies them, and 2^13 tables take 1 GB.
	maxCTETables = 200
	// maxSubqueries limits subqueries in expressions: MariaDB takes 200 kB for each.
	maxSubqueries = 200
	// maxNullifs limits calls of NULLIF: on MariaDB, each level of nesting doubles the time, and
	// the statement can't be killed.
	maxNullifs = 10
	// maxOperators limits arithmetic operators: MariaDB crashes on 450 sums of decimals.
	maxOperators = 200
	// maxStringLength limits the length of strings made by REPEAT and similar functions, in characters.
	maxStringLength = 1000
)
