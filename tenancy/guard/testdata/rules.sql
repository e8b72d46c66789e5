-- One statement for each rule of the guard: the claim, the statement, and the reason if the guard
-- refuses it. limits_test.go has rules for text that a file can't hold. The tables are those of
-- corpus_test.go.

-- ============ lex.go, token.go: text that two lexers could split into different tokens

-- rule: a string without an end
SELECT 'a;
-- refused: line 1, column 8, at "'a": the string does not end

-- rule: a character that starts no token
SELECT 1 ° 2;
-- refused: line 1, column 10, at "° 2": no token begins with this character

-- rule: an end
SELECT 1;;

-- rule: a comment after the end
SELECT 1; /* bye */ -- bye;
-- refused: line 1, column 11, at "/* bye */ -- bye": a comment after the ; that ends the statement: write it before

-- rule: a second statement after the end
SELECT 1; SELECT 2;
-- refused: line 1, column 11, at "SELECT 2": a second statement in one string: run each in its own call

-- rule: a second end
SELECT 1;;;
-- refused: line 1, column 10, at ";": a second ; after the one that ends the statement: leave it out

-- rule: a placeholder with a name
SELECT * FROM items WHERE tenant_id = :v1;
-- refused: line 1, column 39, at ":v1": a placeholder has no name: write ?

-- rule: a list with a name
SELECT * FROM items WHERE tenant_id IN ::list;
-- refused: line 1, column 40, at "::list": a placeholder has no name: write ?

-- rule: a placeholder with a number
SELECT * FROM items WHERE tenant_id = 1 AND id = :1;
-- refused: line 1, column 50, at ":1": a placeholder has no name: write ?

-- rule: an assignment
SELECT @a := 1;
-- refused: line 1, column 8, at "@a := 1": variables outlive the statement: pass an argument, with a ? for it

-- rule: an assignment before any variable
SELECT := 1;
-- refused: line 1, column 8, at ":= 1": variables outlive the statement: pass an argument, with a ? for it

-- rule: a placeholder between separators
-- args: 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19
SELECT (?),?=?<?>?, ?+?-?*?/?%?&?|?^?, ~?, !?, ?	+?
+?;

-- rule: a placeholder behind a word
-- args: 1
SELECT a? FROM items WHERE tenant_id = 1;
-- refused: line 1, column 9, at "? FROM items WHERE tenan…": write a space before ?

-- rule: a placeholder before a word
-- args: 1
SELECT ?a FROM items WHERE tenant_id = 1;
-- refused: line 1, column 8, at "?a FROM items WHERE tena…": write a space after ?

-- rule: a placeholder after a string
-- args: 1
SELECT 'a'?;
-- refused: line 1, column 11, at "?": write a space before ?

-- rule: a placeholder before a string
-- args: 1
SELECT ?'a';
-- refused: line 1, column 8, at "?'a'": write a space after ?

-- rule: a placeholder behind a set
-- args: "a"
SELECT _latin1?;
-- refused: line 1, column 15, at "?": write a space before ?

-- rule: a placeholder before another
-- args: 1, 2
SELECT ??;
-- refused: line 1, column 8, at "??": write a space after ?

-- rule: a placeholder before a comment
-- args: 1
SELECT ?# a;
-- refused: line 1, column 8, at "?# a": write a space after ?

-- rule: a placeholder alone
-- args: 1
?;
-- refused: line 1, column 1, at "?": the parser can't read this

-- rule: a variable
SELECT @a;
-- refused: line 1, column 8, at "@a": variables outlive the statement: pass an argument, with a ? for it

-- rule: a variable in quotes
SELECT @`a`;
-- refused: line 1, column 8, at "@`a`": variables outlive the statement: pass an argument, with a ? for it

-- rule: a variable of the server
SELECT @@version;
-- refused: line 1, column 8, at "@@version": variables outlive the statement: pass an argument, with a ? for it

-- rule: a system variable that the parser does not have
SELECT 1 @@a;
-- refused: line 1, column 10, at "@@a": variables outlive the statement: pass an argument, with a ? for it

-- rule: a national string
SELECT N'a';
-- refused: line 1, column 8, at "N'a'": servers read N'…' differently: write '…'

-- rule: a national string in lower case
SELECT n"a";
-- refused: line 1, column 8, at "n\"a\"": servers read N'…' differently: write '…'

-- rule: bits with 0b
SELECT 0b1;
-- refused: line 1, column 8, at "0b1": servers read 0b… differently: write b'…'

-- rule: bits with b'' and bytes with x''
SELECT b'1', x'4d', X'4D', B'0';

-- rule: bytes with 0X
SELECT 0X4D;
-- refused: line 1, column 8, at "0X4D": servers read 0X4D differently: write 0x and digits

-- rule: bytes without digits
SELECT 0x;
-- refused: line 1, column 8, at "0x": servers read 0x differently: write 0x and digits

-- rule: bytes with 0x
SELECT 0x4d;

-- rule: bytes with 0x that end in a letter, one of them
SELECT 0xf;

-- rule: a number that ends in a point
SELECT 1.;
-- refused: line 1, column 8, at "1.": servers read 1. differently: end it with a digit

-- rule: a number that ends in e
SELECT 1e;
-- refused: line 1, column 8, at "1e": servers read 1e differently: end it with a digit

-- rule: a number that ends in a sign
SELECT 1e+;
-- refused: line 1, column 8, at "1e+": servers read 1e+ differently: end it with a digit

-- rule: numbers
SELECT 1, 1.5, .5, 1e5, 1.5e-5, 09;

-- rule: EXCEPT
SELECT 1 EXCEPT SELECT 2;

-- rule: INTERSECT in small letters
SELECT 1 intersect SELECT 2;

-- rule: MINUS, which Oracle's mode reads
SELECT 1 Minus SELECT 2;
-- refused: line 1, column 10, at "Minus SELECT 2": MINUS is an operator on some servers: quote it if it is a name

-- rule: FULL, an alias on some servers and a join on others
SELECT 1 FROM items full JOIN labels ON 1;
-- refused: line 1, column 21, at "full JOIN labels ON 1": FULL is an operator on some servers: quote it if it is a name

-- rule: their names in quotes
SELECT i.`except`, i.`full` FROM items i WHERE i.tenant_id = 1;

-- rule: a name that begins as a number
SELECT 1a FROM items WHERE tenant_id = 1;
-- refused: line 1, column 8, at "1a FROM items WHERE tena…": the name 1a begins as a number: quote it

-- rule: a name that begins with nine
SELECT 9a FROM items WHERE tenant_id = 1;
-- refused: line 1, column 8, at "9a FROM items WHERE tena…": the name 9a begins as a number: quote it

-- rule: a name that begins with zero
SELECT 0z FROM items WHERE tenant_id = 1;
-- refused: line 1, column 8, at "0z FROM items WHERE tena…": the name 0z begins as a number: quote it

-- rule: such a name in quotes
SELECT i.`1a` FROM items i WHERE i.tenant_id = 1;

-- rule: a name with a dollar
SELECT $a FROM items WHERE tenant_id = 1;
-- refused: line 1, column 8, at "$a FROM items WHERE tena…": the name $a has a $: quote it

-- rule: a name with a dollar in it
SELECT a$b$ FROM items WHERE tenant_id = 1;
-- refused: line 1, column 8, at "a$b$ FROM items WHERE te…": the name a$b$ has a $: quote it

-- rule: a dollar in quotes
SELECT i.`$a$`, '$b$' FROM items i WHERE i.tenant_id = 1;

-- rule: operators of punctuation alone
SELECT i.a && i.b || i.c, i.a -> '$.b', i.a ->> '$.c', i.a <=> i.b, i.a << 1 >> 2 <> 3 != 4 <= 5 >= 6 FROM items i WHERE i.tenant_id = 1;

-- rule: comments that every server skips
SELECT /* a */ 1 /**/ -- b
 # c
 -- d;

-- rule: a comment of one line may contain the start of others
SELECT 1 -- /* a
# /*! b
;

-- rule: a comment that MySQL executes
SELECT 1 /*! + 1 */;
-- refused: line 1, column 10, at "/*! + 1 */": servers execute the comment /*! … */: write a space after /*

-- rule: a comment that a version executes
SELECT 1 /*!50000 + 1 */;
-- refused: line 1, column 10, at "/*!50000 + 1 */": servers execute the comment /*! … */: write a space after /*

-- rule: a comment that MariaDB executes
SELECT 1 /*M! + 1 */;
-- refused: line 1, column 10, at "/*M! + 1 */": servers execute the comment /*M! … */: write a space after /*

-- rule: a hint
SELECT /*+ SET_VAR(sql_mode = '') */ 1;
-- refused: line 1, column 8, at "/*+ SET_VAR(sql_mode = '…": a hint in a comment can set variables: write an index hint, or set a deadline in the context

-- rule: a comment in a comment
SELECT 1 /* a /* b */;
-- refused: line 1, column 10, at "/* a /* b */": comments can't nest

-- rule: a comment that opens where it opened
SELECT 1 /*/* b */;
-- refused: line 1, column 10, at "/*/* b */": comments can't nest

-- rule: a comment of another language
SELECT 1 // 2;
-- refused: line 1, column 10, at "// 2": // does not start a comment in MySQL: write --

-- rule: an open comment
SELECT 1 /* a;
-- refused: line 1, column 10, at "/* a": the comment does not end

-- rule: brackets behind WITH, which make the parser panic
WITH a AS (SELECT 1) (SELECT 2);
-- refused: the parser can't read the statement: simplify it

-- rule: SQL_CACHE, an option of MariaDB and a column of MySQL
SELECT SQL_CACHE 1;
-- refused: line 1, column 8, at "SQL_CACHE 1": SQL_CACHE is an option on some servers: quote it if it is a name

-- rule: CURRENT_ROLE, a function of MariaDB and a column of MySQL
SELECT CURRENT_ROLE;
-- refused: line 1, column 8, at "CURRENT_ROLE": CURRENT_ROLE is a function on some servers: quote it if it is a name

-- rule: a blank before the parenthesis of a function
SELECT MAX (number) FROM items WHERE tenant_id = 1;
-- refused: line 1, column 8, at "MAX (number) FROM items …": after MAX and a blank, servers call a stored function: leave out the blank, or quote it if it is a name

-- rule: a comment before the parenthesis of a function
SELECT 1, Mid/* a */('abc', 2);
-- refused: line 1, column 11, at "Mid/* a */('abc', 2)": after MID and a blank, servers call a stored function: leave out the blank, or quote it if it is a name

-- rule: a line break before the parenthesis of COUNT
SELECT COUNT
(1);
-- refused: line 1, column 8, at "COUNT": after COUNT and a blank, servers call a stored function: leave out the blank, or quote it if it is a name

-- rule: a blank before the parenthesis of a function whose name is always one
SELECT LEFT ('abc', 2), ABS (1), IF (1, 2, 3);

-- rule: the name of a function in quotes
SELECT `left`('abc', 2);
-- refused: the function left in quotes can be a stored function, which can read any table: leave out the quotes

-- rule: the name of a function in quotes, after the same function
SELECT WEEK('2020-01-01') = `Week` ('2020-01-01');
-- refused: the function WEEK in quotes can be a stored function, which can read any table: leave out the quotes

-- rule: a table with the name of a function, in quotes
WITH `format` (n) AS (SELECT 1) SELECT FORMAT(n, 2) FROM `format`;
-- refused: the function FORMAT in quotes can be a stored function, which can read any table: leave out the quotes

-- rule: a common table expression in quotes, with columns
WITH `w` (n) AS (SELECT 1) SELECT FORMAT(n, 2), (n) FROM `w`;

-- rule: adjacent strings at the beginning
'a' 'b';
-- refused: line 1, column 5, at "'b'": adjacent strings: write them as one

-- rule: a ? in a comment before a placeholder
-- args: 1
SELECT /* ? */ ?;
-- refused: line 1, column 11, at "? */ ?": a ? is inside a comment: pass it in an argument

-- rule: a ? in a comment at the end
-- args: 1
SELECT ? -- ?;
-- refused: line 1, column 13, at "?": a ? is inside a comment: pass it in an argument

-- rule: a ? in a string after a placeholder
-- args: 1
SELECT ?, 'a?';
-- refused: line 1, column 13, at "?'": a ? is inside a string: pass it in an argument

-- ============ guard.go: errors of the parser

-- rule: no statement
;
-- refused: the statement is empty

-- rule: a comment alone
-- nothing;
-- refused: ROLLBACK can't be proved: transactions begin and end in Go, by tenancy.DB.Tx

-- rule: half a statement
SELECT * FROM;
-- refused: line 1, column 14, at the end: the statement ends too early

-- rule: a statement that no server reads
SELECT FROM WHERE;
-- refused: line 1, column 8, at "FROM WHERE": the parser can't read this

-- ============ statement.go: kinds of statements

-- rule: a SELECT without tables
SELECT 1;

-- rule: a savepoint
SAVEPOINT a;

-- rule: back to a savepoint
ROLLBACK TO SAVEPOINT a;

-- rule: a savepoint's end
RELEASE SAVEPOINT a;

-- rule: the end of a transaction
COMMIT;
-- refused: COMMIT can't be proved: transactions begin and end in Go, by tenancy.DB.Tx

-- rule: a transaction undone
ROLLBACK;
-- refused: ROLLBACK can't be proved: transactions begin and end in Go, by tenancy.DB.Tx

-- rule: a transaction begun
BEGIN;
-- refused: BEGIN can't be proved: transactions begin and end in Go, by tenancy.DB.Tx

-- rule: a setting
SET sql_mode = '';
-- refused: SET can't be proved: only the system scope can run such a statement (tenancy.System)

-- rule: a setting of names
SET NAMES latin1;
-- refused: SET can't be proved: only the system scope can run such a statement (tenancy.System)

-- rule: a procedure
CALL p();
-- refused: CALL can't be proved: only the system scope can run such a statement (tenancy.System)

-- rule: a statement that is no query
DO SLEEP(1);
-- refused: DO can't be proved: only the system scope can run such a statement (tenancy.System)

-- rule: a table made
CREATE TABLE a (b INT);
-- refused: CREATE can't be proved: only the system scope can run such a statement (tenancy.System)

-- rule: a view made
CREATE VIEW a AS SELECT * FROM items;
-- refused: CREATE can't be proved: only the system scope can run such a statement (tenancy.System)

-- rule: a table dropped
DROP TABLE items;
-- refused: DROP can't be proved: only the system scope can run such a statement (tenancy.System)

-- rule: a table changed
ALTER TABLE items ADD a INT;
-- refused: ALTER can't be proved: only the system scope can run such a statement (tenancy.System)

-- rule: another database
USE mysql;
-- refused: USE can't be proved: only the system scope can run such a statement (tenancy.System)

-- rule: the running statements
SHOW PROCESSLIST;
-- refused: SHOW can't be proved: only the system scope can run such a statement (tenancy.System)

-- rule: a plan
EXPLAIN SELECT * FROM items WHERE tenant_id = 1;
-- refused: EXPLAIN can't be proved: only the system scope can run such a statement (tenancy.System)

-- rule: a file loaded
LOAD DATA INFILE 'a' INTO TABLE items;
-- refused: LOAD can't be proved: only the system scope can run such a statement (tenancy.System)

-- rule: a statement prepared
PREPARE a FROM 'SELECT 1';
-- refused: PREPARE can't be proved: only the system scope can run such a statement (tenancy.System)

-- rule: a statement executed
EXECUTE a;
-- refused: EXECUTE can't be proved: only the system scope can run such a statement (tenancy.System)

-- rule: a handler of rows
HANDLER items OPEN;
-- refused: HANDLER can't be proved: only the system scope can run such a statement (tenancy.System)

-- rule: Vitess' own stream
STREAM * FROM items;
-- refused: STREAM can't be proved: only the system scope can run such a statement (tenancy.System)

-- rule: Vitess' own sequence
SELECT NEXT VALUE FROM items;
-- refused: `next 1 values` can't be proved: the guard does not support this syntax

-- rule: rows of values
VALUES ROW(1, 2);

-- ============ select.go: SELECT and UNION

-- rule: INTO of a SELECT
SELECT * FROM items WHERE tenant_id = 1 INTO OUTFILE 'a';
-- refused: INTO can't be proved: read the rows in Go

-- rule: INTO of a SELECT, a dump
SELECT * INTO DUMPFILE 'a' FROM items WHERE tenant_id = 1;
-- refused: INTO can't be proved: read the rows in Go

-- rule: INTO of a UNION
SELECT 1 UNION SELECT 2 INTO OUTFILE 'a';
-- refused: INTO can't be proved: read the rows in Go

-- rule: INTO of a UNION in brackets
(SELECT 1) UNION (SELECT 2) INTO OUTFILE 'a';
-- refused: INTO can't be proved: read the rows in Go

-- rule: both arms of a UNION
SELECT id FROM items WHERE tenant_id = 1 UNION SELECT id FROM labels WHERE tenant_id = 1;

-- rule: the left arm of a UNION
SELECT id FROM items UNION SELECT id FROM labels WHERE tenant_id = 1;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: the right arm of a UNION
SELECT id FROM items WHERE tenant_id = 1 UNION ALL SELECT id FROM labels;
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- rule: a condition of one arm is none of the other
SELECT tenant_id FROM items UNION SELECT 1 FROM labels WHERE labels.tenant_id = 1;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: ORDER BY of a UNION
SELECT id FROM items WHERE tenant_id = 1 UNION SELECT 1 ORDER BY (SELECT MAX(id) FROM labels);
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- rule: LIMIT of a UNION
SELECT 1 UNION SELECT 2 LIMIT SLEEP(1);
-- refused: the function SLEEP holds a connection that other tenants wait for: wait in Go

-- rule: ORDER BY of a UNION sees its expressions
WITH a AS (SELECT 1 AS n) SELECT 1 UNION SELECT 2 ORDER BY (SELECT n FROM a);

-- rule: WITH of a UNION
WITH a AS (SELECT * FROM items) SELECT 1 UNION SELECT n FROM a;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: both arms see WITH
WITH a AS (SELECT 1 AS n) SELECT n FROM a UNION SELECT n FROM a;

