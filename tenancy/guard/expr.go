package guard

import (
	"fmt"
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// visit accepts parts of the block that stay inside the row, and proves each query
// in them by itself.
func (b *block) visit(nodes ...sqlparser.SQLNode) error {
	accept := func(node sqlparser.SQLNode) (bool, error) {
		switch n := node.(type) {
		case *sqlparser.Subquery:
			if b.subqueries++; b.subqueries > maxSubqueries {
				return false, refuse("a statement has at most %d subqueries", maxSubqueries)
			}
			return false, b.query(n.Select, b, b.ctes)
		case *sqlparser.ColName:
			for _, s := range b.sources {
				alias := n.Qualifier.Name.String()
				s.mentioned = s.mentioned || n.Name.EqualString(Column) && (alias == "" || alias == s.alias)
			}
		case *sqlparser.BinaryExpr:
			if b.operators++; b.operators > maxOperators {
				return false, refuse("a statement has at most %d arithmetic operators", maxOperators)
			}
		case *sqlparser.FuncExpr:
			if n.Name.EqualString("nullif") {
				b.nullifs++
			}
			if b.nullifs > maxNullifs {
				return false, refuse("a statement has at most %d NULLIF", maxNullifs)
			}
			if err := bounded(n); err != nil {
				return false, err
			}
		case *sqlparser.JtColumnDefinition: // Walk goes no deeper
			return false, b.jsonColumn(n)
		}
		return true, inRow(node)
	}
	for _, n := range nodes {
		if err := sqlparser.VisitSQLNode(n, accept); err != nil {
			return err
		}
	}
	return nil
}

// bounded accepts a function that makes a text, if it says how long: the text functions
// around it take its square in time, in which servers can't stop them.
func bounded(f *sqlparser.FuncExpr) error {
	at, makes := lengths[strings.ToLower(f.Name.String())]
	if !makes {
		return nil
	}
	if at < len(f.Exprs) {
		if n, _ := valueOf(f.Exprs[at]); n.arg < 0 && n.literal <= maxText {
			return nil
		}
	}
	return refuse("the length that %s makes must be a number in the text, of at most %d", f.Name, maxText)
}

// lengths are the places of arguments that say how long a text becomes.
var lengths = map[string]int{"repeat": 1, "space": 0, "lpad": 1, "rpad": 1}

// jsonColumn visits what a column of JSON_TABLE holds.
func (b *block) jsonColumn(c *sqlparser.JtColumnDefinition) error {
	if p := c.JtPath; p != nil {
		return b.visit(p.Path, p.EmptyOnResponse, p.ErrorOnResponse)
	}
	if n := c.JtNestedPath; n != nil {
		for _, inner := range n.Columns {
			if err := b.jsonColumn(inner); err != nil {
				return err
			}
		}
		return b.visit(n.Path)
	}
	return nil
}

// inRow accepts a node that reaches no further than the rows of its block.
func inRow(node sqlparser.SQLNode) error {
	switch n := node.(type) {
	case sqlparser.IdentifierCI: // a label, or a column that is read: binding ones are matched exactly
		return nil
	case sqlparser.IdentifierCS:
		return plain(n.String())
	case sqlparser.TableName:
		if !n.Qualifier.IsEmpty() {
			return refuse("%s: name the table without its database", sqlparser.String(n))
		}
		return nil
	case *sqlparser.FuncExpr:
		if !n.Qualifier.IsEmpty() || !functions[strings.ToLower(n.Name.String())] {
			return refuse("the function %s is not on the list of those that stay inside the row", n.Name)
		}
		return nil
	case *sqlparser.MatchExpr:
		return refuse("MATCH … AGAINST ranks by the rows of all tenants")
	case *sqlparser.LockingFunc:
		return refuse("GET_LOCK and its like can be held against other tenants")
	case *sqlparser.IntroducerExpr:
		return refuse("%s changes how a text is read: pass an argument", n.CharacterSet)

	case *sqlparser.SelectExprs, *sqlparser.AliasedExpr, *sqlparser.StarExpr, *sqlparser.Where, *sqlparser.GroupBy, sqlparser.OrderBy, *sqlparser.Order,
		*sqlparser.Limit, sqlparser.Columns, *sqlparser.NamedWindow,
		sqlparser.WindowDefinitions, *sqlparser.WindowDefinition, *sqlparser.WindowSpecification, *sqlparser.OverClause,
		*sqlparser.FrameClause, *sqlparser.FramePoint, *sqlparser.NullTreatmentClause, *sqlparser.FromFirstLastClause:
		return nil

	case *sqlparser.ColName, *sqlparser.Literal, *sqlparser.Argument, *sqlparser.NullVal, sqlparser.BoolVal, sqlparser.ValTuple,
		*sqlparser.Default, *sqlparser.ValuesFuncExpr,
		*sqlparser.AndExpr, *sqlparser.OrExpr, *sqlparser.XorExpr, *sqlparser.NotExpr, *sqlparser.ComparisonExpr,
		*sqlparser.BetweenExpr, *sqlparser.IsExpr, *sqlparser.ExistsExpr, *sqlparser.UnaryExpr, *sqlparser.BinaryExpr, *sqlparser.CaseExpr,
		*sqlparser.When, *sqlparser.CollateExpr, *sqlparser.CastExpr, *sqlparser.ConvertExpr, *sqlparser.ConvertType,
		*sqlparser.ConvertUsingExpr:
		return nil

	case *sqlparser.Count, *sqlparser.CountStar, *sqlparser.Avg, *sqlparser.Max, *sqlparser.Min, *sqlparser.Sum,
		*sqlparser.BitAnd, *sqlparser.BitOr, *sqlparser.BitXor, *sqlparser.Std, *sqlparser.StdDev, *sqlparser.StdPop,
		*sqlparser.StdSamp, *sqlparser.VarPop, *sqlparser.VarSamp, *sqlparser.Variance, *sqlparser.GroupConcatExpr,
		*sqlparser.AnyValue, *sqlparser.JSONArrayAgg, *sqlparser.JSONObjectAgg, *sqlparser.ArgumentLessWindowExpr,
		*sqlparser.FirstOrLastValueExpr, *sqlparser.NtileExpr, *sqlparser.NTHValueExpr, *sqlparser.LagLeadExpr:
		return nil

	case *sqlparser.CurTimeFuncExpr, *sqlparser.TimestampDiffExpr, *sqlparser.ExtractFuncExpr, *sqlparser.IntervalDateExpr,
		*sqlparser.IntervalFuncExpr, *sqlparser.SubstrExpr, *sqlparser.InsertExpr, *sqlparser.LocateExpr, *sqlparser.CharExpr,
		*sqlparser.TrimFuncExpr, *sqlparser.RegexpInstrExpr, *sqlparser.RegexpLikeExpr, *sqlparser.RegexpReplaceExpr,
		*sqlparser.RegexpSubstrExpr:
		return nil

	case *sqlparser.JSONTableExpr, *sqlparser.JtOnResponse, *sqlparser.JSONArrayExpr, *sqlparser.JSONObjectExpr,
		*sqlparser.JSONObjectParam, *sqlparser.JSONQuoteExpr, *sqlparser.JSONUnquoteExpr, *sqlparser.JSONPrettyExpr,
		*sqlparser.JSONContainsExpr, *sqlparser.JSONContainsPathExpr, *sqlparser.JSONExtractExpr, *sqlparser.JSONKeysExpr,
		*sqlparser.JSONOverlapsExpr, *sqlparser.JSONSearchExpr, *sqlparser.JSONValueExpr, *sqlparser.JSONAttributesExpr,
		*sqlparser.JSONValueModifierExpr, *sqlparser.JSONValueMergeExpr, *sqlparser.JSONRemoveExpr, *sqlparser.MemberOfExpr:
		return nil
	}
	return unknown(node)
}

func unknown(node sqlparser.SQLNode) error {
	return refuse("%s can't be proved: the guard does not know that syntax", strings.TrimPrefix(fmt.Sprintf("%T", node), "*sqlparser."))
}

// plain accepts the name of a table or of a column that is written, or none. Servers
// compare other letters each in their own way.
func plain(name string) error {
	if name != "" && !isName(name) {
		return refuse("the name %q must consist of ASCII letters, digits and _", name)
	}
	return nil
}

func isName(s string) bool {
	for i := range len(s) {
		if c := s[i]; c != '_' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return s != ""
}

// functions are those of MySQL and MariaDB that read nothing but their arguments and
// the clock, and for which the parser has no node of its own (inRow lists those). Not
// among them: functions of one's own, which can read any table; those that hold the
// server or reach its files (SLEEP, BENCHMARK, GET_LOCK, LOAD_FILE); those that tell of
// the connection, which other tenants use too (LAST_INSERT_ID, FOUND_ROWS, ROW_COUNT,
// USER, DATABASE); and those whose errors repeat what they read (EXTRACTVALUE,
// UPDATEXML, the geographic ones).
var functions = set(`
	abs acos asin atan atan2 ceil ceiling conv cos cot crc32 degrees exp floor ln log log10 log2 mod pi pow power
	radians rand round sign sin sqrt tan truncate greatest least
	if ifnull nullif coalesce isnull
	ascii bin bit_count bit_length char_length character_length concat concat_ws elt export_set field find_in_set
	format from_base64 hex instr lcase left length lower lpad make_set oct octet_length ord
	quote repeat replace reverse right rpad soundex space strcmp substring_index to_base64 ucase unhex upper
	addtime convert_tz date date_format datediff day dayname dayofmonth dayofweek dayofyear
	from_days from_unixtime get_format hour last_day makedate maketime microsecond minute month monthname period_add
	period_diff quarter sec_to_time second str_to_date subtime time time_format time_to_sec timediff
	curdate current_date utc_date timestamp to_days to_seconds unix_timestamp week weekday weekofyear year yearweek
	md5 sha sha1 sha2 crc32c aes_encrypt aes_decrypt compress uncompress uncompressed_length random_bytes
	uuid uuid_to_bin bin_to_uuid is_uuid inet_aton inet_ntoa inet6_aton inet6_ntoa is_ipv4 is_ipv6
	json_compact json_loose json_detailed json_exists json_query json_equals json_normalize
	grouping nvl nvl2 chr to_char
`)

func set(names string) map[string]bool {
	m := map[string]bool{}
	for name := range strings.FieldsSeq(names) {
		m[name] = true
	}
	return m
}
