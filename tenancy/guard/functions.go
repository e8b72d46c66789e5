package guard

import (
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// acceptedFunctions are functions of MySQL and MariaDB. They read only their arguments and the clock.
// acceptNode has further functions, with nodes of their own in the parser.
var acceptedFunctions = wordSet(`
	abs acos asin atan atan2 ceil ceiling conv cos cot crc32 degrees exp floor ln log log10 log2 mod pi pow power
	radians rand round sign sin sqrt tan truncate greatest least
	if ifnull nullif coalesce isnull
	ascii bin bit_count bit_length char_length character_length concat concat_ws elt export_set field find_in_set
	format from_base64 hex instr lcase left length lengthb lower lpad make_set natural_sort_key oct octet_length ord
	quote repeat replace reverse right rpad soundex space strcmp substring_index to_base64 ucase unhex upper
	charset collation coercibility
	add_months addtime convert_tz date date_format datediff day dayname dayofmonth dayofweek dayofyear
	from_days from_unixtime get_format hour last_day makedate maketime microsecond minute month monthname period_add
	period_diff quarter sec_to_time second str_to_date subtime time time_format time_to_sec timediff
	curdate current_date utc_date timestamp to_days to_seconds unix_timestamp week weekday weekofyear year yearweek
	md5 sha sha1 sha2 crc32c aes_encrypt aes_decrypt compress uncompress uncompressed_length random_bytes
	uuid sys_guid uuid_to_bin bin_to_uuid is_uuid
	inet_aton inet_ntoa inet6_aton inet6_ntoa is_ipv4 is_ipv4_compat is_ipv4_mapped is_ipv6
	json_compact json_loose json_detailed json_exists json_query json_equals json_normalize
	column_add column_check column_create column_delete column_exists column_json column_list
	grouping nvl nvl2 chr to_char decode_histogram format_bytes format_pico_time gtid_subset gtid_subtract
	string_to_vector vector_to_string vector_dim to_vector from_vector value
	geometrycollection geomcollection
	st_boundary st_buffer st_buffer_strategy st_contains st_convexhull st_crosses st_difference st_disjoint st_distance
	st_distance_sphere st_equals st_frechetdistance st_hausdorffdistance st_intersection st_intersects st_isring
	st_isvalid st_lineinterpolatepoint st_lineinterpolatepoints st_makeenvelope st_overlaps st_pointatdistance
	st_pointonsurface st_relate st_simplify st_srid st_swapxy st_symdifference st_touches st_transform st_union
	st_validate st_within
	mbrcontains mbrcoveredby mbrcovers mbrdisjoint mbrequal mbrequals mbrintersects mbroverlaps mbrtouches mbrwithin
`)

// wordSet returns the set of the words in a string.
func wordSet(names string) map[string]bool {
	m := map[string]bool{}
	for name := range strings.FieldsSeq(names) {
		m[name] = true
	}
	return m
}

// refusedFunctions maps other functions to the reason of their refusal and a replacement.
var refusedFunctions = splitKeys(map[string]string{
	"sleep": "holds a connection that other tenants wait for: wait in Go",
	"master_pos_wait source_pos_wait master_gtid_wait wait_for_executed_gtid_set " +
		"wait_until_sql_thread_after_gtids wsrep_sync_wait_upto_gtid": "holds a connection while it waits for replication: wait in Go",
	"benchmark": "spends CPU time that other tenants wait for: measure in Go",
	"get_lock release_lock release_all_locks is_free_lock is_used_lock": "has locks that all tenants share: " +
		"lock a row of the tenant with SELECT … FOR UPDATE",
	"load_file":      "reads files of the server: read them in Go",
	"last_insert_id": "returns the id of the connection's last INSERT, which can be another tenant's: read the row by its unique key",
	"found_rows":     "counts rows of the connection's last SELECT, which can be another tenant's: select COUNT(*), or COUNT(*) OVER ()",
	"row_count":      "counts rows of the connection's last statement, which can be another tenant's: take RowsAffected in Go",
	"connection_id ps_current_thread_id ps_thread_id": "describes the connection, which tenants share: leave it out",
	"user current_user session_user system_user": "returns the database user, which tenants share: " +
		"pass the name of the caller as an argument",
	"database schema schemas":                                      "returns the database, which tenants share: leave it out",
	"version icu_version roles_graphml validate_password_strength": "describes the server, which tenants share: leave it out",
	"binlog_gtid_pos wsrep_last_seen_gtid wsrep_last_written_gtid": "describes replication, which tenants share: leave it out",
	"uuid_short":             "counts the calls of all tenants: write UUID()",
	"nextval lastval setval": "reads a sequence, which tenants share: count in a row of the tenant",
	"statement_digest statement_digest_text spider_direct_sql spider_bg_direct_sql": "takes SQL as a string, " +
		"which the guard can't read: leave it out",
	"spider_copy_tables":            "takes tables as a string, which the guard can't read: leave it out",
	"extractvalue updatexml":        "has errors that quote the document: parse XML in Go",
	"sformat":                       "can make a string of any length: write CONCAT and FORMAT",
	"st_collect":                    "is an aggregate function that the parser does not know: collect in Go",
	"rownum":                        "counts rows in the order in which they are read: write ROW_NUMBER() OVER (ORDER BY …)",
	"rollup":                        "is not a function: write GROUP BY … WITH ROLLUP",
	"name_const":                    "is for the server's own use: write the value AS the name",
	"encode decode":                 "is obsolete: write AES_ENCRYPT and AES_DECRYPT",
	"des_encrypt des_decrypt":       "reads keys of the server: write AES_ENCRYPT and AES_DECRYPT",
	"password old_password encrypt": "is for passwords of the server's users: hash in Go",
	"concat_operator_oracle":        "is for views in Oracle mode: write CONCAT",
	"decode_oracle":                 "is for views in Oracle mode: write CASE",
	"lpad_oracle ltrim_oracle replace_oracle rpad_oracle rtrim_oracle " +
		"substr_oracle trim_oracle": "is for views in Oracle mode: write the name without _ORACLE",
})

// splitKeys returns a map with one entry for each word of the keys.
func splitKeys(byWords map[string]string) map[string]string {
	byWord := map[string]string{}
	for words, value := range byWords {
		for word := range strings.FieldsSeq(words) {
			byWord[word] = value
		}
	}
	return byWord
}

// checkFunction accepts calls of acceptedFunctions.
func checkFunction(call sqlparser.SQLNode) error {
	name, _, _ := strings.Cut(sqlparser.String(call), "(")
	if f, ok := call.(*sqlparser.FuncExpr); ok {
		if !f.Qualifier.IsEmpty() {
			return refuse("the function %s.%s is not the server's own, and can read any table: compute it in Go", f.Qualifier, f.Name)
		}
	}
	lower := strings.ToLower(name)
	switch reason, refused := refusedFunctions[lower]; {
	case acceptedFunctions[lower]:
		return nil
	case refused:
		return refuse("the function %s %s", strings.ToUpper(name), reason)
	case acceptedFunctions["st_"+lower] && lower != "distance": // MySQL 9 has another function DISTANCE
		return refuse("the function %s has the name of older servers: write ST_%s", name, name)
	}
	return refuse("the function %s is unknown to the guard and could read any table: compute it in Go", name)
}

// blankFunctions are functions that must have no blank before the parenthesis. With a blank, servers call
// the stored function of this name, or fail.
var blankFunctions = wordSet(`
	ADDDATE BIT_AND BIT_OR BIT_XOR COUNT CURDATE CURTIME GROUP_CONCAT JSON_ARRAYAGG JSON_OBJECTAGG MAX MID MIN NOW POSITION
	STD STDDEV STDDEV_POP STDDEV_SAMP SUBDATE SUBSTR SUBSTRING SUM SYSDATE TRIM VARIANCE VAR_POP VAR_SAMP
`)

// checkLengthArgument refuses a call of REPEAT, SPACE, LPAD or RPAD unless its length is an integer
// literal. String functions around it can take the square of the length in time, and can't be killed.
func checkLengthArgument(f *sqlparser.FuncExpr) error {
	at, ok := lengthArguments[strings.ToLower(f.Name.String())]
	if !ok {
		return nil
	}
	if at < len(f.Exprs) {
		if n, _ := constantOf(f.Exprs[at]); n.arg < 0 && n.literal <= maxStringLength {
			return nil
		}
	}
	return refuse("the length argument of %s must be an integer literal of at most %d", f.Name, maxStringLength)
}

// lengthArguments maps functions to the index of the argument with the length of their result.
var lengthArguments = map[string]int{"repeat": 1, "space": 0, "lpad": 1, "rpad": 1}