-- rule: a UNION within sees the block around it
SELECT i.id FROM items i WHERE i.tenant_id = 1 AND EXISTS (SELECT 1 FROM labels l WHERE l.tenant_id = 1 AND l.id = i.id UNION SELECT 1 FROM projects p WHERE p.tenant_id = 1 ORDER BY (SELECT MAX(c.id) FROM comments c WHERE c.tenant_id = 1));

-- rule: the list of columns
SELECT (SELECT MAX(id) FROM labels) FROM items WHERE tenant_id = 1;
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- rule: GROUP BY
SELECT 1 FROM items WHERE tenant_id = 1 GROUP BY (SELECT MAX(id) FROM labels);
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- rule: HAVING
SELECT 1 FROM items WHERE tenant_id = 1 HAVING (SELECT MAX(id) FROM labels) > 1;
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- rule: ORDER BY
SELECT 1 FROM items WHERE tenant_id = 1 ORDER BY (SELECT MAX(id) FROM labels);
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- rule: LIMIT
SELECT 1 FROM items WHERE tenant_id = 1 LIMIT SLEEP(1);
-- refused: the function SLEEP holds a connection that other tenants wait for: wait in Go

-- rule: a second named window
SELECT ROW_NUMBER() OVER w FROM items WHERE tenant_id = 1 WINDOW v AS (ORDER BY id), w AS (ORDER BY id);

-- rule: a named window
SELECT ROW_NUMBER() OVER w FROM items WHERE tenant_id = 1 WINDOW w AS (ORDER BY (SELECT MAX(id) FROM labels));
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- rule: a table behind a named window
SELECT ROW_NUMBER() OVER w FROM items WINDOW w AS (ORDER BY id);
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: WHERE
SELECT 1 FROM items WHERE tenant_id = 1 AND (SELECT MAX(id) FROM labels) > 1;
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- rule: WHERE sees the expressions
WITH a AS (SELECT 1 AS n) SELECT (SELECT n FROM a) FROM items WHERE tenant_id = 1 AND number IN (SELECT n FROM a);

-- rule: HAVING binds nothing
SELECT 1 FROM dual HAVING 1 = 1;

-- rule: HAVING with the tenant
SELECT tenant_id FROM items HAVING tenant_id = 1;
-- refused: table items: nothing binds it to the tenant: HAVING does not bind, since it filters groups and not rows; add `items.tenant_id = ?` to WHERE, by AND

-- rule: a table without WHERE
SELECT * FROM items;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: a lock
SELECT * FROM items WHERE tenant_id = 1 FOR UPDATE;

-- rule: an operand of INTERSECT that is an EXCEPT
SELECT 1 INTERSECT (SELECT id FROM items WHERE tenant_id = 1 EXCEPT SELECT 2);

-- rule: EXCEPT of VALUES
VALUES ROW(1) EXCEPT SELECT 2;

-- ============ with.go: common table expressions

-- rule: an unbound table in a common table expression
WITH a AS (SELECT * FROM items) SELECT 1;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: the second of them
WITH a AS (SELECT 1), b AS (SELECT * FROM items) SELECT 1;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: its name in other letters than ASCII
WITH `ä` AS (SELECT 1) SELECT 1;
-- refused: the name "ä" must consist of ASCII letters, digits and _

-- rule: its name spelled in two ways
WITH a AS (SELECT 1), A AS (SELECT 2) SELECT 1;
-- refused: a and A are the same name on some servers: use one spelling

-- rule: its name spelled otherwise where it is read
WITH a AS (SELECT 1) SELECT * FROM A;
-- refused: table A: no model owns it: only the system scope may name it

-- rule: it hides a table
WITH labels AS (SELECT 1) SELECT * FROM labels;
-- refused: the common table expression labels hides a table: give it another name

-- rule: it hides a table on servers that ignore case
WITH Labels AS (SELECT 1) SELECT * FROM Labels;
-- refused: the common table expression Labels hides a table: give it another name

-- rule: it sees itself only if it is recursive
WITH a AS (SELECT * FROM a) SELECT 1;
-- refused: table a: no model owns it: only the system scope may name it

-- rule: it sees itself if it is recursive
WITH RECURSIVE a AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM a WHERE n < 3) SELECT n FROM a;

-- rule: it sees those before it
WITH a AS (SELECT 1 AS n), b AS (SELECT n FROM a) SELECT n FROM b;

-- rule: it sees those before it, if it is recursive too
WITH RECURSIVE a AS (SELECT 1 AS n), b AS (SELECT n FROM a) SELECT a.n FROM a JOIN b ON 1;

-- rule: it does not see those after it
WITH RECURSIVE a AS (SELECT * FROM b), b AS (SELECT 1) SELECT 1;
-- refused: table b: no model owns it: only the system scope may name it

-- rule: it is seen within
WITH a AS (SELECT 1 AS n) SELECT * FROM (SELECT n FROM (SELECT n FROM a) c) d;

-- rule: it is not seen outside
SELECT * FROM (WITH a AS (SELECT 1) SELECT * FROM a) b, a;
-- refused: table a: no model owns it: only the system scope may name it

-- rule: nor after a UNION's arm
(WITH a AS (SELECT 1) SELECT * FROM a) UNION SELECT * FROM a;
-- refused: table a: no model owns it: only the system scope may name it

-- rule: it lends its name to no table of a database
WITH a AS (SELECT 1) SELECT * FROM db.a;
-- refused: db.a: name the table without its database

-- rule: one in a subquery, which crashes MariaDB when it sees the block around it
SELECT (WITH a AS (SELECT c.id FROM comments c WHERE c.tenant_id = i.tenant_id) SELECT MAX(id) FROM a) FROM items i WHERE i.tenant_id = 1;
-- refused: WITH can be proved only at the beginning of a statement: move it there

-- rule: UPDATE in an order, with a subquery
UPDATE items SET number = 1 WHERE tenant_id = 1 AND id IN (SELECT item_id FROM comments WHERE tenant_id = 1) ORDER BY id;

-- rule: DELETE in an order, with a subquery
DELETE FROM items WHERE tenant_id = 1 AND EXISTS (SELECT 1 FROM comments WHERE tenant_id = 1) ORDER BY id;

-- rule: DELETE without an order, with a subquery
DELETE FROM items WHERE tenant_id = 1 AND EXISTS (SELECT 1 FROM comments WHERE tenant_id = 1) LIMIT 3;

-- rule: DELETE in an order
DELETE FROM items WHERE tenant_id = 1 ORDER BY id LIMIT 3;

-- rule: adjacent strings
SELECT 'a' 'b';
-- refused: line 1, column 12, at "'b'": adjacent strings: write them as one

-- rule: separate strings
SELECT 'a', 'b', x'41', 'c';

-- rule: the tenant of a table that ON alone binds
INSERT INTO items (tenant_id) SELECT l.tenant_id FROM labels l JOIN projects p ON l.tenant_id = 1 AND p.tenant_id = 1;

-- rule: the tenant of a table that WHERE demands
INSERT IGNORE INTO items (tenant_id, id) SELECT n.tenant_id, 1 FROM projects p LEFT JOIN items n ON n.id = p.id WHERE p.tenant_id = 1 AND n.tenant_id = 1;

-- rule: one that is read in a block is none of its tables
WITH a AS (SELECT 1 AS tenant_id) SELECT * FROM a JOIN items i ON i.tenant_id = a.tenant_id;
-- refused: table items (i): nothing binds it to the tenant: `i.tenant_id = a.tenant_id` does not bind, since a is not a tenant table; add `i.tenant_id = ?` to WHERE, by AND

-- rule: a second WITH, within
WITH a AS (SELECT 1) SELECT * FROM (WITH b AS (SELECT 1) SELECT * FROM b) c;
-- refused: only one WITH of a statement can be proved: define all common table expressions there

-- rule: a second WITH, beside
SELECT (WITH a AS (SELECT 1) SELECT 1 FROM a), (WITH b AS (SELECT 1) SELECT 1 FROM b);
-- refused: WITH can be proved only at the beginning of a statement: move it there

-- rule: a second WITH, in one of its own
WITH a AS (WITH b AS (SELECT 1) SELECT * FROM b) SELECT * FROM a;
-- refused: only one WITH of a statement can be proved: define all common table expressions there

-- rule: WITH before VALUES, of all tenants
WITH a AS (SELECT id FROM items) VALUES ROW(1);
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- ============ update.go: UPDATE and DELETE

-- rule: an UPDATE
UPDATE items SET name = 'a' WHERE tenant_id = 1;

-- rule: an UPDATE of all
UPDATE items SET name = 'a';
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: its WITH
WITH a AS (SELECT * FROM labels) UPDATE items SET name = 'a' WHERE tenant_id = 1;
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- rule: its WITH is seen
WITH a AS (SELECT 1 AS n) UPDATE items SET number = (SELECT n FROM a) WHERE tenant_id = 1;

-- rule: its tables
UPDATE items JOIN missing ON 1 SET name = 'a' WHERE tenant_id = 1;
-- refused: table missing: no model owns it: only the system scope may name it

-- rule: its values
UPDATE items SET name = (SELECT MAX(name) FROM labels) WHERE tenant_id = 1;
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- rule: its second value
UPDATE items SET name = 'a', number = SLEEP(1) WHERE tenant_id = 1;
-- refused: the function SLEEP holds a connection that other tenants wait for: wait in Go

-- rule: a column in other letters
UPDATE items SET `ä` = 'a' WHERE tenant_id = 1;
-- refused: the name "ä" must consist of ASCII letters, digits and _

-- rule: a column of another database
UPDATE items SET db.items.name = 'a' WHERE tenant_id = 1;
-- refused: db.items: name the table without its database

-- rule: its ORDER BY
UPDATE items SET name = 'a' WHERE tenant_id = 1 ORDER BY (SELECT MAX(id) FROM labels);
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- rule: its LIMIT
UPDATE items SET name = 'a' WHERE tenant_id = 1 LIMIT SLEEP(1);
-- refused: the function SLEEP holds a connection that other tenants wait for: wait in Go

-- rule: it sets the tenant
UPDATE items SET tenant_id = 1 WHERE tenant_id = 1;
-- refused: SET assigns tenant_id, which never changes: leave it out

-- rule: it sets the tenant, in capitals
UPDATE items SET name = 'a', Tenant_ID = 2 WHERE tenant_id = 1;
-- refused: SET assigns tenant_id, which never changes: leave it out

-- rule: it sets the tenant of an alias
UPDATE items i SET i.tenant_id = 2 WHERE i.tenant_id = 1;
-- refused: SET assigns tenant_id, which never changes: leave it out

-- rule: it includes a second table
UPDATE items, labels SET labels.name = 'a' WHERE items.tenant_id = 1;
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- rule: it sets columns of two tables
UPDATE items i, labels l SET name = 'a', l.name = 'b' WHERE i.tenant_id = 1 AND l.tenant_id = 1;

-- rule: it sets a table beside a derived one, by its name
UPDATE items i, (SELECT 1 AS a) d SET i.name = d.a WHERE i.tenant_id = 1;

-- rule: it sets a derived table
UPDATE items i, (SELECT 1 AS a) d SET d.a = 2 WHERE i.tenant_id = 1;
-- refused: SET can't be proved for `d.a`: d is not a tenant table

-- rule: it sets a column that may be of a derived table
UPDATE items i, (SELECT 1 AS a) d SET a = 2 WHERE i.tenant_id = 1;
-- refused: SET can't be proved for `a`: without a table name, the column may not be of a tenant table

-- rule: it sets a table that it does not name
UPDATE items i SET labels.name = 'a' WHERE i.tenant_id = 1;
-- refused: SET can't be proved for `labels.name`: labels is not in FROM, or has another spelling there

-- rule: it sets a common table expression
WITH a AS (SELECT 1 AS n) UPDATE items i JOIN a ON 1 SET a.n = 2 WHERE i.tenant_id = 1;
-- refused: SET can't be proved for `a.n`: a is not a tenant table

-- rule: a DELETE
DELETE FROM items WHERE tenant_id = 1;

-- rule: a DELETE of all
DELETE FROM items;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: a DELETE of a partition
DELETE FROM items PARTITION (p0) WHERE tenant_id = 1;
-- refused: PARTITION can't be proved: leave it out

-- rule: a DELETE's WITH
WITH a AS (SELECT * FROM labels) DELETE FROM items WHERE tenant_id = 1;
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- rule: a DELETE's WITH is seen
WITH a AS (SELECT 1 AS n) DELETE FROM items WHERE tenant_id = 1 AND number IN (SELECT n FROM a);

-- rule: a DELETE's tables
DELETE items FROM items JOIN missing ON 1 WHERE items.tenant_id = 1;
-- refused: table missing: no model owns it: only the system scope may name it

-- rule: a DELETE's ORDER BY
DELETE FROM items WHERE tenant_id = 1 ORDER BY (SELECT MAX(id) FROM labels);
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- rule: a DELETE's LIMIT
DELETE FROM items WHERE tenant_id = 1 LIMIT SLEEP(1);
-- refused: the function SLEEP holds a connection that other tenants wait for: wait in Go

-- rule: a DELETE by its alias
DELETE i FROM items i WHERE i.tenant_id = 1;

-- rule: a DELETE by the name behind an alias
DELETE items FROM items i WHERE i.tenant_id = 1;
-- refused: DELETE can't be proved: items is not in FROM, or has another spelling there

-- rule: a DELETE by an alias in capitals
DELETE I FROM items i WHERE i.tenant_id = 1;
-- refused: DELETE can't be proved: I is not in FROM, or has another spelling there

-- rule: a DELETE from another database
DELETE db.items FROM items WHERE tenant_id = 1;
-- refused: `db.items`: name the table without its database

-- rule: a DELETE from a table that is not in FROM
DELETE items, labels FROM items WHERE tenant_id = 1;
-- refused: DELETE can't be proved: labels is not in FROM, or has another spelling there

-- rule: a DELETE from a derived table
DELETE d FROM items i, (SELECT 1) d WHERE i.tenant_id = 1;
-- refused: DELETE can't be proved: d is not a tenant table

-- rule: a DELETE from a common table expression
WITH a AS (SELECT 1 AS n) DELETE FROM a;
-- refused: DELETE can't be proved: a is not a tenant table

-- rule: a DELETE from a table beside a derived one
DELETE i FROM items i, (SELECT 1) d WHERE i.tenant_id = 1;

-- rule: a DELETE from no table
DELETE FROM dual;

-- ============ insert.go: INSERT

-- rule: an INSERT
INSERT INTO items (tenant_id, id) VALUES (1, 2);

-- rule: an INSERT with the tenant last
INSERT INTO items (id, name, tenant_id) VALUES (2, 'a', 1), (3, 'b', 1);

-- rule: the tenant of one row is another
INSERT INTO items (id, name, tenant_id) VALUES (1, 'a', 1), (1, 'b', 2);
-- refused: table items: tenant_id is compared with 2, which is not the tenant

-- rule: into a partition
INSERT INTO items PARTITION (p0) (tenant_id) VALUES (1);
-- refused: PARTITION can't be proved: leave it out

-- rule: into an unknown table
INSERT INTO users (tenant_id) VALUES (1);
-- refused: table users: no model owns it: only the system scope may name it

-- rule: into another database
INSERT INTO db.items (tenant_id) VALUES (1);
-- refused: db.items: name the table without its database

-- rule: into no table
INSERT INTO dual (tenant_id) VALUES (1);
-- refused: table dual: no model owns it: only the system scope may name it

-- rule: into a table whose keys tenant_id does not lead
INSERT INTO notes (tenant_id) VALUES (1);

-- rule: into it, or not at all
INSERT IGNORE INTO notes (tenant_id) VALUES (1);

-- rule: REPLACE in it
REPLACE INTO notes (tenant_id) VALUES (1);
-- refused: table notes: an upsert could meet another tenant's row: tenant_id must lead each unique key

-- rule: an upsert in it
INSERT INTO notes (tenant_id) VALUES (1) ON DUPLICATE KEY UPDATE a = 1;
-- refused: table notes: an upsert could meet another tenant's row: tenant_id must lead each unique key

-- rule: REPLACE in it, from a query
REPLACE INTO notes (tenant_id) SELECT 1;
-- refused: table notes: an upsert could meet another tenant's row: tenant_id must lead each unique key

-- rule: REPLACE where the tenant leads each key
REPLACE INTO items (tenant_id) VALUES (1);

-- rule: an upsert where the tenant leads each key
INSERT INTO items (tenant_id) VALUES (1) ON DUPLICATE KEY UPDATE name = VALUES(name);

-- rule: an upsert that sets the tenant
INSERT INTO items (tenant_id) VALUES (1) ON DUPLICATE KEY UPDATE TENANT_ID = 2;
-- refused: SET assigns tenant_id, which never changes: leave it out

-- rule: an upsert that sets a column by its table
INSERT INTO items (tenant_id) VALUES (1) ON DUPLICATE KEY UPDATE items.name = 'a';

-- rule: an upsert that sets a column in other letters
INSERT INTO items (tenant_id) VALUES (1) ON DUPLICATE KEY UPDATE `ä` = 'a';
-- refused: the name "ä" must consist of ASCII letters, digits and _

-- rule: an upsert that reads another table
INSERT INTO items (tenant_id) VALUES (1) ON DUPLICATE KEY UPDATE name = (SELECT MAX(name) FROM labels);
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- rule: a column in other letters, in INSERT
INSERT INTO items (tenant_id, `ä`) VALUES (1, 2);
-- refused: the name "ä" must consist of ASCII letters, digits and _

-- rule: the tenant twice
INSERT INTO items (tenant_id, tenant_id) VALUES (1, 1);
-- refused: INSERT names tenant_id twice

-- rule: the tenant twice, once in capitals
INSERT INTO items (tenant_id, TENANT_ID) VALUES (1, 1);
-- refused: INSERT must spell the column tenant_id in lower case

-- rule: the tenant in capitals
INSERT INTO items (TENANT_ID) VALUES (1);
-- refused: INSERT must spell the column tenant_id in lower case

-- rule: columns without the tenant
INSERT INTO items (id) VALUES (1);
-- refused: table items: INSERT must name its columns, tenant_id among them

-- rule: no columns
INSERT INTO items VALUES (1, 2);
-- refused: table items: INSERT must name its columns, tenant_id among them

-- rule: an empty row
INSERT INTO items () VALUES ();
-- refused: table items: INSERT must name its columns, tenant_id among them

