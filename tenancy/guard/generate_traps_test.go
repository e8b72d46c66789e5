package guard_test

import "strings"

// trapForms are conditions that seem to bind the column $1 to the tenant $2, but don't. $3 is
// another tenant, $4 an integer column, and $5 a tenant_id that may not be bound. In some, rows of
// tenant 2 match only with one way to parse the condition. Forms are separated by " ; " or a
// newline, and \n is a newline in a form.
var trapForms = strings.Split(strings.NewReplacer("\n", " ; ", `\n`, "\n").Replace(
	`1 = 1 ; $1 = $1 ; $1 <=> $2 ; $1 >= $2 ; $1 > 0 ; $1 <> 0 ; $1 != $3 ; $1 = $3 ; $1 IN ($2, $3) ; $1 IN ($3, $2)
$1 BETWEEN $2 AND $3
$5 = $1 ; $1 <=> $5 ; $1 IN ($5) ; $1 IN ($2, $5) ; $5 = $1 ; $5 = $2
NOT $1 = $2 ; NOT ($1 = $2) ; !$1 = $2 ; ! ($1 = $2) ; - $1 = $2 ; ~$1 = $2 ; NOT NOT $1 = $2 ; NOT $1 <> $2
NOT !$1 = $2
($1 = $2 OR $4 = 1) ; $1 = $2 OR $4 > 0 ; $4 > 0 OR $1 = $2 ; $1 = $2 OR 1 ; $1 = $2 || 1 ; 1 || $1 = $2
$1 = $2 XOR $4 = 1 ; $4 = 1 XOR $1 = $2 ; $1 = $2 XOR 0 ; 1 XOR $1 = $2
CASE WHEN $4 > 1 THEN $1 = $2 ELSE 1 END ; CASE $1 WHEN $2 THEN 1 ELSE 1 END ; IF($1 = $2, 1, 1) ; IFNULL($1 = $2, 1)
COALESCE($1 = $2) ; NULLIF($1 = $2, 5) ; ($1 = $2) = ($4 > 3)
$1 = $2 IS NULL ; $1 = $2 IS NOT NULL ; $1 = $2 IS NOT TRUE ; $1 = $2 IS FALSE ; $1 = $2 IS TRUE ; $1 IS NULL = $2
$1 IS NOT NULL = $2 ; $4 = 1 IS NULL = $1 = $2
$2 = $1 = $2 ; $1 = $1 = $2 ; $1 = $2 = 0 ; $1 = $2 = 1 ; $1 = $2 <> 1 ; $1 = $2 < 1 ; $1 = $2 <=> NULL ; $1 <> $2 = 0
0 = $1 = $2 ; 1 < $1 = $2 ; $1 = $2 IN (0, 1) ; $1 = $2 IN (0) ; $1 = $2 NOT IN (0) ; $1 = $2 LIKE 0
$1 = $2 NOT LIKE 'x' ; $1 = $2 REGEXP 1 ; $1 = $2 SOUNDS LIKE 1
$1 = $2 BETWEEN 0 AND 1 ; $1 = $2 NOT BETWEEN 0 AND 1 ; $4 BETWEEN 0 AND $1 = $2 ; $4 BETWEEN $5 = $1 AND 9
$4 NOT BETWEEN 0 AND $1 = $2 ; $4 > 0 OR $4 BETWEEN 0 AND 1 AND $1 = $2 ; $4 LIKE '1' ESCAPE '|' OR $1 = $2
$1 = $2 + 1 ; $1 = $2 - 0 ; $1 = $2 | 2 ; $1 = $2 & 3 ; $1 = $2 ^ 3 ; $1 = $2 << 1 ; $1 = $2 * 2 ; $1 = $2 DIV 1
$1 = $2 % 2 ; $1 = $2 MOD 2 ; $1 + 0 = $2 ; $1 | 1 = $2 ; $1 & 1 = $2 ; $1 DIV 2 = $2 ; $1 % 2 = $2 ; $1 = -$2
$1 = +$2 ; $1 = ~$2 ; $1 = !$2 ; $1 = NOT $2 ; $1 = BINARY $2 ; $1 = ($2 + 1) ; $1 = $2 COLLATE utf8mb4_bin
$1 = $2--1 ; $1 = $2 --1 ; $1 = $2-- x\n ; $1 = $2- -1 ; $1 = $2 /* */ + 1 ; $1 = $2 /* AND 1 */ OR 1
$1 = $2 # x\n OR 1 ; /* $1 = 1 */ 1 = 1 ; '$1 = 1' ; "$1 = 1" <> '' ; 'it''s' <> '$1 = 1 ' ; '\'' <> ' AND $1 = 1 AND '
"a""" <> " AND $1 = 1" ; '\\' <> ' AND $1 = 1 '
$1 = '1' ; $1 = 1.0 ; $1 = 1e0 ; $1 = 0x1 ; $1 = x'01' ; $1 = b'1' ; $1 = 01 ; $1 = TRUE ; $1 = '1' '2' ; $1 = 1or 2
$1 = 1. ; $1 = 4294967297 ; $1 = '2x'
$1 = ANY (SELECT 1 UNION SELECT 2) ; $1 = ALL (SELECT 1 LIMIT 0) ; $1 = SOME (SELECT $3) ; $1 IN (SELECT 2)
$1 IN (SELECT $2) ; $1 = (SELECT $3) ; (SELECT $1 = $2) IS NOT NULL ; EXISTS (SELECT 1 FROM DUAL WHERE $1 = $2) OR 1
EXISTS (SELECT 1 FROM DUAL WHERE $1 = $2) ; EXISTS (SELECT $1 = $2)
($1, 1) = (1, $2) ; ($1, $4) = ($4, $2) ; ($1, $2) IN ((1, 1), (2, 1)) ; ($4, $1) IN ((1, 1), (2, 1), (2, 2))
NOT ($1, 1) = ($2, 0) ; ($1, 1) >= ($2, 1) ; (1, $1) IN ((1, 2), (1, $2)) ; 1 IN ($1, $2) ; $2 IN ($1, 1)
($1, 1) <=> ($2, 1) ; ($1, $2) <> (1, 2)
tenant_id = $2 OR $4 ; tenant_id = tenant_id ; tenant_id >= $2 ; tenant_id = $5 ; tenant_id = $3 ; TENANT_ID = $2
x.tenant_id = $2 ; 'tenant_id' = $1
$1 SOUNDS LIKE $2 ; $1 = CAST($2 AS YEAR) ; CAST($1 AS SIGNED INT) = $2 ; CONVERT($1, UNSIGNED INT) = $2
MID($1, 1) = $2 ; $1 = MID($2, 1) ; WEIGHT_STRING($1) = WEIGHT_STRING($2) ; $1 IN (VALUES ROW($2))
$1 IN (SELECT $2 UNION SELECT 2 EXCEPT SELECT 3) ; $1 IN (SELECT 2 INTERSECT SELECT $3) ; ST_X(POINT($1, 1)) >= $2
$1 = $2 = (SELECT 1 EXCEPT SELECT $2)
$1 IN ($2) IS NOT NULL ; $1 IN ($2) = 0 ; $1 IN ($2) XOR 1 ; $1 NOT IN ($2) ; $1 NOT IN (0) ; $1 IN ($2) OR $4
$1 IN (NULL, 1, 2) ; $1 IN (1 + 1)`), " ; ")
