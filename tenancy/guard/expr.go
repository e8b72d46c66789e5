package guard

import (
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
				return false, refuse("a statement has at most %d subqueries: split it", maxSubqueries)
			}
			return false, b.query(n.Select, b, b.ctes)
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
			if err := checkLength(n); err != nil {
				return false, err
			}
		case *sqlparser.ConvertType:
			if n.Length != nil && (*n.Length < 0 || *n.Length > maxText) && !strings.EqualFold(n.Type, "char") {
				return false, refuse("the length of %s in CAST is at most %d", strings.ToUpper(n.Type), maxText)
			}
		case *sqlparser.WeightStringFuncExpr:
			if n.As != nil && n.As.Length != nil && (*n.As.Length < 0 || *n.As.Length > maxText) {
				return false, refuse("the length of %s in WEIGHT_STRING is at most %d", strings.ToUpper(n.As.Type), maxText)
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
	case *sqlparser.LockingFunc, *sqlparser.ExtractValueExpr, *sqlparser.UpdateXMLExpr:
		return knownFunction(n)
	case *sqlparser.FuncExpr, *sqlparser.PerformanceSchemaFuncExpr, *sqlparser.GTIDFuncExpr:
		if err := knownFunction(n); err != nil {
			return err
		}
		return nil
	case *sqlparser.MatchExpr:
		return refuse("MATCH … AGAINST ranks by the rows of all tenants: search in Go, or in a search engine")
	case *sqlparser.IntroducerExpr:
		if !strings.EqualFold(n.CharacterSet, "_utf8mb4") { // the connection has the same
			return refuse("%s changes how a string is read: pass it as an argument", n.CharacterSet)
		}
		return nil

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
		*sqlparser.RegexpSubstrExpr, *sqlparser.WeightStringFuncExpr:
		return nil

	case *sqlparser.PointExpr, *sqlparser.LineStringExpr, *sqlparser.PolygonExpr, *sqlparser.MultiPointExpr, *sqlparser.MultiLinestringExpr,
		*sqlparser.MultiPolygonExpr, *sqlparser.GeomFromTextExpr, *sqlparser.GeomFromWKBExpr, *sqlparser.GeomFormatExpr,
		*sqlparser.GeomPropertyFuncExpr, *sqlparser.PointPropertyFuncExpr, *sqlparser.LinestrPropertyFuncExpr,
		*sqlparser.PolygonPropertyFuncExpr, *sqlparser.GeomCollPropertyFuncExpr, *sqlparser.GeoHashFromLatLongExpr,
		*sqlparser.GeoHashFromPointExpr, *sqlparser.GeomFromGeoHashExpr, *sqlparser.GeoJSONFromGeomExpr,
		*sqlparser.GeomFromGeoJSONExpr:
		return nil

	case *sqlparser.JSONTableExpr, *sqlparser.JtOnResponse, *sqlparser.JSONArrayExpr, *sqlparser.JSONObjectExpr,
		*sqlparser.JSONObjectParam, *sqlparser.JSONQuoteExpr, *sqlparser.JSONUnquoteExpr, *sqlparser.JSONPrettyExpr,
		*sqlparser.JSONContainsExpr, *sqlparser.JSONContainsPathExpr, *sqlparser.JSONExtractExpr, *sqlparser.JSONKeysExpr,
		*sqlparser.JSONOverlapsExpr, *sqlparser.JSONSearchExpr, *sqlparser.JSONValueExpr, *sqlparser.JSONAttributesExpr,
		*sqlparser.JSONValueModifierExpr, *sqlparser.JSONValueMergeExpr, *sqlparser.JSONRemoveExpr, *sqlparser.MemberOfExpr,
		*sqlparser.JSONSchemaValidFuncExpr, *sqlparser.JSONSchemaValidationReportFuncExpr, *sqlparser.JSONStorageSizeExpr,
		*sqlparser.JSONStorageFreeExpr:
		return nil
	}
	return unknown(node)
}

func unknown(node sqlparser.SQLNode) error {
	return refuse("%s can't be proved: the guard does not know that syntax", quote(node))
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