-- rule: a row with too few values
INSERT INTO items (id, tenant_id) VALUES (1, 1), (1);
-- refused: a row has fewer values than columns

-- rule: a row whose tenant is an expression
INSERT INTO items (tenant_id) VALUES (1 + 0);
-- refused: table items: the tenant_id of each row must be the tenant, as an argument or an integer

-- rule: a row whose tenant is the default
INSERT INTO items (tenant_id) VALUES (DEFAULT);
-- refused: table items: the tenant_id of each row must be the tenant, as an argument or an integer

-- rule: a row whose tenant is a string
INSERT INTO items (tenant_id) VALUES ('1');
-- refused: table items: the tenant_id of each row must be the tenant, as an argument or an integer

-- rule: a row whose tenant is another
INSERT INTO items (tenant_id) VALUES (2);
-- refused: table items: tenant_id is compared with 2, which is not the tenant

-- rule: a value from another table
INSERT INTO items (tenant_id, name) VALUES (1, (SELECT MAX(name) FROM labels));
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- rule: a value of the second row
INSERT INTO items (tenant_id, name) VALUES (1, 'a'), (1, SLEEP(1));
-- refused: the function SLEEP holds a connection that other tenants wait for: wait in Go

-- rule: SET for columns and values
INSERT INTO items SET id = 2, tenant_id = 1;

-- rule: SET without the tenant
INSERT INTO items SET id = 1;
-- refused: table items: INSERT must name its columns, tenant_id among them

-- rule: rows of ROW
INSERT INTO items (tenant_id) VALUES ROW(1);

-- rule: an INSERT of a query
INSERT INTO items (id, tenant_id) SELECT id, 1 FROM labels WHERE tenant_id = 1;

-- rule: the query's tables
INSERT INTO items (id, tenant_id) SELECT id, 1 FROM labels;
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- rule: the query selects another tenant
INSERT INTO items (id, tenant_id) SELECT 1, 2 FROM labels WHERE tenant_id = 1;
-- refused: table items: tenant_id is compared with 2, which is not the tenant

-- rule: the query selects the tenant in another place
INSERT INTO items (id, tenant_id) SELECT 1, id FROM labels WHERE tenant_id = 1;
-- refused: table items: the query must select the tenant, as an argument or an integer, for the column tenant_id: it selects `id`

-- rule: the query selects a number after the place of the tenant
INSERT INTO items (tenant_id, id) SELECT id, 1 FROM labels WHERE tenant_id = 1;
-- refused: table items: the query must select the tenant, as an argument or an integer, for the column tenant_id: it selects `id`

-- rule: the query selects too little
INSERT INTO items (id, tenant_id) SELECT 1 FROM labels WHERE tenant_id = 1;
-- refused: table items: the query must select the tenant, as an argument or an integer, for the column tenant_id: it selects fewer columns

-- rule: a star before the place of the tenant
INSERT INTO items (id, name, tenant_id) SELECT l.*, 1, 1 FROM labels l WHERE l.tenant_id = 1;
-- refused: table items: the query must select the tenant, as an argument or an integer, for the column tenant_id: it selects *, whose columns are unknown to the guard

-- rule: a star in the place of the tenant
INSERT INTO items (tenant_id, id) SELECT * FROM labels WHERE tenant_id = 1;
-- refused: table items: the query must select the tenant, as an argument or an integer, for the column tenant_id: it selects *, whose columns are unknown to the guard

-- rule: a star after the place of the tenant
INSERT INTO items (tenant_id, id) SELECT 1, l.* FROM labels l WHERE l.tenant_id = 1;

-- rule: the tenant of a table of the query
INSERT INTO items (id, tenant_id) SELECT l.id, l.tenant_id FROM labels l WHERE l.tenant_id = 1;

-- rule: the tenant of its only table
INSERT INTO items (id, tenant_id) SELECT id, tenant_id FROM labels WHERE tenant_id = 1;

-- rule: the tenant of a table that may be NULL
INSERT INTO items (tenant_id) SELECT p.tenant_id FROM labels l LEFT JOIN projects p ON p.tenant_id = l.tenant_id WHERE l.tenant_id = 1;
-- refused: table items: the query must select the tenant, as an argument or an integer, for the column tenant_id: an outer join can make it NULL

-- rule: the tenant of a table that may be NULL, on the left
INSERT INTO items (tenant_id) SELECT p.tenant_id FROM projects p RIGHT JOIN labels l ON p.tenant_id = l.tenant_id WHERE l.tenant_id = 1;
-- refused: table items: the query must select the tenant, as an argument or an integer, for the column tenant_id: an outer join can make it NULL

-- rule: the tenant of a table that may be NULL, by NATURAL JOIN
INSERT INTO items (tenant_id) SELECT p.tenant_id FROM labels l NATURAL LEFT JOIN projects p WHERE l.tenant_id = 1 AND p.tenant_id = 1;
-- refused: table items: the query must select the tenant, as an argument or an integer, for the column tenant_id: an outer join can make it NULL

-- rule: the tenant of a table that may be NULL, on the left of a NATURAL JOIN
INSERT INTO items (tenant_id) SELECT p.tenant_id FROM projects p NATURAL RIGHT JOIN labels l WHERE l.tenant_id = 1 AND p.tenant_id = 1;
-- refused: table items: the query must select the tenant, as an argument or an integer, for the column tenant_id: an outer join can make it NULL

-- rule: the tenant of the side that is there
INSERT INTO items (tenant_id) SELECT l.tenant_id FROM labels l LEFT JOIN projects p ON p.tenant_id = l.tenant_id WHERE l.tenant_id = 1;

-- rule: the tenant of totals
INSERT INTO items (tenant_id) SELECT tenant_id FROM labels WHERE tenant_id = 1 GROUP BY tenant_id WITH ROLLUP;
-- refused: table items: the query must select the tenant, as an argument or an integer, for the column tenant_id: ROLLUP makes it NULL

-- rule: the tenant of groups
INSERT INTO items (tenant_id) SELECT tenant_id FROM labels WHERE tenant_id = 1 GROUP BY tenant_id;

-- rule: the tenant as an argument beside totals
INSERT INTO items (tenant_id, number) SELECT 1, COUNT(*) FROM labels WHERE tenant_id = 1 GROUP BY id WITH ROLLUP;
-- refused: table items: the query must select the tenant, as an argument or an integer, for the column tenant_id: ROLLUP makes it NULL

-- rule: the tenant of a derived table, bound outside
INSERT INTO items (tenant_id) SELECT d.tenant_id FROM (SELECT 2 AS tenant_id) d WHERE d.tenant_id = 1;
-- refused: table items: the query must select the tenant, as an argument or an integer, for the column tenant_id: it selects `d.tenant_id`

-- rule: the tenant of a derived table that is not bound
INSERT INTO items (tenant_id) SELECT d.tenant_id FROM (SELECT 2 AS tenant_id) d;
-- refused: table items: the query must select the tenant, as an argument or an integer, for the column tenant_id: it selects `d.tenant_id`

-- rule: the tenant of an expression in the query
INSERT INTO items (tenant_id) SELECT l.tenant_id + 1 FROM labels l WHERE l.tenant_id = 1;
-- refused: table items: the query must select the tenant, as an argument or an integer, for the column tenant_id: it selects `l.tenant_id + 1`

-- rule: another column with that label
INSERT INTO items (tenant_id) SELECT l.id AS tenant_id FROM labels l WHERE l.tenant_id = 1;
-- refused: table items: the query must select the tenant, as an argument or an integer, for the column tenant_id: it selects `l.id`

-- rule: both arms of a UNION, inserted
INSERT INTO items (id, tenant_id) SELECT 2, 1 UNION SELECT l.id, l.tenant_id FROM labels l WHERE l.tenant_id = 1;

-- rule: the left arm of a UNION, inserted
INSERT INTO items (tenant_id) SELECT 1 + 1 UNION SELECT 1;
-- refused: table items: the query must select the tenant, as an argument or an integer, for the column tenant_id: it selects `1 + 1`

-- rule: the right arm of a UNION, inserted
INSERT INTO items (tenant_id) SELECT 1 UNION (SELECT 1 UNION SELECT 1 + 1);
-- refused: table items: the query must select the tenant, as an argument or an integer, for the column tenant_id: it selects `1 + 1`

-- rule: an INSERT of a query with WITH
INSERT INTO items (tenant_id, number) WITH a AS (SELECT 1 AS n) SELECT 1, n FROM a;

-- rule: an INSERT of a query with WITH, which is not bound
INSERT INTO items (tenant_id, id) WITH a AS (SELECT id FROM labels) SELECT 1, id FROM a;
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- ============ from.go, name.go: the tables of a query block

-- rule: a table under its name
SELECT * FROM items WHERE items.tenant_id = 1;

-- rule: a table under an alias
SELECT * FROM items i WHERE i.tenant_id = 1;

-- rule: a table under its name behind an alias
SELECT * FROM items i WHERE items.tenant_id = 1;
-- refused: table items (i): nothing binds it to the tenant: add `i.tenant_id = ?` to WHERE, by AND

-- rule: an unknown table
SELECT * FROM users WHERE tenant_id = 1;
-- refused: table users: no model owns it: only the system scope may name it

-- rule: a table of the server
SELECT * FROM information_schema.tables WHERE tenant_id = 1;
-- refused: information_schema.tables: name the table without its database

-- rule: a table in other letters
SELECT * FROM `itéms` WHERE tenant_id = 1;
-- refused: table itéms: no model owns it: only the system scope may name it

-- rule: a table in capitals
SELECT * FROM Items WHERE tenant_id = 1;
-- refused: table Items: no model owns it: only the system scope may name it

-- rule: a database before the table
SELECT * FROM db.items WHERE tenant_id = 1;
-- refused: db.items: name the table without its database

-- rule: a database before one's own expression
WITH a AS (SELECT 1) SELECT * FROM mysql.a;
-- refused: mysql.a: name the table without its database

-- rule: a partition
SELECT * FROM items PARTITION (p0) WHERE tenant_id = 1;
-- refused: PARTITION can't be proved: leave it out

-- rule: no table
SELECT 1 FROM dual;

-- rule: no table, in capitals
SELECT 1 FROM DUAL;

-- rule: no table under an alias
SELECT * FROM dual d;
-- refused: table dual: no model owns it: only the system scope may name it

-- rule: no table of a database
SELECT * FROM db.dual;
-- refused: db.dual: name the table without its database

-- rule: no table beside one that is not bound
SELECT * FROM dual, items;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: an expression called like no table
WITH dual AS (SELECT 1) SELECT * FROM dual;
-- refused: dual can't be the name of a table: give it another name

-- rule: a derived table called like no table
SELECT * FROM (SELECT 1) `Dual`;
-- refused: Dual can't be the name of a table: give it another name

-- rule: a table called like no table
SELECT * FROM items AS `dual`;
-- refused: dual can't be the name of a table: give it another name

-- rule: a table called like no table, in capitals
SELECT * FROM items AS `DUAL` WHERE `DUAL`.tenant_id = 1;
-- refused: DUAL can't be the name of a table: give it another name

-- rule: a table called like no table, in a DELETE
DELETE FROM items AS `dual`;
-- refused: dual can't be the name of a table: give it another name

-- rule: a table called like no table, in an UPDATE
UPDATE items AS `dual` SET name = 'a';
-- refused: dual can't be the name of a table: give it another name

-- rule: two tables under one name
SELECT * FROM items a JOIN labels a ON a.tenant_id = 1 WHERE a.tenant_id = 1;
-- refused: two tables of a query block have the name a: give one another alias

-- rule: two tables under one name but for its case
SELECT * FROM items a, labels A WHERE a.tenant_id = 1 AND A.tenant_id = 1;
-- refused: two tables of a query block have the name A: give one another alias

-- rule: one table twice
SELECT * FROM items, items WHERE items.tenant_id = 1;
-- refused: two tables of a query block have the name items: give one another alias

-- rule: an alias in other letters
SELECT * FROM items `ä` WHERE `ä`.tenant_id = 1;
-- refused: the name "ä" must consist of ASCII letters, digits and _

-- rule: an alias with another spelling in the same statement
SELECT * FROM items a WHERE a.tenant_id = 1 AND EXISTS (SELECT 1 FROM labels A WHERE A.tenant_id = 1);
-- refused: a and A are the same name on some servers: use one spelling

-- rule: an alias that is the name of a table in another case
SELECT * FROM items i WHERE i.tenant_id = 1 AND EXISTS (SELECT 1 FROM labels Items WHERE Items.tenant_id = 1);
-- refused: items and Items are the same name on some servers: use one spelling

-- rule: an alias of capitals
SELECT * FROM items A1_ WHERE A1_.tenant_id = 1;

-- rule: one alias in two blocks
SELECT * FROM items a WHERE a.tenant_id = 1 AND EXISTS (SELECT 1 FROM labels a WHERE a.tenant_id = 1);

-- rule: tables in brackets
SELECT * FROM (items i, labels l) WHERE i.tenant_id = 1 AND l.tenant_id = 1;

-- rule: an unknown table in parentheses
SELECT * FROM (items i, users u) WHERE i.tenant_id = 1;
-- refused: table users: no model owns it: only the system scope may name it

-- rule: the second table in brackets
SELECT * FROM (items i, labels l) WHERE i.tenant_id = 1;
-- refused: table labels (l): nothing binds it to the tenant: add `l.tenant_id = ?` to WHERE, by AND

-- rule: the second of the tables
SELECT * FROM items i, labels l WHERE i.tenant_id = 1;
-- refused: table labels (l): nothing binds it to the tenant: add `l.tenant_id = ?` to WHERE, by AND

-- rule: a derived table
SELECT * FROM (SELECT * FROM items) d;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: a derived table bound outside
SELECT * FROM (SELECT * FROM items) d WHERE d.tenant_id = 1;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: a table by a derived one that is bound
SELECT * FROM items i JOIN (SELECT 2 AS tenant_id) d ON i.tenant_id = d.tenant_id WHERE d.tenant_id = 1;
-- refused: table items (i): nothing binds it to the tenant: `i.tenant_id = d.tenant_id` does not bind, since d is not a tenant table; add `i.tenant_id = ?` to WHERE, by AND

-- rule: a LATERAL table that a later table binds
SELECT * FROM items i, LATERAL (SELECT * FROM labels l WHERE l.tenant_id = 1 AND l.id = p.id) d, projects p WHERE i.tenant_id = 1 AND p.tenant_id = 1;

-- rule: JSON_TABLE without a name
SELECT * FROM JSON_TABLE('[]', '$[*]' COLUMNS (a INT PATH '$'));
-- refused: the name "" must consist of ASCII letters, digits and _

-- rule: JSON_TABLE of a later table
SELECT * FROM JSON_TABLE(i.a, '$[*]' COLUMNS (a INT PATH '$')) j, items i WHERE i.tenant_id = 1;

-- rule: JSON_TABLE of an unbound table
SELECT * FROM JSON_TABLE((SELECT MAX(a) FROM items), '$[*]' COLUMNS (a INT PATH '$')) j;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: JSON_TABLE's tenant binds none
SELECT * FROM JSON_TABLE('[]', '$[*]' COLUMNS (tenant_id INT PATH '$')) j JOIN items i ON i.tenant_id = j.tenant_id;
-- refused: table items (i): nothing binds it to the tenant: `i.tenant_id = j.tenant_id` does not bind, since j is not a tenant table; add `i.tenant_id = ?` to WHERE, by AND

-- rule: an index
SELECT * FROM items USE INDEX (a, PRIMARY) FORCE KEY (b) WHERE tenant_id = 1;

-- rule: an index that is not to be used
SELECT * FROM items IGNORE INDEX (a) WHERE tenant_id = 1;
-- refused: IGNORE INDEX can leave a table without an index that tenant_id leads: write USE INDEX with those to use

-- rule: no index
SELECT * FROM items USE INDEX () WHERE tenant_id = 1;
-- refused: USE INDEX () leaves a table without an index that tenant_id leads: name those to use

-- rule: an index for joins
SELECT * FROM items USE INDEX FOR JOIN (a) WHERE tenant_id = 1;

-- rule: an index for orders, forced
SELECT * FROM items FORCE INDEX FOR ORDER BY (a) WHERE tenant_id = 1;

-- rule: a second hint
SELECT * FROM items USE INDEX (a) IGNORE INDEX (b) WHERE tenant_id = 1;
-- refused: IGNORE INDEX can leave a table without an index that tenant_id leads: write USE INDEX with those to use

-- rule: Vitess' own hint
SELECT * FROM items USE VINDEX (a) WHERE tenant_id = 1;
-- refused: USE VINDEX can leave a table without an index that tenant_id leads: write USE INDEX with those to use

-- rule: an index with a name in another case
SELECT * FROM items USE INDEX (`ä`) WHERE tenant_id = 1;

-- rule: USE INDEX of no index for an order
SELECT 1 FROM items USE INDEX FOR ORDER BY () WHERE tenant_id = 1;
-- refused: USE INDEX () leaves a table without an index that tenant_id leads: name those to use

-- rule: a shared table twice
SELECT 1 FROM countries c, countries c;
-- refused: two tables of a query block have the name c: give one another alias

-- ============ join.go: the tables that an ON binds

-- rule: ON of an inner join binds both
SELECT * FROM items i JOIN labels l ON i.tenant_id = 1 AND l.tenant_id = 1;

-- rule: ON of a straight join binds both
SELECT * FROM items i STRAIGHT_JOIN labels l ON i.tenant_id = 1 AND l.tenant_id = i.tenant_id;

-- rule: ON of a LEFT JOIN binds the right
SELECT * FROM items i LEFT JOIN labels l ON l.tenant_id = 1 WHERE i.tenant_id = 1;

-- rule: ON of a LEFT JOIN does not bind the left
SELECT * FROM items i LEFT JOIN labels l ON l.tenant_id = 1 AND i.tenant_id = 1;
-- refused: table items (i): nothing binds it to the tenant: `i.tenant_id = 1` does not bind, since the ON of an outer join filters only rows of its other side; add `i.tenant_id = ?` to WHERE, by AND

-- rule: nor by the right
SELECT * FROM items i LEFT JOIN labels l ON l.tenant_id = i.tenant_id AND l.tenant_id = 1;
-- refused: table items (i): nothing binds it to the tenant: `l.tenant_id = i.tenant_id` does not bind, since the ON of an outer join filters only rows of its other side; add `i.tenant_id = ?` to WHERE, by AND

-- rule: ON of a RIGHT JOIN binds the left
SELECT * FROM items i RIGHT JOIN labels l ON i.tenant_id = 1 WHERE l.tenant_id = 1;

-- rule: ON of a RIGHT JOIN does not bind the right
SELECT * FROM items i RIGHT JOIN labels l ON i.tenant_id = 1 AND l.tenant_id = 1;
-- refused: table labels (l): nothing binds it to the tenant: `l.tenant_id = 1` does not bind, since the ON of an outer join filters only rows of its other side; add `l.tenant_id = ?` to WHERE, by AND

-- rule: the right binds the left if WHERE needs the right
SELECT * FROM items i LEFT JOIN labels l ON l.tenant_id = i.tenant_id WHERE l.tenant_id = 1;

-- rule: the left binds the right if WHERE needs the left
SELECT * FROM items i RIGHT JOIN labels l ON l.tenant_id = i.tenant_id WHERE i.tenant_id = 1;

-- rule: WHERE needs the right, beside a join without a condition
SELECT * FROM items i LEFT JOIN labels l ON l.tenant_id = i.tenant_id JOIN (SELECT 1) d WHERE l.tenant_id = 1;
-- refused: table items (i): nothing binds it to the tenant: `l.tenant_id = i.tenant_id` does not bind, since the ON of an outer join filters only rows of its other side; add `i.tenant_id = ?` to WHERE, by AND

-- rule: ON binds the right, beside a join without a condition
SELECT * FROM items i LEFT JOIN labels l ON l.tenant_id = i.tenant_id JOIN (SELECT 1) d WHERE i.tenant_id = 1;

-- rule: WHERE needs both sides of its own equality
SELECT * FROM items i LEFT JOIN labels l ON i.tenant_id = 1 WHERE l.tenant_id = i.tenant_id;

-- rule: WHERE needs a derived table, turned
SELECT * FROM items i LEFT JOIN (SELECT 1 AS tenant_id) d ON i.tenant_id = 1 WHERE d.tenant_id = i.tenant_id;
-- refused: table items (i): nothing binds it to the tenant: `d.tenant_id = i.tenant_id` does not bind, since d is not a tenant table; add `i.tenant_id = ?` to WHERE, by AND

-- rule: WHERE needs a derived table, which proves nothing
SELECT * FROM items i LEFT JOIN (SELECT 1 AS tenant_id) d ON i.tenant_id = 1 WHERE i.tenant_id = d.tenant_id;
-- refused: table items (i): nothing binds it to the tenant: `i.tenant_id = d.tenant_id` does not bind, since d is not a tenant table; add `i.tenant_id = ?` to WHERE, by AND

-- rule: WHERE needs the left only
SELECT * FROM items i LEFT JOIN labels l ON i.tenant_id = 1 AND l.tenant_id = 1 LEFT JOIN projects p ON p.tenant_id = 1 WHERE p.tenant_id = 1;
-- refused: table items (i): nothing binds it to the tenant: `i.tenant_id = 1` does not bind, since the ON of an outer join filters only rows of its other side; add `i.tenant_id = ?` to WHERE, by AND

-- rule: an ON within does not need the right
SELECT * FROM items i LEFT JOIN (labels l JOIN projects p ON p.tenant_id = l.tenant_id AND l.tenant_id = 1) ON i.tenant_id = l.tenant_id;
-- refused: table items (i): nothing binds it to the tenant: `i.tenant_id = l.tenant_id` does not bind, since the ON of an outer join filters only rows of its other side; add `i.tenant_id = ?` to WHERE, by AND

-- rule: ON of an inner join within the optional side
SELECT * FROM items i LEFT JOIN (labels l JOIN projects p ON p.tenant_id = l.tenant_id) ON l.tenant_id = i.tenant_id WHERE i.tenant_id = 1;

-- rule: a join on the right without brackets
SELECT * FROM items i LEFT JOIN labels l JOIN projects p ON p.tenant_id = 1 ON l.tenant_id = 1 WHERE i.tenant_id = 1;
-- refused: put a join on the right of a join into parentheses

-- rule: the left of a join
SELECT * FROM users u JOIN items i ON i.tenant_id = 1;
-- refused: table users: no model owns it: only the system scope may name it

-- rule: the right of a join
SELECT * FROM items i JOIN users u ON i.tenant_id = 1;
-- refused: table users: no model owns it: only the system scope may name it

-- rule: a join without a condition
SELECT * FROM items i JOIN labels l WHERE i.tenant_id = 1 AND l.tenant_id = 1;

-- rule: a natural join
SELECT * FROM items i NATURAL JOIN labels l WHERE i.tenant_id = 1 AND l.tenant_id = 1;

-- rule: a natural outer join
SELECT * FROM items i NATURAL LEFT JOIN labels l WHERE i.tenant_id = 1 AND l.tenant_id = 1;

-- rule: a natural join binds none
SELECT * FROM items i NATURAL JOIN labels l WHERE i.tenant_id = 1;
-- refused: table labels (l): nothing binds it to the tenant: add `l.tenant_id = ?` to WHERE, by AND

-- rule: ON has an unbound subquery
SELECT * FROM items i JOIN labels l ON l.tenant_id = 1 AND EXISTS (SELECT 1 FROM projects) WHERE i.tenant_id = 1;
-- refused: table projects: nothing binds it to the tenant: add `projects.tenant_id = ?` to WHERE, by AND

-- rule: ON names a table of another join
SELECT * FROM items i JOIN labels l ON l.tenant_id = p.tenant_id JOIN projects p ON p.tenant_id = 1 WHERE i.tenant_id = 1;
-- refused: table labels (l): nothing binds it to the tenant: `l.tenant_id = p.tenant_id` does not bind, since its tables are not both operands of this join; add `l.tenant_id = ?` to WHERE, by AND

-- rule: ON has no bare column
SELECT * FROM items i JOIN (SELECT 1) d ON tenant_id = 1;
-- refused: table items (i): nothing binds it to the tenant: `tenant_id` does not bind, since it has no table name, and several tables have the column; add `i.tenant_id = ?` to WHERE, by AND

-- rule: ON of regular joins names its operands before those around
SELECT 1 FROM items i WHERE i.tenant_id = 1 AND EXISTS (SELECT 1 FROM comments c JOIN items i ON i.tenant_id = c.tenant_id LEFT JOIN labels l ON l.tenant_id = i.tenant_id WHERE c.tenant_id = 1);

-- rule: ON beside a join without a condition may name one around
SELECT 1 FROM items i WHERE i.tenant_id = 1 AND EXISTS (SELECT 1 FROM comments c JOIN items i LEFT JOIN labels l ON l.tenant_id = i.tenant_id WHERE c.tenant_id = 1 AND i.tenant_id = 1);
-- refused: table labels (l): nothing binds it to the tenant: `l.tenant_id = i.tenant_id` does not bind, since i is also a name in the outer query; add `l.tenant_id = ?` to the ON of its outer join, by AND; in WHERE it would drop the rows without a match

-- rule: ON beside a natural join may name one around
SELECT 1 FROM items i WHERE i.tenant_id = 1 AND EXISTS (SELECT 1 FROM comments c NATURAL JOIN items i LEFT JOIN labels l ON l.tenant_id = i.tenant_id WHERE c.tenant_id = 1 AND i.tenant_id = 1);
-- refused: table labels (l): nothing binds it to the tenant: `l.tenant_id = i.tenant_id` does not bind, since i is also a name in the outer query; add `l.tenant_id = ?` to the ON of its outer join, by AND; in WHERE it would drop the rows without a match

-- rule: ON of a RIGHT JOIN names its operands
SELECT 1 FROM items i WHERE i.tenant_id = 1 AND EXISTS (SELECT 1 FROM labels l RIGHT JOIN items i ON l.tenant_id = i.tenant_id WHERE i.tenant_id = 1);

-- rule: next to a join without a condition, ON binds a table whose alias is unique
SELECT 1 FROM items i WHERE i.tenant_id = 1 AND EXISTS (SELECT 1 FROM comments c JOIN projects p LEFT JOIN labels l ON l.tenant_id = p.tenant_id WHERE c.tenant_id = 1 AND p.tenant_id = 1);

-- rule: ON of a RIGHT JOIN in the outermost block
SELECT 1 FROM items i RIGHT JOIN labels l ON l.tenant_id = i.tenant_id WHERE l.tenant_id = 1 AND i.tenant_id = 1;

-- rule: USING with the tenant
SELECT * FROM items i JOIN labels l USING (id, tenant_id) WHERE i.tenant_id = 1;

-- rule: USING with the tenant binds the optional side
SELECT * FROM items i LEFT JOIN labels l USING (tenant_id) WHERE i.tenant_id = 1;

-- rule: USING with the tenant does not bind the left
SELECT * FROM items i LEFT JOIN labels l USING (tenant_id) JOIN (SELECT 1) d ON l.tenant_id = 1;
-- refused: table items (i): nothing binds it to the tenant: add `i.tenant_id = ?` to WHERE, by AND

-- rule: USING with the tenant, from the first of several
SELECT * FROM items i JOIN labels l USING (tenant_id) JOIN projects p USING (tenant_id) WHERE i.tenant_id = 1;

-- rule: USING with other columns
SELECT * FROM items i JOIN labels l USING (id) WHERE i.tenant_id = 1;
-- refused: table labels (l): nothing binds it to the tenant: add `l.tenant_id = ?` to WHERE, by AND

-- rule: USING in capitals
SELECT * FROM items i JOIN labels l USING (TENANT_ID) WHERE i.tenant_id = 1;
-- refused: table labels (l): nothing binds it to the tenant: add `l.tenant_id = ?` to WHERE, by AND

-- rule: USING with another column in other letters
SELECT * FROM items i JOIN labels l USING (`ä`, tenant_id) WHERE i.tenant_id = 1;

-- rule: USING with several tables on the right
SELECT * FROM items i JOIN (labels l JOIN projects p ON p.tenant_id = l.tenant_id) USING (tenant_id) WHERE i.tenant_id = 1;
-- refused: table labels (l): nothing binds it to the tenant: `p.tenant_id = l.tenant_id` does not bind, since nothing binds p; add `l.tenant_id = ?` to WHERE, by AND

-- rule: USING with nothing on the left
SELECT * FROM dual JOIN items i USING (tenant_id);
-- refused: table items (i): nothing binds it to the tenant: add `i.tenant_id = ?` to WHERE, by AND

-- rule: USING with nothing on the right
SELECT * FROM items i JOIN dual USING (tenant_id);
-- refused: table items (i): nothing binds it to the tenant: add `i.tenant_id = ?` to WHERE, by AND

-- rule: USING beside a join without a condition
SELECT * FROM items i JOIN labels l JOIN projects p USING (tenant_id) WHERE i.tenant_id = 1 AND l.tenant_id = 1;
-- refused: table projects (p): nothing binds it to the tenant: add `p.tenant_id = ?` to WHERE, by AND

-- rule: USING beside a RIGHT JOIN
SELECT * FROM items i RIGHT JOIN labels l USING (tenant_id) WHERE i.tenant_id = 1;
-- refused: table labels (l): nothing binds it to the tenant: add `l.tenant_id = ?` to WHERE, by AND

-- rule: USING behind a RIGHT JOIN
SELECT * FROM items i RIGHT JOIN labels l ON l.tenant_id = i.tenant_id JOIN projects p USING (tenant_id) WHERE i.tenant_id = 1 AND l.tenant_id = 1;
-- refused: table projects (p): nothing binds it to the tenant: add `p.tenant_id = ?` to WHERE, by AND

-- rule: a name of the query around VALUES, in a join that servers may group in another way
SELECT 1 FROM projects i WHERE i.tenant_id = 1 AND i.id IN (VALUES ROW((SELECT 1 FROM labels l JOIN items i JOIN comments c ON i.tenant_id = 1 WHERE l.tenant_id = 1 AND c.tenant_id = 1)));
-- refused: table items (i): nothing binds it to the tenant: `i.tenant_id = 1` does not bind, since i is also a name in the outer query; add `i.tenant_id = ?` to WHERE, by AND

-- ============ bind.go: equalities, and the tables that they bind

-- rule: the tenant on the right
SELECT * FROM items WHERE 1 = tenant_id;

-- rule: both in AND, from the left
SELECT * FROM items i, labels l WHERE i.tenant_id = 1 AND l.tenant_id = 1 AND 1;

-- rule: AND in brackets
SELECT * FROM items i, labels l WHERE (i.a = 1 AND (i.tenant_id = 1 AND (l.tenant_id = 1)));

-- rule: OR
SELECT * FROM items WHERE tenant_id = 1 OR tenant_id = 1;
-- refused: table items: nothing binds it to the tenant: `tenant_id = 1 or tenant_id = 1` does not bind, since a row can meet the other side of OR; add `items.tenant_id = ?` to WHERE, by AND

-- rule: XOR
SELECT * FROM items WHERE tenant_id = 1 XOR 0;
-- refused: table items: nothing binds it to the tenant: `tenant_id = 1 xor 0` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND

-- rule: NOT
SELECT * FROM items WHERE NOT tenant_id = 1;
-- refused: table items: nothing binds it to the tenant: `not tenant_id = 1` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND

-- rule: NOT, with a bang
SELECT * FROM items WHERE !(tenant_id = 1);
-- refused: table items: nothing binds it to the tenant: `!(tenant_id = 1)` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND

-- rule: IS TRUE
SELECT * FROM items WHERE (tenant_id = 1) IS TRUE;
-- refused: table items: nothing binds it to the tenant: `tenant_id = 1 is true` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND

-- rule: an equality of an equality
SELECT * FROM items WHERE (tenant_id = 1) = 0;
-- refused: table items: nothing binds it to the tenant: `tenant_id = 1 = 0` does not bind, since it compares an expression and not the column; add `items.tenant_id = ?` to WHERE, by AND

-- rule: unequal
SELECT * FROM items WHERE tenant_id <> 1;
-- refused: table items: nothing binds it to the tenant: `tenant_id != 1` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND

-- rule: less
SELECT * FROM items WHERE tenant_id < 1;
-- refused: table items: nothing binds it to the tenant: `tenant_id < 1` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND

-- rule: greater
SELECT * FROM items WHERE tenant_id >= 1;
-- refused: table items: nothing binds it to the tenant: `tenant_id >= 1` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND

-- rule: a literal compared with another column
SELECT * FROM items WHERE tenant_id = 1 AND 5 = number;

-- rule: the NULL-safe equality <=>
SELECT * FROM items WHERE tenant_id <=> 1;
-- refused: table items: nothing binds it to the tenant: `tenant_id <=> 1` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND

-- rule: LIKE
SELECT * FROM items WHERE tenant_id LIKE 1;
-- refused: table items: nothing binds it to the tenant: `tenant_id like 1` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND

-- rule: BETWEEN
SELECT * FROM items WHERE tenant_id BETWEEN 1 AND 1;
-- refused: table items: nothing binds it to the tenant: `tenant_id between 1 and 1` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND

-- rule: ANY
SELECT * FROM items WHERE tenant_id = ANY (SELECT 1);
-- refused: table items: nothing binds it to the tenant: `tenant_id = any (select 1 from dual)` does not bind, since it compares with neither a ? nor an integer; add `items.tenant_id = ?` to WHERE, by AND

-- rule: ALL
SELECT * FROM items WHERE tenant_id = ALL (SELECT 1);
-- refused: table items: nothing binds it to the tenant: `tenant_id = all (select 1 from dual)` does not bind, since it compares with neither a ? nor an integer; add `items.tenant_id = ?` to WHERE, by AND

-- rule: a subquery
SELECT * FROM items WHERE tenant_id = (SELECT 1);
-- refused: table items: nothing binds it to the tenant: `tenant_id = (select 1 from dual)` does not bind, since it compares with neither a ? nor an integer; add `items.tenant_id = ?` to WHERE, by AND

-- rule: CASE
SELECT * FROM items WHERE CASE WHEN tenant_id = 1 THEN 1 END;
-- refused: table items: nothing binds it to the tenant: `case when tenant_id = 1 then 1 end` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND

-- rule: another column
SELECT * FROM items WHERE id = 1;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: the tenant in capitals, in WHERE
SELECT * FROM items WHERE TENANT_ID = 1;
-- refused: table items: nothing binds it to the tenant: `TENANT_ID` does not bind, since the column is spelled tenant_id; add `items.tenant_id = ?` to WHERE, by AND

-- rule: the tenant of another database
SELECT * FROM items WHERE db.items.tenant_id = 1;
-- refused: db.items: name the table without its database

-- rule: the tenant in an expression
SELECT * FROM items WHERE tenant_id + 0 = 1;
-- refused: table items: nothing binds it to the tenant: `tenant_id + 0 = 1` does not bind, since it compares an expression and not the column; add `items.tenant_id = ?` to WHERE, by AND

-- rule: a string
SELECT * FROM items WHERE tenant_id = '1';
-- refused: table items: nothing binds it to the tenant: `tenant_id = '1'` does not bind, since it compares with neither a ? nor an integer; add `items.tenant_id = ?` to WHERE, by AND

-- rule: bytes
SELECT * FROM items WHERE tenant_id = x'31';
-- refused: table items: nothing binds it to the tenant: `tenant_id = X'31'` does not bind, since it compares with neither a ? nor an integer; add `items.tenant_id = ?` to WHERE, by AND

-- rule: bytes as a number
SELECT * FROM items WHERE tenant_id = 0x1;
-- refused: table items: nothing binds it to the tenant: `tenant_id = 0x1` does not bind, since it compares with neither a ? nor an integer; add `items.tenant_id = ?` to WHERE, by AND

-- rule: a decimal
SELECT * FROM items WHERE tenant_id = 1.0;
-- refused: table items: nothing binds it to the tenant: `tenant_id = 1.0` does not bind, since it compares with neither a ? nor an integer; add `items.tenant_id = ?` to WHERE, by AND

-- rule: a float
SELECT * FROM items WHERE tenant_id = 1e0;
-- refused: table items: nothing binds it to the tenant: `tenant_id = 1e0` does not bind, since it compares with neither a ? nor an integer; add `items.tenant_id = ?` to WHERE, by AND

-- rule: a leading zero
SELECT * FROM items WHERE tenant_id = 01;
-- refused: table items: nothing binds it to the tenant: `tenant_id = 01` does not bind, since it compares with neither a ? nor an integer; add `items.tenant_id = ?` to WHERE, by AND

-- rule: zero
SELECT * FROM items WHERE tenant_id = 0;
-- refused: table items: nothing binds it to the tenant: `tenant_id = 0` does not bind, since it compares with neither a ? nor an integer; add `items.tenant_id = ?` to WHERE, by AND

-- rule: a negative number
SELECT * FROM items WHERE tenant_id = -1;
-- refused: table items: nothing binds it to the tenant: `tenant_id = -1` does not bind, since it compares with neither a ? nor an integer; add `items.tenant_id = ?` to WHERE, by AND

-- rule: a number beyond the column's
SELECT * FROM items WHERE tenant_id = 4294967297;
-- refused: table items: nothing binds it to the tenant: `tenant_id = 4294967297` does not bind, since it compares with neither a ? nor an integer; add `items.tenant_id = ?` to WHERE, by AND

-- rule: the column's greatest number
SELECT * FROM items WHERE tenant_id = 4294967295;
-- refused: table items: tenant_id is compared with 4294967295, which is not the tenant

-- rule: NULL
SELECT * FROM items WHERE tenant_id = NULL;
-- refused: table items: nothing binds it to the tenant: `tenant_id = null` does not bind, since it compares with neither a ? nor an integer; add `items.tenant_id = ?` to WHERE, by AND

-- rule: TRUE
SELECT * FROM items WHERE tenant_id = TRUE;
-- refused: table items: nothing binds it to the tenant: `tenant_id = true` does not bind, since it compares with neither a ? nor an integer; add `items.tenant_id = ?` to WHERE, by AND

-- rule: another tenant beside the tenant
SELECT * FROM items WHERE tenant_id = 1 AND tenant_id = 2;
-- refused: table items: tenant_id is compared with 2, which is not the tenant

-- rule: an argument
-- args: 2, 1
SELECT * FROM items WHERE number = ? AND tenant_id = ?;

-- rule: an argument of the wrong place
-- args: 1, 2
SELECT * FROM items WHERE number = ? AND tenant_id = ?;
-- refused: table items: argument 2 must be the tenant of the context, but has another value

-- rule: an argument in an expression
-- args: 1
SELECT * FROM items WHERE tenant_id = ? + 0;
-- refused: table items: nothing binds it to the tenant: `tenant_id = ? + 0` does not bind, since it compares with neither a ? nor an integer; add `items.tenant_id = ?` to WHERE, by AND

-- rule: the tenant as a plus of itself, which the parser drops
SELECT * FROM items WHERE tenant_id = +1;

-- rule: rows
SELECT * FROM items i, labels l WHERE (i.tenant_id, i.id, 1) = (1, 2, l.tenant_id);
-- refused: table items (i): nothing binds it to the tenant: `(i.tenant_id, i.id, 1) = (1, 2, l.tenant_id)` does not bind, since it compares rows; add `i.tenant_id = ?` to WHERE, by AND

-- rule: rows in rows
SELECT * FROM items WHERE ((id, tenant_id), 1) = ((2, 1), 1);
-- refused: table items: nothing binds it to the tenant: `((id, tenant_id), 1) = ((2, 1), 1)` does not bind, since it compares rows; add `items.tenant_id = ?` to WHERE, by AND

-- rule: rows with ROW
SELECT * FROM items WHERE ROW(id, tenant_id) = ROW(2, 1);
-- refused: table items: nothing binds it to the tenant: `(id, tenant_id) = (2, 1)` does not bind, since it compares rows; add `items.tenant_id = ?` to WHERE, by AND

-- rule: rows of two lengths
SELECT * FROM items WHERE (tenant_id, id) = (1, 2, 3);
-- refused: table items: nothing binds it to the tenant: `(tenant_id, id) = (1, 2, 3)` does not bind, since it compares rows; add `items.tenant_id = ?` to WHERE, by AND

-- rule: a row and a subquery
SELECT * FROM items WHERE (tenant_id, id) = (SELECT 1, 2);
-- refused: table items: nothing binds it to the tenant: `(tenant_id, id) = (select 1, 2 from dual)` does not bind, since it compares an expression and not the column; add `items.tenant_id = ?` to WHERE, by AND

-- rule: a row on the right alone
SELECT * FROM items WHERE id = (tenant_id, 1);
-- refused: table items: nothing binds it to the tenant: `id = (tenant_id, 1)` does not bind, since it compares rows; add `items.tenant_id = ?` to WHERE, by AND

-- rule: IN with one
SELECT * FROM items WHERE tenant_id IN (1);

-- rule: IN with one, turned
SELECT * FROM items WHERE 1 IN (tenant_id);

-- rule: IN with one argument
-- args: 1
SELECT * FROM items WHERE tenant_id IN (?);

-- rule: IN with one of another table
SELECT * FROM items i, labels l WHERE i.tenant_id IN (l.tenant_id) AND l.tenant_id = 1;

-- rule: IN with the tenant twice
SELECT * FROM items WHERE tenant_id IN (1, 1);
-- refused: table items: nothing binds it to the tenant: `tenant_id in (1, 1)` does not bind, since IN has several values; add `items.tenant_id = ?` to WHERE, by AND

-- rule: IN with another
SELECT * FROM items WHERE tenant_id IN (1, 2);
-- refused: table items: nothing binds it to the tenant: `tenant_id in (1, 2)` does not bind, since IN has several values; add `items.tenant_id = ?` to WHERE, by AND

-- rule: IN with an expression
SELECT * FROM items WHERE tenant_id IN (1, id);
-- refused: table items: nothing binds it to the tenant: `tenant_id in (1, id)` does not bind, since IN has several values; add `items.tenant_id = ?` to WHERE, by AND

-- rule: IN with a column of its own
SELECT * FROM items WHERE id IN (tenant_id);
-- refused: table items: nothing binds it to the tenant: `id in (tenant_id)` does not bind, since it compares with neither a ? nor an integer; add `items.tenant_id = ?` to WHERE, by AND

-- rule: IN with a subquery
SELECT * FROM items WHERE tenant_id IN (SELECT 1);
-- refused: table items: nothing binds it to the tenant: `tenant_id in (select 1 from dual)` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND

-- rule: NOT IN
SELECT * FROM items WHERE tenant_id NOT IN (1);
-- refused: table items: nothing binds it to the tenant: `tenant_id not in (1)` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND

-- rule: rows in IN
SELECT * FROM items WHERE (id, tenant_id) IN ((2, 1), (3, 1));
-- refused: table items: nothing binds it to the tenant: `(id, tenant_id) in ((2, 1), (3, 1))` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND

-- rule: rows in IN with the tenant of two tables
SELECT * FROM items i, labels l WHERE (i.id, i.tenant_id, l.tenant_id) IN ((2, 1, 1));
-- refused: table items (i): nothing binds it to the tenant: `(i.id, i.tenant_id, l.tenant_id) in ((2, 1, 1))` does not bind, since it compares rows; add `i.tenant_id = ?` to WHERE, by AND

-- rule: an IN in an OR
SELECT * FROM items WHERE tenant_id IN (1) OR 1;
-- refused: table items: nothing binds it to the tenant: `tenant_id in (1) or 1` does not bind, since a row can meet the other side of OR; add `items.tenant_id = ?` to WHERE, by AND

-- rule: a bare column of the only table
SELECT * FROM items i, (SELECT 1 AS a) d WHERE tenant_id = 1;

-- rule: a bare column of the only table, behind another
SELECT * FROM (SELECT 1 AS a) d, items i WHERE tenant_id = 1;

-- rule: a bare column of two tables
SELECT * FROM items i, labels l WHERE tenant_id = 1;
-- refused: table items (i): nothing binds it to the tenant: `tenant_id` does not bind, since it has no table name, and several tables have the column; add `i.tenant_id = ?` to WHERE, by AND

-- rule: a bare column of three tables
SELECT * FROM items i, labels l, projects p WHERE tenant_id = 1;
-- refused: table items (i): nothing binds it to the tenant: `tenant_id` does not bind, since it has no table name, and several tables have the column; add `i.tenant_id = ?` to WHERE, by AND

-- rule: a bare column of two tables that are tied
SELECT * FROM items i, labels l WHERE tenant_id = 1 AND i.tenant_id = l.tenant_id;
-- refused: table items (i): nothing binds it to the tenant: `tenant_id` does not bind, since it has no table name, and several tables have the column; add `i.tenant_id = ?` to WHERE, by AND

-- rule: a bare column of three tables that are tied
SELECT * FROM items i, labels l, projects p WHERE tenant_id = 1 AND i.tenant_id = l.tenant_id AND l.tenant_id = p.tenant_id;
-- refused: table items (i): nothing binds it to the tenant: `tenant_id` does not bind, since it has no table name, and several tables have the column; add `i.tenant_id = ?` to WHERE, by AND

-- rule: a bare column of no table
SELECT * FROM (SELECT 1 AS tenant_id) d WHERE tenant_id = 1 AND EXISTS (SELECT 1 FROM items);
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: a bare column is not one around
SELECT * FROM items i WHERE i.tenant_id = 1 AND EXISTS (SELECT 1 FROM labels l WHERE l.tenant_id = tenant_id);
-- refused: table labels (l): nothing binds it to the tenant: `l.tenant_id = tenant_id` does not bind, since it compares the column with itself; add `l.tenant_id = ?` to WHERE, by AND

-- rule: a table by another
SELECT * FROM items i, labels l WHERE i.tenant_id = 1 AND i.tenant_id = l.tenant_id;

-- rule: a chain of tables, from its end
SELECT * FROM items i, labels l, projects p WHERE i.tenant_id = l.tenant_id AND l.tenant_id = p.tenant_id AND p.tenant_id = 1;

-- rule: a circle of tables
SELECT * FROM items i, labels l WHERE i.tenant_id = l.tenant_id AND l.tenant_id = i.tenant_id;
-- refused: table items (i): nothing binds it to the tenant: `i.tenant_id = l.tenant_id` does not bind, since nothing binds l; add `i.tenant_id = ?` to WHERE, by AND

-- rule: a table by itself
SELECT * FROM items i WHERE i.tenant_id = i.tenant_id;
-- refused: table items (i): nothing binds it to the tenant: `i.tenant_id = i.tenant_id` does not bind, since it compares the column with itself; add `i.tenant_id = ?` to WHERE, by AND

-- rule: a table by a derived one that is not bound
SELECT * FROM items i, (SELECT 2 AS tenant_id) d WHERE i.tenant_id = d.tenant_id;
-- refused: table items (i): nothing binds it to the tenant: `i.tenant_id = d.tenant_id` does not bind, since d is not a tenant table; add `i.tenant_id = ?` to WHERE, by AND

-- rule: a table by one around
SELECT * FROM items i WHERE i.tenant_id = 1 AND EXISTS (SELECT 1 FROM labels l WHERE l.tenant_id = i.tenant_id);
-- refused: table labels (l): nothing binds it to the tenant: `l.tenant_id = i.tenant_id` does not bind, since i is a table of the outer query; add `l.tenant_id = ?` to WHERE, by AND

-- rule: a table by one around, turned
SELECT * FROM items i WHERE i.tenant_id = 1 AND EXISTS (SELECT 1 FROM labels l WHERE i.tenant_id = l.tenant_id);
-- refused: table labels (l): nothing binds it to the tenant: `i.tenant_id = l.tenant_id` does not bind, since i is a table of the outer query; add `l.tenant_id = ?` to WHERE, by AND

-- rule: a table by one around, in a row
SELECT * FROM items i WHERE i.tenant_id = 1 AND EXISTS (SELECT 1 FROM labels l WHERE (l.id, l.tenant_id) = (i.id, i.tenant_id));
-- refused: table labels (l): nothing binds it to the tenant: `(l.id, l.tenant_id) = (i.id, i.tenant_id)` does not bind, since it compares rows; add `l.tenant_id = ?` to WHERE, by AND

-- rule: a table by one two blocks around
SELECT * FROM items i WHERE i.tenant_id = 1 AND EXISTS (SELECT 1 FROM labels l WHERE l.tenant_id = 1 AND EXISTS (SELECT 1 FROM projects p WHERE p.tenant_id = i.tenant_id));
-- refused: table projects (p): nothing binds it to the tenant: `p.tenant_id = i.tenant_id` does not bind, since i is a table of the outer query; add `p.tenant_id = ?` to WHERE, by AND

-- rule: a table by one around that has a namesake further around
SELECT * FROM items i WHERE i.tenant_id = 1 AND EXISTS (SELECT 1 FROM labels i WHERE i.tenant_id = 1 AND EXISTS (SELECT 1 FROM projects p WHERE p.tenant_id = i.tenant_id));
-- refused: table projects (p): nothing binds it to the tenant: `p.tenant_id = i.tenant_id` does not bind, since i is a table of the outer query; add `p.tenant_id = ?` to WHERE, by AND

-- rule: a table by a derived one around
SELECT * FROM (SELECT 2 AS tenant_id) d WHERE d.tenant_id = 1 AND EXISTS (SELECT 1 FROM labels l WHERE l.tenant_id = d.tenant_id);
-- refused: table labels (l): nothing binds it to the tenant: `l.tenant_id = d.tenant_id` does not bind, since d is a table of the outer query; add `l.tenant_id = ?` to WHERE, by AND

-- rule: a table by one around, before which stands a derived one
SELECT * FROM items i WHERE i.tenant_id = 1 AND EXISTS (SELECT 1 FROM (SELECT 2 AS tenant_id) i WHERE i.tenant_id = 1 AND EXISTS (SELECT 1 FROM projects p WHERE p.tenant_id = i.tenant_id));
-- refused: table projects (p): nothing binds it to the tenant: `p.tenant_id = i.tenant_id` does not bind, since i is a table of the outer query; add `p.tenant_id = ?` to WHERE, by AND

-- rule: a table by one around, behind which stands a derived one
SELECT * FROM (SELECT 2 AS tenant_id) i WHERE i.tenant_id = 1 AND EXISTS (SELECT 1 FROM items i WHERE i.tenant_id = 1 AND EXISTS (SELECT 1 FROM projects p WHERE p.tenant_id = i.tenant_id));
-- refused: table projects (p): nothing binds it to the tenant: `p.tenant_id = i.tenant_id` does not bind, since i is a table of the outer query; add `p.tenant_id = ?` to WHERE, by AND

-- rule: a table by one around that is not bound
SELECT * FROM items i WHERE EXISTS (SELECT 1 FROM labels l WHERE l.tenant_id = i.tenant_id);
-- refused: table labels (l): nothing binds it to the tenant: `l.tenant_id = i.tenant_id` does not bind, since i is a table of the outer query; add `l.tenant_id = ?` to WHERE, by AND

-- rule: an unbound table
SELECT * FROM items i WHERE i.tenant_id = 1 AND EXISTS (SELECT 1 FROM labels l WHERE l.tenant_id = x.tenant_id);
-- refused: table labels (l): nothing binds it to the tenant: `l.tenant_id = x.tenant_id` does not bind, since its tables are not both operands of this join; add `l.tenant_id = ?` to WHERE, by AND

-- rule: a table by another column of one around
SELECT * FROM items i WHERE i.tenant_id = 1 AND EXISTS (SELECT 1 FROM labels l WHERE l.tenant_id = i.id);
-- refused: table labels (l): nothing binds it to the tenant: `l.tenant_id = i.id` does not bind, since it compares with neither a ? nor an integer; add `l.tenant_id = ?` to WHERE, by AND

-- rule: a table by a namesake of its own block, which ON does not see
SELECT * FROM projects p WHERE p.tenant_id = 1 AND EXISTS (SELECT 1 FROM comments c JOIN labels l ON l.tenant_id = p.tenant_id JOIN projects p ON p.tenant_id = 1 WHERE c.tenant_id = 1);
-- refused: table labels (l): nothing binds it to the tenant: `l.tenant_id = p.tenant_id` does not bind, since p is also a name in the outer query; add `l.tenant_id = ?` to WHERE, by AND

-- rule: one around by a table within
SELECT * FROM items i WHERE EXISTS (SELECT 1 FROM labels l WHERE l.tenant_id = 1 AND i.tenant_id = 1);
-- refused: table items (i): nothing binds it to the tenant: add `i.tenant_id = ?` to WHERE, by AND

-- rule: a table in ON by one around
SELECT * FROM items i WHERE i.tenant_id = 1 AND EXISTS (SELECT 1 FROM labels l JOIN projects p ON p.tenant_id = i.tenant_id AND l.tenant_id = p.tenant_id);
-- refused: table labels (l): nothing binds it to the tenant: `l.tenant_id = p.tenant_id` does not bind, since nothing binds p; add `l.tenant_id = ?` to WHERE, by AND

-- ============ expr.go, functions.go: expressions

-- rule: a label may be any string
SELECT 1 AS `ä b`, 2 AS 'ü';

-- rule: an expression with a label
SELECT SLEEP(1) AS a;
-- refused: the function SLEEP holds a connection that other tenants wait for: wait in Go

-- rule: a column in other letters, which is read
SELECT `ä` FROM items WHERE tenant_id = 1;

-- rule: a column with a blank
SELECT i.`a b` FROM items i WHERE i.tenant_id = 1;

-- rule: a column with a point is that column
SELECT `i.tenant_id` FROM items i WHERE i.tenant_id = 1;

-- rule: a table's name of all that is allowed
SELECT 1 FROM items azAZ09_ WHERE azAZ09_.tenant_id = 1;

-- rule: the name of a table with the character before A
SELECT 1 FROM items `@`;
-- refused: the name "@" must consist of ASCII letters, digits and _

-- rule: the name of a table with the character after Z
SELECT 1 FROM items `[`;
-- refused: the name "[" must consist of ASCII letters, digits and _

-- rule: the name of a table with the character before a
SELECT 1 FROM items ````;
-- refused: the name "`" must consist of ASCII letters, digits and _

-- rule: the name of a table with the character after z
SELECT 1 FROM items `{`;
-- refused: the name "{" must consist of ASCII letters, digits and _

-- rule: the name of a table with the character before 0
SELECT 1 FROM items `/`;
-- refused: the name "/" must consist of ASCII letters, digits and _

-- rule: the name of a table with the character after 9
SELECT 1 FROM items `:`;
-- refused: the name ":" must consist of ASCII letters, digits and _

-- rule: a qualifier in other letters
SELECT `ä`.a FROM items i WHERE i.tenant_id = 1;
-- refused: the name "ä" must consist of ASCII letters, digits and _

-- rule: a window in other letters, which is of the block
SELECT ROW_NUMBER() OVER `ä` FROM items i WHERE i.tenant_id = 1 WINDOW `ä` AS (ORDER BY i.id);

-- rule: a column of another database, in SELECT
SELECT db.i.a FROM items i WHERE i.tenant_id = 1;
-- refused: db.i: name the table without its database

-- rule: a star of another database
SELECT db.i.* FROM items i WHERE i.tenant_id = 1;
-- refused: db.i: name the table without its database

-- rule: stars
SELECT i.*, i.id FROM items i WHERE i.tenant_id = 1;

-- rule: functions in any case
SELECT Abs(1), ABS(1), abs(1);

-- rule: a function that is not on the list
SELECT velocity(1);
-- refused: the function velocity is unknown to the guard and could read any table: compute it in Go

-- rule: a function of a database
SELECT db.abs(1);
-- refused: the function db.abs is not the server's own, and can read any table: compute it in Go

-- rule: a function in quotes that is not on the list
SELECT `sleep`(1);
-- refused: the function sleep in quotes can be a stored function, which can read any table: leave out the quotes

-- rule: an unbound subquery in a function
SELECT ABS((SELECT MAX(id) FROM items));
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: a search by words
SELECT MATCH (name) AGAINST ('a') FROM items WHERE tenant_id = 1;
-- refused: MATCH … AGAINST ranks by the rows of all tenants: search in Go, or in a search engine

-- rule: a lock by its name
SELECT GET_LOCK('a', 1);
-- refused: the function GET_LOCK has locks that all tenants share: lock a row of the tenant with SELECT … FOR UPDATE

-- rule: a lock given back
SELECT RELEASE_ALL_LOCKS();
-- refused: the function RELEASE_ALL_LOCKS has locks that all tenants share: lock a row of the tenant with SELECT … FOR UPDATE

-- rule: a lock asked for
SELECT IS_FREE_LOCK('a');
-- refused: the function IS_FREE_LOCK has locks that all tenants share: lock a row of the tenant with SELECT … FOR UPDATE

-- rule: a string with a character set
SELECT _latin1'a';
-- refused: _latin1 changes how a string is read: pass it as an argument

-- rule: an argument with its set
-- args: "a"
SELECT _latin1 ?;
-- refused: _latin1 changes how a string is read: pass it as an argument

-- rule: how a string is compared
SELECT WEIGHT_STRING('a');

-- rule: the storage size of a document
SELECT JSON_STORAGE_SIZE('a');

-- rule: a place of geography
SELECT ST_AsText(POINT(1, 2));

-- rule: XML, which is quoted in errors
SELECT EXTRACTVALUE('a', 'b');
-- refused: the function EXTRACTVALUE has errors that quote the document: parse XML in Go

-- rule: a file
SELECT LOAD_FILE('/etc/passwd');
-- refused: the function LOAD_FILE reads files of the server: read them in Go

-- rule: a wait
SELECT BENCHMARK(1, 1);
-- refused: the function BENCHMARK spends CPU time that other tenants wait for: measure in Go

-- rule: the id of the connection
SELECT CONNECTION_ID();
-- refused: the function CONNECTION_ID describes the connection, which tenants share: leave it out

-- rule: the last inserted id
SELECT LAST_INSERT_ID();
-- refused: the function LAST_INSERT_ID returns the id of the connection's last INSERT, which can be another tenant's: read the row by its unique key

-- rule: the number of found rows
SELECT FOUND_ROWS();
-- refused: the function FOUND_ROWS counts rows of the connection's last SELECT, which can be another tenant's: select COUNT(*), or COUNT(*) OVER ()

-- rule: the number of changed rows
SELECT ROW_COUNT();
-- refused: the function ROW_COUNT counts rows of the connection's last statement, which can be another tenant's: take RowsAffected in Go

-- rule: the database user
SELECT CURRENT_USER();
-- refused: the function CURRENT_USER returns the database user, which tenants share: pass the name of the caller as an argument

-- rule: the database
SELECT DATABASE();
-- refused: the function DATABASE returns the database, which tenants share: leave it out

-- rule: the schema
SELECT SCHEMA();
-- refused: the function SCHEMA returns the database, which tenants share: leave it out

-- rule: the version
SELECT VERSION();
-- refused: the function VERSION describes the server, which tenants share: leave it out

-- rule: the server's own number
SELECT UUID_SHORT();
-- refused: the function UUID_SHORT counts the calls of all tenants: write UUID()

-- rule: a subquery in a subquery
SELECT (SELECT (SELECT MAX(id) FROM items));
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: EXISTS in CASE
SELECT CASE WHEN EXISTS (SELECT 1 FROM items) THEN 1 END;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: IN of a subquery
SELECT 1 IN (SELECT id FROM items);
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: ANY of a subquery
SELECT 1 = ANY (SELECT id FROM items);
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: DEFAULT and the like see no further
SELECT 1 FROM items i WHERE i.tenant_id = 1 AND LEFT((SELECT MAX(name) FROM labels), 1) = 'a';
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- rule: JSON_TABLE with all its columns
SELECT * FROM JSON_TABLE('[]', '$[*]' COLUMNS (a FOR ORDINALITY, b INT PATH '$.b' DEFAULT '0' ON EMPTY NULL ON ERROR, c INT EXISTS PATH '$.c', NESTED PATH '$.d[*]' COLUMNS (e VARCHAR(9) PATH '$' ERROR ON ERROR))) j;

-- rule: JSON_TABLE's path
SELECT * FROM JSON_TABLE('[]', _latin1'$[*]' COLUMNS (a INT PATH '$')) j;
-- refused: _latin1 changes how a string is read: pass it as an argument

-- rule: a column's path
SELECT * FROM JSON_TABLE('[]', '$[*]' COLUMNS (a INT PATH _latin1'$')) j;
-- refused: _latin1 changes how a string is read: pass it as an argument

-- rule: a column's default when it is empty
SELECT * FROM JSON_TABLE('[]', '$[*]' COLUMNS (a INT PATH '$' DEFAULT _latin1'0' ON EMPTY)) j;
-- refused: _latin1 changes how a string is read: pass it as an argument

-- rule: a column's default on an error
SELECT * FROM JSON_TABLE('[]', '$[*]' COLUMNS (a INT PATH '$' DEFAULT _latin1'0' ON ERROR)) j;
-- refused: _latin1 changes how a string is read: pass it as an argument

-- rule: a nested path
SELECT * FROM JSON_TABLE('[]', '$[*]' COLUMNS (NESTED PATH _latin1'$' COLUMNS (a INT PATH '$'))) j;
-- refused: _latin1 changes how a string is read: pass it as an argument

-- rule: a nested column
SELECT * FROM JSON_TABLE('[]', '$[*]' COLUMNS (NESTED PATH '$' COLUMNS (b INT PATH '$', a INT PATH _latin1'$'))) j;
-- refused: _latin1 changes how a string is read: pass it as an argument

-- rule: a cast to no bytes
SELECT CAST('a' AS BINARY(0)), WEIGHT_STRING('a' AS BINARY(0));

-- rule: a cast to more bytes than an integer counts
SELECT CAST('a' AS BINARY(99999999999999999999));
-- refused: the length of BINARY in CAST is at most 1000

-- rule: WEIGHT_STRING without a length
SELECT WEIGHT_STRING('a' AS CHAR);
-- refused: line 1, column 33, at ")": the parser can't read this

-- ============ expr.go: accepted syntax, one statement for each kind of node

-- rule: an order and a limit
SELECT i.a FROM items i WHERE i.tenant_id = 1 ORDER BY i.a DESC, i.b LIMIT 1, 2;

-- rule: a group with totals
SELECT i.a FROM items i WHERE i.tenant_id = 1 GROUP BY i.a WITH ROLLUP HAVING i.a > 1;

-- rule: index hints
SELECT i.a FROM items i FORCE INDEX (a) WHERE i.tenant_id = 1;

-- rule: named windows
SELECT ROW_NUMBER() OVER v FROM items i WHERE i.tenant_id = 1 WINDOW v AS (PARTITION BY i.a ORDER BY i.b ROWS BETWEEN 1 PRECEDING AND UNBOUNDED FOLLOWING);

-- rule: a window's partition
SELECT SUM(1) OVER (PARTITION BY SLEEP(1)) FROM items i WHERE i.tenant_id = 1;
-- refused: the function SLEEP holds a connection that other tenants wait for: wait in Go

-- rule: a window's frame
SELECT SUM(1) OVER (ORDER BY i.a RANGE INTERVAL SLEEP(1) DAY PRECEDING) FROM items i WHERE i.tenant_id = 1;
-- refused: the function SLEEP holds a connection that other tenants wait for: wait in Go

-- rule: values of windows
SELECT FIRST_VALUE(i.a) RESPECT NULLS OVER (ORDER BY i.b), NTILE(4) OVER (ORDER BY i.b), NTH_VALUE(i.a, 2) FROM FIRST RESPECT NULLS OVER (ORDER BY i.b), LAG(i.a, 1, 0) OVER (ORDER BY i.b) FROM items i WHERE i.tenant_id = 1;

-- rule: literals
SELECT 1, 'a', NULL, TRUE, FALSE, DATE '2026-01-01', (1, 2) = (1, 2);

-- rule: a default
UPDATE items SET a = DEFAULT, b = DEFAULT(b) WHERE tenant_id = 1;

-- rule: an upsert's values
INSERT INTO items (tenant_id, a) VALUES (1, 2) ON DUPLICATE KEY UPDATE a = VALUES(a);

-- rule: logic
SELECT 1 AND 2, 1 OR 2, 1 XOR 2, NOT 1, 1 = 2, 1 BETWEEN 2 AND 3, 1 IS NULL, 1 IS NOT TRUE, EXISTS (SELECT 1), 1 LIKE 2 ESCAPE 3, 1 REGEXP 2;

-- rule: arithmetic
SELECT 1 + 2, 1 - 2, 1 * 2, 1 / 2, 1 % 2, 1 DIV 2, 1 | 2, 1 & 2, 1 ^ 2, -1, ~1, !1;

-- rule: choices
SELECT CASE 1 WHEN 2 THEN 3 ELSE 4 END, CASE WHEN 1 THEN 2 END;

-- rule: casts
SELECT 'a' COLLATE utf8mb4_bin, CAST(1 AS CHAR(2)), CONVERT(1, SIGNED), CONVERT('a' USING utf8mb4), BINARY 'a';

-- rule: aggregates
SELECT COUNT(i.a), COUNT(*), AVG(i.a), MAX(i.a), MIN(i.a), SUM(DISTINCT i.a), BIT_AND(i.a), BIT_OR(i.a), BIT_XOR(i.a), STD(i.a), STDDEV(i.a), STDDEV_POP(i.a), STDDEV_SAMP(i.a), VAR_POP(i.a), VAR_SAMP(i.a), VARIANCE(i.a), GROUP_CONCAT(i.a ORDER BY i.b SEPARATOR ','), ANY_VALUE(i.a), JSON_ARRAYAGG(i.a), JSON_OBJECTAGG(i.a, i.b) FROM items i WHERE i.tenant_id = 1;

-- rule: times
SELECT CURRENT_TIME(3), TIMESTAMPDIFF(DAY, 1, 2), EXTRACT(YEAR FROM '2026-01-01'), '2026-01-01' + INTERVAL 1 DAY, DATE_ADD('2026-01-01', INTERVAL 1 DAY), INTERVAL(1, 2, 3);

-- rule: strings
SELECT SUBSTRING('a', 1), INSERT('a', 1, 1, 'b'), LOCATE('a', 'b'), CHAR(1), TRIM('a'), LEFT('a', 1), REPLACE('a', 'b', 'c');

-- rule: patterns
SELECT REGEXP_INSTR('a', 'b'), REGEXP_LIKE('a', 'b'), REGEXP_REPLACE('a', 'b', 'c'), REGEXP_SUBSTR('a', 'b');

-- rule: documents
SELECT JSON_ARRAY(1), JSON_OBJECT('a', 1), JSON_QUOTE('a'), JSON_UNQUOTE('a'), JSON_PRETTY('a'), JSON_CONTAINS('a', 'b'), JSON_CONTAINS_PATH('a', 'one', 'b'), JSON_EXTRACT('a', 'b'), JSON_KEYS('a'), JSON_OVERLAPS('a', 'b'), JSON_SEARCH('a', 'one', 'b');

-- rule: changed documents
SELECT JSON_VALUE('a', '$' RETURNING CHAR(3) NULL ON EMPTY DEFAULT '0' ON ERROR), JSON_DEPTH('a'), JSON_SET('a', '$', 1), JSON_MERGE_PATCH('a', 'b'), JSON_REMOVE('a', '$'), 1 MEMBER OF ('[1]');

-- rule: a default in a document
SELECT JSON_VALUE('a', '$' DEFAULT _latin1'0' ON EMPTY);
-- refused: _latin1 changes how a string is read: pass it as an argument

-- rule: many values that are not known, in one row
SELECT COUNT(*) FROM items WHERE tenant_id = 1 AND COALESCE(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL) IS NULL;

-- rule: END as a name closes nothing
SELECT items.end FROM items WHERE tenant_id = 1;

-- rule: adjacent strings with a comment between
SELECT 'a' /* and */ 'b';
-- refused: line 1, column 22, at "'b'": adjacent strings: write them as one

-- rule: a query in the list of columns is proved
SELECT (SELECT COUNT(*) FROM items i WHERE i.tenant_id = 1);

-- ============ text that drivers and servers read differently, or that overloads them

-- rule: a ? in a string, with a placeholder
SELECT id FROM items WHERE tenant_id = ? AND name = 'what?';
-- refused: line 1, column 58, at "?'": a ? is inside a string: pass it in an argument

-- rule: a ? in a string, without a placeholder
SELECT id FROM items WHERE tenant_id = 1 AND name = 'what?';
-- refused: line 1, column 58, at "?'": a ? is inside a string: pass it in an argument

-- rule: a ? in a comment
SELECT id FROM items /* why? */ WHERE tenant_id = 1;
-- refused: line 1, column 28, at "? */ WHERE tenant_id = 1": a ? is inside a comment: pass it in an argument

-- rule: a ? in a name
SELECT 1 AS `really?`;
-- refused: line 1, column 20, at "?`": a ? is inside a name: pass it in an argument

-- rule: a comment that ends at once for the driver, and not for the server
SELECT /*/ ? ' */ ? /* ' */;
-- refused: line 1, column 12, at "? ' */ ? /* ' */": a ? is inside a comment: pass it in an argument

-- rule: the same the other way round
/*/ ? " */ SELECT ? /* " */;
-- refused: line 1, column 5, at "? \" */ SELECT ? /* \" */": a ? is inside a comment: pass it in an argument

-- rule: tenant_id without a table's name, where USING makes one column of two
SELECT * FROM (SELECT 1 AS tenant_id, 2 AS id) j LEFT JOIN items USING (tenant_id, id) WHERE tenant_id = 1;
-- refused: table items: nothing binds it to the tenant: `tenant_id` does not bind, since it has no table name, and several tables have the column; add `items.tenant_id = ?` to the ON of its outer join, by AND; in WHERE it would drop the rows without a match

-- rule: the same where NATURAL does
SELECT * FROM (SELECT 1 AS tenant_id, 2 AS id) j NATURAL LEFT JOIN items WHERE tenant_id = 1;
-- refused: table items: nothing binds it to the tenant: `tenant_id` does not bind, since it has no table name, and several tables have the column; add `items.tenant_id = ?` to the ON of its outer join, by AND; in WHERE it would drop the rows without a match

-- rule: the same, inserted
INSERT IGNORE INTO items (tenant_id, id) SELECT items.tenant_id, 77 FROM (SELECT 1 AS tenant_id, 2 AS id) j LEFT JOIN items USING (tenant_id, id) WHERE tenant_id = 1;
-- refused: table items: nothing binds it to the tenant: `tenant_id` does not bind, since it has no table name, and several tables have the column; add `items.tenant_id = ?` to the ON of its outer join, by AND; in WHERE it would drop the rows without a match

-- rule: a total over no rows has no tenant
INSERT IGNORE INTO items (tenant_id, id) SELECT i.tenant_id, COUNT(*) FROM labels i WHERE i.tenant_id = 1;
-- refused: table items: the query must select the tenant, as an argument or an integer, for the column tenant_id: an aggregate over no rows makes it NULL

-- rule: a total with the tenant as a number
INSERT INTO items (tenant_id, id) SELECT 1, COUNT(*) FROM labels i WHERE i.tenant_id = 1;

-- rule: a total of each group
INSERT INTO items (tenant_id, id) SELECT i.tenant_id, COUNT(*) FROM labels i WHERE i.tenant_id = 1 GROUP BY i.tenant_id;

-- rule: INTERVAL in front reaches further for MariaDB, and not over AND
SELECT id FROM items WHERE created_at > INTERVAL 1 DAY + updated_at AND tenant_id = 1;

-- rule: nor over OR
SELECT id FROM items WHERE tenant_id = 1 AND created_at > INTERVAL 1 DAY + updated_at OR id = 1;
-- refused: table items: nothing binds it to the tenant: `tenant_id = 1 and created_at > interval 1 day + updated_at o…` does not bind, since a row can meet the other side of OR; add `items.tenant_id = ?` to WHERE, by AND

-- rule: a bare tenant_id beside USING of an inner join
SELECT * FROM (SELECT 1 AS tenant_id) j JOIN items USING (tenant_id) WHERE tenant_id = 1;
-- refused: table items: nothing binds it to the tenant: `tenant_id` does not bind, since it has no table name, and several tables have the column; add `items.tenant_id = ?` to WHERE, by AND

-- rule: beside NATURAL of an inner join
SELECT * FROM (SELECT 1 AS tenant_id) j NATURAL JOIN items WHERE tenant_id = 1;
-- refused: table items: nothing binds it to the tenant: `tenant_id` does not bind, since it has no table name, and several tables have the column; add `items.tenant_id = ?` to WHERE, by AND

-- rule: beside NATURAL of a RIGHT join
SELECT * FROM items NATURAL RIGHT JOIN (SELECT 1 AS tenant_id) j WHERE tenant_id = 1;
-- refused: table items: nothing binds it to the tenant: `tenant_id` does not bind, since it has no table name, and several tables have the column; add `items.tenant_id = ?` to the ON of its outer join, by AND; in WHERE it would drop the rows without a match

-- rule: beside USING before another join
SELECT * FROM (SELECT 1 AS tenant_id) j JOIN items USING (tenant_id) JOIN (SELECT 2 AS n) k ON k.n = 2 WHERE tenant_id = 1;
-- refused: table items: nothing binds it to the tenant: `tenant_id` does not bind, since it has no table name, and several tables have the column; add `items.tenant_id = ?` to WHERE, by AND

-- rule: a bare tenant_id beside a join without a condition
SELECT * FROM items CROSS JOIN (SELECT 2 AS n) k WHERE tenant_id = 1;

-- rule: a bare tenant_id beside ON
SELECT * FROM items JOIN (SELECT 2 AS n) k ON k.n = 2 WHERE tenant_id = 1;

-- rule: ON beside a join without a condition, in the ORDER BY of a UNION within
SELECT 1 FROM items i WHERE i.tenant_id = 1 AND EXISTS (SELECT 1 UNION SELECT 2 ORDER BY (SELECT 1 FROM comments c JOIN items i LEFT JOIN labels l ON l.tenant_id = i.tenant_id WHERE c.tenant_id = 1 AND i.tenant_id = 1));
-- refused: table labels (l): nothing binds it to the tenant: `l.tenant_id = i.tenant_id` does not bind, since i is also a name in the outer query; add `l.tenant_id = ?` to the ON of its outer join, by AND; in WHERE it would drop the rows without a match

-- ============ shared.go: shared tables, which tenants read and never write

-- rule: a shared table alone
SELECT * FROM countries WHERE code = 'CH';

-- rule: a shared table beside one that is bound
SELECT * FROM items i JOIN countries c ON c.code = i.country WHERE i.tenant_id = 1;

-- rule: beside one that is not
SELECT * FROM items i JOIN countries c ON c.code = i.country;
-- refused: table items (i): nothing binds it to the tenant: add `i.tenant_id = ?` to WHERE, by AND

-- rule: the bare tenant_id is that of the only table that tenants own
SELECT * FROM items JOIN countries ON code = country WHERE tenant_id = 1;

-- rule: a shared table has no tenant that could bind another
SELECT * FROM items i JOIN countries c ON c.tenant_id = i.tenant_id WHERE c.tenant_id = 1;
-- refused: table items (i): nothing binds it to the tenant: `c.tenant_id = i.tenant_id` does not bind, since c is not a tenant table; add `i.tenant_id = ?` to WHERE, by AND

-- rule: nor by USING
SELECT * FROM countries c JOIN items i USING (tenant_id);
-- refused: table items (i): nothing binds it to the tenant: add `i.tenant_id = ?` to WHERE, by AND

-- rule: a shared table that an outer join keeps does not bind the optional one
SELECT * FROM countries c LEFT JOIN items i ON i.country = c.code WHERE c.code = 'CH';
-- refused: table items (i): nothing binds it to the tenant: add `i.tenant_id = ?` to the ON of its outer join, by AND; in WHERE it would drop the rows without a match

-- rule: in which ON binds it
SELECT * FROM countries c LEFT JOIN items i ON i.tenant_id = 1 AND i.country = c.code;

-- rule: an optional shared table
SELECT * FROM items i LEFT JOIN countries c ON c.code = i.country WHERE i.tenant_id = 1;

-- rule: a shared table in each place of a query
WITH w AS (SELECT code FROM countries) SELECT (SELECT MAX(code) FROM countries) FROM (SELECT code FROM countries) d JOIN w ON w.code = d.code WHERE EXISTS (SELECT 1 FROM countries) UNION SELECT code FROM countries ORDER BY (SELECT 1 FROM countries);

-- rule: a table inside a query in it is bound by itself
SELECT * FROM countries c WHERE EXISTS (SELECT 1 FROM items i WHERE i.country = c.code);
-- refused: table items (i): nothing binds it to the tenant: add `i.tenant_id = ?` to WHERE, by AND

-- rule: in another spelling
SELECT * FROM Countries;
-- refused: table Countries: no model owns it: only the system scope may name it

-- rule: hidden by WITH
WITH Countries AS (SELECT 1 AS code) SELECT * FROM Countries;
-- refused: the common table expression Countries hides a table: give it another name

-- rule: rows that are inserted from it
INSERT INTO items (tenant_id, id) SELECT 1, c.code FROM countries c;

-- rule: with a tenant of its own
INSERT INTO items (tenant_id, id) SELECT c.tenant_id, c.code FROM countries c;
-- refused: table items: the query must select the tenant, as an argument or an integer, for the column tenant_id: it selects `c.tenant_id`

-- rule: INSERT into it
INSERT INTO countries (code) VALUES ('XX');
-- refused: table countries: it is shared: tenants read it, and only the system scope writes it

-- rule: with a tenant
INSERT IGNORE INTO countries (tenant_id, code) VALUES (1, 'XX');
-- refused: table countries: it is shared: tenants read it, and only the system scope writes it

-- rule: REPLACE
REPLACE INTO countries (code) VALUES ('XX');
-- refused: table countries: it is shared: tenants read it, and only the system scope writes it

-- rule: an upsert that changes nothing
INSERT INTO countries (code) VALUES ('XX') ON DUPLICATE KEY UPDATE code = code;
-- refused: table countries: it is shared: tenants read it, and only the system scope writes it

-- rule: UPDATE
UPDATE countries SET name = 'x' WHERE code = 'CH';
-- refused: table countries: it is shared: tenants read it, and only the system scope writes it

-- rule: UPDATE by its name
UPDATE countries c SET c.name = 'x';
-- refused: table countries (c): it is shared: tenants read it, and only the system scope writes it

-- rule: UPDATE of a join
UPDATE items i JOIN countries c ON c.code = i.country SET c.name = 'x' WHERE i.tenant_id = 1;
-- refused: table countries (c): it is shared: tenants read it, and only the system scope writes it

-- rule: UPDATE of a join, of a column that may be either's
UPDATE items i JOIN countries c ON c.code = i.country SET name = 'x' WHERE i.tenant_id = 1;
-- refused: SET can't be proved for `name`: without a table name, the column may not be of a tenant table

-- rule: UPDATE of the tenant's table by a shared one
UPDATE items i JOIN countries c ON c.code = i.country SET i.name = c.name WHERE i.tenant_id = 1;

-- rule: DELETE
DELETE FROM countries;
-- refused: table countries: it is shared: tenants read it, and only the system scope writes it

-- rule: DELETE of a join
DELETE i, c FROM items i JOIN countries c ON c.code = i.country WHERE i.tenant_id = 1;
-- refused: table countries (c): it is shared: tenants read it, and only the system scope writes it

-- rule: DELETE of a join that only reads it
DELETE i FROM items i JOIN countries c ON c.code = i.country WHERE i.tenant_id = 1 AND c.name = 'x';

-- rule: FOR UPDATE
SELECT * FROM countries FOR UPDATE;
-- refused: table countries: it is shared: locks on its rows would block other tenants; read it without FOR UPDATE or FOR SHARE, in a statement of its own

-- rule: FOR SHARE
SELECT * FROM items i JOIN countries c ON c.code = i.country WHERE i.tenant_id = 1 FOR SHARE;
-- refused: table countries: it is shared: locks on its rows would block other tenants; read it without FOR UPDATE or FOR SHARE, in a statement of its own

-- rule: LOCK IN SHARE MODE
SELECT * FROM countries LOCK IN SHARE MODE;
-- refused: table countries: it is shared: locks on its rows would block other tenants; read it without FOR UPDATE or FOR SHARE, in a statement of its own

-- rule: a lock around a query of it
SELECT * FROM (SELECT code FROM countries) c FOR UPDATE;
-- refused: table countries: it is shared: locks on its rows would block other tenants; read it without FOR UPDATE or FOR SHARE, in a statement of its own

-- rule: a lock inside
SELECT * FROM items i WHERE i.tenant_id = 1 AND i.country IN (SELECT code FROM countries FOR UPDATE SKIP LOCKED);
-- refused: table countries: it is shared: locks on its rows would block other tenants; read it without FOR UPDATE or FOR SHARE, in a statement of its own

-- rule: a lock in an arm of UNION
SELECT code FROM countries UNION (SELECT country FROM items WHERE tenant_id = 1 FOR UPDATE);
-- refused: table countries: it is shared: locks on its rows would block other tenants; read it without FOR UPDATE or FOR SHARE, in a statement of its own

-- rule: a lock after UNION
SELECT code FROM countries UNION SELECT country FROM items WHERE tenant_id = 1 FOR UPDATE;
-- refused: table countries: it is shared: locks on its rows would block other tenants; read it without FOR UPDATE or FOR SHARE, in a statement of its own

-- rule: a lock of rows that are inserted
INSERT INTO items (tenant_id, id) SELECT 1, c.code FROM countries c FOR UPDATE;
-- refused: table countries: it is shared: locks on its rows would block other tenants; read it without FOR UPDATE or FOR SHARE, in a statement of its own

-- rule: a shared table that a UNION does not lock, after a lock
SELECT 1 FROM (SELECT id FROM countries FOR UPDATE) c JOIN (SELECT 1 UNION SELECT 2) d ON 1;
-- refused: table countries: it is shared: locks on its rows would block other tenants; read it without FOR UPDATE or FOR SHARE, in a statement of its own

-- rule: SET of a table that is not the shared one
UPDATE countries SET items.name = 'a';
-- refused: SET can't be proved for `items.name`: items is not in FROM, or has another spelling there

-- ============ rewrite.go: syntax that the parser lacks, and names that look like it

-- rule: a column called except
SELECT i.except FROM items i WHERE i.tenant_id = 1;

-- rule: a column called except, without its table
SELECT except FROM items WHERE tenant_id = 1;
-- refused: line 1, column 8, at "except FROM items WHERE …": EXCEPT is an operator: quote it if it is a name

-- rule: a label called intersect
SELECT 1 AS intersect;
-- refused: line 1, column 13, at "intersect": INTERSECT is an operator: quote it if it is a name

-- rule: a table called intersect
INSERT INTO intersect (SELECT 1);
-- refused: line 1, column 13, at "intersect (SELECT 1)": the parser can't read this

-- rule: EXCEPT of an unbound table
SELECT id FROM items WHERE tenant_id = 1 EXCEPT SELECT id FROM labels;
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- rule: EXCEPT from an unbound table
SELECT id FROM items EXCEPT SELECT id FROM labels WHERE tenant_id = 1;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: INTERSECT in brackets
SELECT id FROM items WHERE tenant_id = 1 AND id IN ((SELECT id FROM labels WHERE tenant_id = 1) INTERSECT DISTINCT (SELECT id FROM labels));
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- rule: an INSERT of the rows of EXCEPT
INSERT INTO items (tenant_id, id) SELECT tenant_id, id FROM labels WHERE tenant_id = 1 EXCEPT SELECT 1, 2;

-- rule: an INSERT of the rows of EXCEPT, of no tenant
INSERT INTO items (tenant_id, id) SELECT tenant_id, id FROM labels WHERE tenant_id = 1 EXCEPT SELECT id, 2 FROM labels WHERE tenant_id = 1;
-- refused: table items: the query must select the tenant, as an argument or an integer, for the column tenant_id: it selects `id`

-- rule: EXCEPT and TABLE
SELECT id FROM items WHERE tenant_id = 1 EXCEPT TABLE labels;
-- refused: line 1, column 49, at "TABLE labels": TABLE has no WHERE that could bind the table: write SELECT * FROM … WHERE tenant_id = ?

-- rule: a label that is the type of a cast
SELECT (SELECT 1 FROM (items AS year) WHERE date.tenant_id = 1) FROM labels date WHERE date.tenant_id = 1;
-- refused: table items (year): nothing binds it to the tenant: add `year.tenant_id = ?` to WHERE, by AND

-- rule: a label that is a unit
SELECT (SELECT 1 FROM items sql_tsi_day WHERE day.tenant_id = 1) FROM labels day WHERE day.tenant_id = 1;
-- refused: table items (sql_tsi_day): nothing binds it to the tenant: add `sql_tsi_day.tenant_id = ?` to WHERE, by AND

-- rule: a label in a cast
SELECT CAST((SELECT 1 FROM (items AS year) WHERE date.tenant_id = 1) AS YEAR) FROM labels date WHERE date.tenant_id = 1;
-- refused: table items (year): nothing binds it to the tenant: add `year.tenant_id = ?` to WHERE, by AND

-- rule: a cast in a cast
SELECT CAST(CAST(CONVERT(1, YEAR) AS YEAR) AS SIGNED INT);

-- rule: a subquery in a cast
SELECT CAST((SELECT MAX(id) FROM items) AS YEAR);
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: a function behind a comma in a cast
SELECT CAST(SLEEP(1) AS YEAR);
-- refused: the function SLEEP holds a connection that other tenants wait for: wait in Go

-- rule: a type that no server has
SELECT CAST(1 AS BIT);
-- refused: line 1, column 18, at "BIT)": the parser can't read this

-- rule: a cast to many bytes
SELECT CAST('a' AS BINARY(1000));

-- rule: a cast to too many bytes
SELECT CAST('a' AS BINARY(1001));
-- refused: the length of BINARY in CAST is at most 1000

-- rule: a cast to more bytes than a number holds
SELECT CAST('a' AS BINARY(99999999999999999999));
-- refused: the length of BINARY in CAST is at most 1000

-- rule: a cast to many characters, which adds none
SELECT CAST('a' AS CHAR(65535));

-- rule: the weight of many characters
SELECT WEIGHT_STRING('a' AS CHAR(1000)), WEIGHT_STRING('a' AS BINARY(1000));

-- rule: the weight of too many characters
SELECT WEIGHT_STRING('a' AS CHAR(1001));
-- refused: the length of CHAR in WEIGHT_STRING is at most 1000

-- rule: the weight of too many bytes
SELECT WEIGHT_STRING('a' AS BINARY(1001));
-- refused: the length of BINARY in WEIGHT_STRING is at most 1000

-- rule: a column called mid
SELECT mid FROM items WHERE tenant_id = 1;

-- rule: a subquery in MID
SELECT MID((SELECT MAX(name) FROM items), 2);
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: a column called sounds
SELECT sounds LIKE 'a' FROM items WHERE tenant_id = 1;

-- rule: a column called sounds behind another
SELECT name sounds LIKE 'a' FROM items WHERE tenant_id = 1;

-- rule: SOUNDS LIKE the tenant
SELECT 1 FROM items WHERE tenant_id SOUNDS LIKE 1;
-- refused: table items: nothing binds it to the tenant: `tenant_id like 1` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND

-- rule: a column called sounds and MID
SELECT sounds LIKE 'a', MID('a', 1) FROM items WHERE tenant_id = 1;
-- refused: line 1, column 35, at ") FROM items WHERE tenan…": the parser can't read this

-- rule: a lock of a list
SELECT 1 FROM items i, labels l WHERE i.tenant_id = 1 AND l.tenant_id = 1 FOR SHARE OF i, `l` NOWAIT;

-- rule: a lock in a subquery
SELECT 1 FROM (SELECT id FROM items WHERE tenant_id = 1 FOR UPDATE OF items) d, (SELECT 1) e;

-- rule: a lock of a list that is not bound
SELECT 1 FROM items i, labels l WHERE i.tenant_id = 1 FOR SHARE OF i;
-- refused: table labels (l): nothing binds it to the tenant: add `l.tenant_id = ?` to WHERE, by AND

-- rule: a lock of a table of another database
SELECT 1 FROM items WHERE tenant_id = 1 FOR UPDATE OF db.items;
-- refused: line 1, column 55, at "db.items": name the table without its database

-- rule: three windows, and one in brackets
SELECT COUNT(*) OVER u, COUNT(*) OVER v FROM items WHERE tenant_id = 1 AND EXISTS (SELECT RANK() OVER a FROM labels WHERE tenant_id = 1 WINDOW a AS (ORDER BY id), b AS (a)) WINDOW u AS (ORDER BY ABS(id)), v AS (PARTITION BY CAST(id AS YEAR)), w AS ();

-- rule: a third window that reads a table
SELECT COUNT(*) OVER u FROM items WHERE tenant_id = 1 WINDOW u AS (), v AS (), w AS (ORDER BY (SELECT MAX(id) FROM labels));
-- refused: table labels: nothing binds it to the tenant: add `labels.tenant_id = ?` to WHERE, by AND

-- rule: a common table expression called window
WITH window AS (SELECT 1 AS a), b AS (SELECT 2) SELECT * FROM window, b;
-- refused: line 1, column 6, at "window AS (SELECT 1 AS a…": the parser can't read this

-- rule: LOW_PRIORITY behind WITH
WITH a AS (SELECT 1) UPDATE LOW_PRIORITY items SET name = 'a' WHERE tenant_id = 1;
-- refused: line 1, column 29, at "LOW_PRIORITY items SET n…": InnoDB ignores LOW_PRIORITY: leave it out

-- rule: comments between modifiers
DELETE /* a */ QUICK /* b */ LOW_PRIORITY -- c
FROM items WHERE tenant_id = 1;

-- rule: a modifier twice
UPDATE LOW_PRIORITY LOW_PRIORITY items SET name = 'a' WHERE tenant_id = 1;

-- rule: a modifier of another statement
UPDATE QUICK items SET name = 'a' WHERE tenant_id = 1;
-- refused: table QUICK: no model owns it: only the system scope may name it

-- rule: a table with the name of a modifier
DELETE FROM `quick` WHERE tenant_id = 1;
-- refused: table quick: no model owns it: only the system scope may name it

-- rule: a DELETE QUICK from a table that is not in FROM
DELETE QUICK labels FROM items WHERE items.tenant_id = 1;
-- refused: DELETE can't be proved: labels is not in FROM, or has another spelling there

-- rule: NATURAL INNER JOIN
SELECT 1 FROM items i NATURAL INNER JOIN labels l WHERE i.tenant_id = 1 AND l.tenant_id = 1;

-- rule: VALUES in an order
-- args: 1
VALUES ROW(1, ?), ROW(2, ABS(3)) ORDER BY column_0 LIMIT 1;

-- rule: VALUES with a subquery
VALUES ROW(1, (SELECT MAX(id) FROM items));
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: VALUES in an order of a subquery
VALUES ROW(1, 2) ORDER BY (SELECT MAX(id) FROM items);
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: VALUES and a limit of a function
VALUES ROW(1, 2) LIMIT SLEEP(1);
-- refused: the function SLEEP holds a connection that other tenants wait for: wait in Go

-- rule: VALUES behind WITH
WITH a AS (SELECT id FROM items WHERE tenant_id = 1) VALUES ROW(1, (SELECT MAX(id) FROM a));

-- rule: VALUES in WITH
WITH v AS (VALUES ROW(1, 2)) SELECT 1 FROM v JOIN items i ON i.tenant_id = v.column_0;
-- refused: table items (i): nothing binds it to the tenant: `i.tenant_id = v.column_0` does not bind, since it compares with neither a ? nor an integer; add `i.tenant_id = ?` to WHERE, by AND

-- rule: an INSERT of VALUES ROW for another
INSERT INTO items (tenant_id, id) VALUES ROW(1, 2), ROW(2, 3);
-- refused: table items: tenant_id is compared with 2, which is not the tenant

-- rule: an INSERT of VALUES ROW without the tenant
INSERT INTO items (id, tenant_id) VALUES ROW(1, 1), ROW(1);
-- refused: a row has fewer values than columns

-- rule: an INSERT of VALUES ROW and a SELECT
INSERT INTO items (tenant_id, id) SELECT 1, 2 UNION VALUES ROW(1, 3);

-- rule: an INSERT of a SELECT and VALUES ROW of no tenant
INSERT INTO items (tenant_id, id) SELECT 1, 2 UNION VALUES ROW(1 + 1, 3);
-- refused: table items: the tenant_id of each row must be the tenant, as an argument or an integer

-- rule: an INSERT of a derived VALUES
INSERT INTO items (tenant_id, id) SELECT v.column_0, 2 FROM (VALUES ROW(1)) v;
-- refused: table items: the query must select the tenant, as an argument or an integer, for the column tenant_id: it selects `v.column_0`

-- rule: the connection's own character set
SELECT _utf8mb4'a', _UTF8MB4 'b';

-- rule: a table with the name OF
UPDATE of SET name = 'a' WHERE tenant_id = 1;
-- refused: line 1, column 8, at "of SET name = 'a' WHERE …": the parser can't read this

-- rule: OF behind another word than UPDATE
SELECT 1 FROM items USE INDEX FOR JOIN OF a (b) WHERE tenant_id = 1;
-- refused: line 1, column 40, at "OF a (b) WHERE tenant_id…": the parser can't read this

-- ============ advice.go: syntax that the parser can't read

-- rule: nothing
;
-- refused: the statement is empty

-- rule: a place behind lines
SELECT 1,
  'ä€', FROM items;
-- refused: line 2, column 9, at "FROM items": the parser can't read this

-- rule: a place at the end
SELECT 1 FROM;
-- refused: line 1, column 14, at the end: the statement ends too early

-- rule: a place at the end, with a comment
SELECT 1 FROM /* a */;
-- refused: line 1, column 14, at " /* a */": the statement ends too early

-- rule: a place at the end, with a ;
SELECT 1 FROM;;
-- refused: line 1, column 14, at ";": the parser can't read this

-- rule: a position after a rewritten part
SELECT MID('a', 1), CAST(1 AS DEC(1)), 1 FROM FROM items;
-- refused: line 1, column 47, at "FROM items": the parser can't read this

-- rule: a position before a rewritten part
SELECT FROM, MID('a', 1) FROM items;
-- refused: line 1, column 8, at "FROM, MID('a', 1) FROM i…": the parser can't read this

-- rule: a window for a function without one
SELECT MEDIAN(id) OVER () FROM items WHERE tenant_id = 1;
-- refused: line 1, column 19, at "OVER () FROM items WHERE…": the parser can't read OVER after this function: find the row by ROW_NUMBER() and COUNT(*) OVER

-- rule: a part of an order
SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY id) OVER () FROM items WHERE tenant_id = 1;
-- refused: line 1, column 29, at "WITHIN GROUP (ORDER BY i…": the parser can't read WITHIN GROUP: find the row by ROW_NUMBER() and COUNT(*) OVER

-- rule: RETURNING
INSERT INTO items (tenant_id) VALUES (1) RETURNING id;
-- refused: line 1, column 42, at "RETURNING id": the parser can't read RETURNING, which MySQL does not have: SELECT the rows before or after

-- rule: TABLE
TABLE items;
-- refused: line 1, column 1, at "TABLE items": TABLE has no WHERE that could bind the table: write SELECT * FROM … WHERE tenant_id = ?

-- rule: rows of MariaDB's VALUES
VALUES (1, 2);
-- refused: line 1, column 1, at "VALUES (1, 2)": the parser can't read MariaDB's VALUES (…): write SELECT … UNION ALL SELECT …

-- rule: an array in an order
SELECT JSON_ARRAYAGG(id ORDER BY id) FROM items WHERE tenant_id = 1;
-- refused: line 1, column 25, at "ORDER BY id) FROM items …": the parser can't read this

-- rule: a default that is a number
SELECT JSON_VALUE('{}', '$.a' DEFAULT 0 ON EMPTY);
-- refused: line 1, column 39, at "0 ON EMPTY)": write this DEFAULT as a string in quotes

-- rule: a lock that waits
SELECT 1 FROM items WHERE tenant_id = 1 FOR UPDATE WAIT 2;
-- refused: line 1, column 52, at "WAIT 2": the parser can't read WAIT: write NOWAIT, or set a deadline in the context

-- rule: a page of FETCH
SELECT 1 FROM items WHERE tenant_id = 1 ORDER BY id FETCH FIRST 2 ROWS ONLY;
-- refused: line 1, column 53, at "FETCH FIRST 2 ROWS ONLY": the parser can't read OFFSET … FETCH: write LIMIT … OFFSET …

-- rule: versions
SELECT 1 FROM items FOR SYSTEM_TIME ALL WHERE tenant_id = 1;
-- refused: line 1, column 25, at "SYSTEM_TIME ALL WHERE te…": the parser can't read FOR SYSTEM_TIME: keep versions in rows of a table

-- rule: a brace of ODBC
SELECT {fn NOW()};
-- refused: line 1, column 8, at "{fn NOW()}": braces are ODBC syntax: leave them out, and the word after {

-- rule: a date of ODBC
SELECT { d '2020-01-01'};
-- refused: line 1, column 8, at "{ d '2020-01-01'}": braces are ODBC syntax: write DATE '…'

-- rule: a time of ODBC
SELECT {t '10:00'};
-- refused: line 1, column 8, at "{t '10:00'}": braces are ODBC syntax: write TIME '…'

-- rule: a brace that ends nothing
SELECT 1};
-- refused: line 1, column 9, at "}": no token begins with this character

-- rule: an empty name
SELECT ``;
-- refused: line 1, column 8, at "``": the name is empty

-- rule: a name that does not end
SELECT `a;
-- refused: line 1, column 8, at "`a": the name does not end

-- rule: a string in quotes that does not end
SELECT "a;
-- refused: line 1, column 8, at "\"a": the string does not end

-- rule: a grant
GRANT ALL ON items TO a;
-- refused: GRANT can't be proved: only the system scope can run such a statement (tenancy.System)

-- rule: a start
START TRANSACTION;
-- refused: START can't be proved: transactions begin and end in Go, by tenancy.DB.Tx

-- rule: a word with the name of a refused function
SELECT 1 a benchmark FROM items;
-- refused: line 1, column 12, at "benchmark FROM items": the parser can't read this

-- rule: a point that is behind no lock
SELECT 1 FROM a.b.c;
-- refused: line 1, column 18, at ".c": the parser can't read this

-- rule: AT TIME ZONE in a cast
SELECT CAST('2020-01-01' AT TIME ZONE '+00:00' AS DATETIME);
-- refused: line 1, column 26, at "AT TIME ZONE '+00:00' AS…": the parser can't read AT TIME ZONE: write CONVERT_TZ

-- rule: AT TIME ZONE
SELECT NOW() AT TIME ZONE '+00:00';
-- refused: line 1, column 17, at "TIME ZONE '+00:00'": the parser can't read AT TIME ZONE: write CONVERT_TZ

-- rule: a lock in share mode that waits
SELECT 1 FROM items WHERE tenant_id = 1 LOCK IN SHARE MODE WAIT 2;
-- refused: line 1, column 60, at "WAIT 2": the parser can't read WAIT: write NOWAIT, or set a deadline in the context

-- rule: AS behind a SELECT
SELECT 1 AS AS b;
-- refused: line 1, column 13, at "AS b": the parser can't read this

-- rule: AS behind the SET of an INSERT
INSERT INTO items SET tenant_id = 1, id = 2 AS n ON DUPLICATE KEY UPDATE id = n.id;
-- refused: line 1, column 45, at "AS n ON DUPLICATE KEY UP…": the parser can't read AS after SET: write VALUES (…) AS, or VALUES(column)

-- rule: a name that does not start a statement
of items;
-- refused: OF can't be proved: only the system scope can run such a statement (tenancy.System)

-- ============ reason.go: the reason why a condition binds nothing

-- rule: equal to itself
SELECT 1 FROM items i WHERE i.tenant_id = i.tenant_id;
-- refused: table items (i): nothing binds it to the tenant: `i.tenant_id = i.tenant_id` does not bind, since it compares the column with itself; add `i.tenant_id = ?` to WHERE, by AND

-- rule: the alias in capitals
SELECT 1 FROM items i WHERE I.tenant_id = 1;
-- refused: table items (i): nothing binds it to the tenant: `I.tenant_id` does not bind, since the table is spelled i; add `i.tenant_id = ?` to WHERE, by AND

-- rule: under AND and OR
SELECT 1 FROM items WHERE id = 1 AND (tenant_id = 1 OR id = 2);
-- refused: table items: nothing binds it to the tenant: `tenant_id = 1 or id = 2` does not bind, since a row can meet the other side of OR; add `items.tenant_id = ?` to WHERE, by AND

-- rule: under XOR
SELECT 1 FROM items WHERE tenant_id = 1 XOR id = 2;
-- refused: table items: nothing binds it to the tenant: `tenant_id = 1 xor id = 2` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND

-- rule: IS
SELECT 1 FROM items WHERE tenant_id IS NOT NULL;
-- refused: table items: nothing binds it to the tenant: `tenant_id is not null` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND

-- rule: in CASE
SELECT 1 FROM items WHERE CASE tenant_id WHEN 1 THEN 1 ELSE 0 END;
-- refused: table items: nothing binds it to the tenant: `case tenant_id when 1 then 1 else 0 end` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND

-- rule: in a subquery of a condition
SELECT 1 FROM items WHERE EXISTS (SELECT 1 FROM labels WHERE labels.tenant_id = 1 AND items.tenant_id = labels.tenant_id);
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: in the list of SELECT only
SELECT tenant_id FROM items WHERE id = 1;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: in GROUP BY only
SELECT COUNT(*) FROM items GROUP BY tenant_id;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: IN of a subquery
SELECT 1 FROM items WHERE tenant_id IN (SELECT tenant_id FROM labels WHERE tenant_id = 1);
-- refused: table items: nothing binds it to the tenant: `tenant_id in (select tenant_id from labels where tenant_id =…` does not bind: only an equality joined by AND does; add `items.tenant_id = ?` to WHERE, by AND

-- rule: a number on the left
SELECT 1 FROM items WHERE '1' = tenant_id;
-- refused: table items: nothing binds it to the tenant: `'1' = tenant_id` does not bind, since it compares with neither a ? nor an integer; add `items.tenant_id = ?` to WHERE, by AND

-- rule: a long condition
SELECT 1 FROM items WHERE tenant_id = CONCAT('a long string that is cut off somewhere', 'and another one behind it');
-- refused: table items: nothing binds it to the tenant: `tenant_id = CONCAT('a long string that is cut off somewhere'…` does not bind, since it compares with neither a ? nor an integer; add `items.tenant_id = ?` to WHERE, by AND

-- rule: a long condition of many bytes
SELECT 1 FROM items WHERE tenant_id = 'äöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöüäöü';
-- refused: table items: nothing binds it to the tenant: `tenant_id = 'äöüäöüäöüäöüäöüäöüäöüäö…` does not bind, since it compares with neither a ? nor an integer; add `items.tenant_id = ?` to WHERE, by AND

-- rule: the tenant of a table that is not bound, by which this one is not either
SELECT 1 FROM items i JOIN labels l ON l.tenant_id = i.tenant_id;
-- refused: table items (i): nothing binds it to the tenant: `l.tenant_id = i.tenant_id` does not bind, since nothing binds l; add `i.tenant_id = ?` to WHERE, by AND

-- rule: the tenant of a table that only the other side of an outer join has
SELECT 1 FROM items i LEFT JOIN labels l ON l.tenant_id = 1 AND i.tenant_id = l.tenant_id;
-- refused: table items (i): nothing binds it to the tenant: `i.tenant_id = l.tenant_id` does not bind, since the ON of an outer join filters only rows of its other side; add `i.tenant_id = ?` to WHERE, by AND

-- rule: a table of another join
SELECT 1 FROM items i JOIN labels l ON c.tenant_id = 1 JOIN comments c WHERE i.tenant_id = 1 AND l.tenant_id = 1;
-- refused: table comments (c): nothing binds it to the tenant: `c.tenant_id = 1` does not bind, since c is not an operand of this join; add `c.tenant_id = ?` to WHERE, by AND

-- rule: a name of the query around this one, in a join that servers may group in another way
SELECT (SELECT 1 FROM labels l JOIN items i JOIN comments c ON i.tenant_id = 1 WHERE l.tenant_id = 1 AND c.tenant_id = 1) FROM projects i WHERE i.tenant_id = 1;
-- refused: table items (i): nothing binds it to the tenant: `i.tenant_id = 1` does not bind, since i is also a name in the outer query; add `i.tenant_id = ?` to WHERE, by AND

-- rule: USING, with a table that is not bound
SELECT 1 FROM items i JOIN labels l USING (tenant_id);
-- refused: table items (i): nothing binds it to the tenant: add `i.tenant_id = ?` to WHERE, by AND

-- rule: an index that is not used to sort
SELECT 1 FROM items IGNORE INDEX FOR ORDER BY (a) IGNORE INDEX FOR GROUP BY (b) WHERE tenant_id = 1;

-- rule: an index that is not used to join
SELECT 1 FROM items IGNORE INDEX FOR JOIN (a) WHERE tenant_id = 1;
-- refused: IGNORE INDEX can leave a table without an index that tenant_id leads: write USE INDEX with those to use

-- rule: a cycle
WITH RECURSIVE t (n) AS (SELECT 1 UNION SELECT n FROM t) CYCLE n RESTRICT SELECT * FROM t;
-- refused: line 1, column 58, at "CYCLE n RESTRICT SELECT …": the parser can't read CYCLE: write UNION, which leaves out duplicate rows

-- rule: EXCEPT with a subquery in the list of its second SELECT, which can end MySQL
SELECT d.a FROM (SELECT id AS a FROM items WHERE tenant_id = 1 EXCEPT SELECT (SELECT MAX(id) FROM labels WHERE tenant_id = 1) FROM items WHERE tenant_id = 1) d;
-- refused: INTERSECT and EXCEPT can't be proved with a subquery in the list of a SELECT, which can crash MySQL: write EXISTS or NOT EXISTS

-- rule: INTERSECT with a subquery in the list of its first SELECT
(SELECT ABS((SELECT 1)) FROM items WHERE tenant_id = 1) INTERSECT SELECT id FROM items WHERE tenant_id = 1;
-- refused: INTERSECT and EXCEPT can't be proved with a subquery in the list of a SELECT, which can crash MySQL: write EXISTS or NOT EXISTS

-- rule: EXCEPT with a subquery in WHERE
SELECT id FROM items WHERE tenant_id = 1 AND id IN (SELECT id FROM labels WHERE tenant_id = 1) EXCEPT SELECT 1;

-- rule: UNION with a subquery in the list of a SELECT
SELECT (SELECT 1) UNION SELECT (SELECT 2);

-- rule: a cast to NATIONAL CHARACTER
SELECT CAST('a' AS NATIONAL CHARACTER(3));

-- rule: a cast to NATIONAL and no more
SELECT CAST('a' AS NATIONAL;
-- refused: line 1, column 20, at "NATIONAL": the parser can't read this

-- rule: a first word and no more
UPDATE;
-- refused: line 1, column 7, at the end: the statement ends too early

-- rule: a modifier and no more
DELETE QUICK;
-- refused: line 1, column 13, at the end: the statement ends too early

-- rule: a lock and no more
SELECT 1 FOR UPDATE OF;
-- refused: line 1, column 21, at "OF": the parser can't read this

-- rule: a bracket that was not opened
SELECT 1), MID('a', 1);
-- refused: line 1, column 9, at "), MID('a', 1)": the parser can't read this

-- rule: an order behind a window
SELECT 1 FROM items WHERE tenant_id = 1 WINDOW w AS () ORDER BY id, 1 + (2);

-- rule: windows of two parts of a UNION
SELECT 1 FROM items WHERE tenant_id = 1 WINDOW w AS () UNION SELECT 1 FROM items WHERE tenant_id = 1 WINDOW w AS ();

-- rule: a bracket at the beginning, and a cast
(SELECT CAST(1 AS YEAR), 1 AS year) EXCEPT (SELECT 1, 2);

-- rule: HAVING that does not name the tenant
SELECT id FROM items HAVING id > 1;
-- refused: table items: nothing binds it to the tenant: add `items.tenant_id = ?` to WHERE, by AND

-- rule: the tenant of a table that is not bound, and has a name of the query around this one
SELECT (SELECT 1 FROM labels l JOIN items i ON l.tenant_id = i.tenant_id) FROM projects i WHERE i.tenant_id = 1;
-- refused: table labels (l): nothing binds it to the tenant: `l.tenant_id = i.tenant_id` does not bind, since nothing binds i; add `l.tenant_id = ?` to WHERE, by AND
