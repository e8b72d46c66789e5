package guard

import (
	"errors"
	"strings"

	"vitess.io/vitess/go/vt/sqlparser"
)

// proveExprs proves parts of a query block: acceptNode must accept each node. Each subquery is proved
// as a query block of its own.
func (b *block) proveExprs(nodes ...sqlparser.SQLNode) error {
	accept := func(node sqlparser.SQLNode) (bool, error) {
		switch n := node.(type) {
		case *sqlparser.Subquery:
			if b.prover.subqueries++; b.prover.subqueries > maxSubqueries {
				return false, refuse("a statement has at most %d subqueries: split it", maxSubqueries)
			}
			return false, b.prover.proveQuery(n.Select, b, b.ctes)
		case *sqlparser.BinaryExpr:
			if b.prover.operators++; b.prover.operators > maxOperators {
				return false, refuse("a statement has at most %d arithmetic operators", maxOperators)
			}
		case *sqlparser.FuncExpr:
			if b.prover.quotedCalls[n.Name.Lowered()] {
				return false, refuse("the function %s in quotes can be a stored function, which can read any table: "+
					"leave out the quotes", n.Name)
			}
			if n.Name.EqualString("nullif") {
				b.prover.nullifs++
			}
			if b.prover.nullifs > maxNullifs {
				return false, refuse("a statement has at most %d NULLIF", maxNullifs)
			}
			if err := checkLengthArgument(n); err != nil {
				return false, err
			}
		case *sqlparser.ConvertType:
			if n.Length != nil && *n.Length > maxStringLength && !strings.EqualFold(n.Type, "char") {
				return false, refuse("the length of %s in CAST is at most %d", strings.ToUpper(n.Type), maxStringLength)
			}
		case *sqlparser.WeightStringFuncExpr:
			if n.As != nil && *n.As.Length > maxStringLength {
				return false, refuse("the length of %s in WEIGHT_STRING is at most %d", strings.ToUpper(n.As.Type), maxStringLength)
			}
		case *sqlparser.JtColumnDefinition: // Walk goes no deeper
			return false, b.proveJSONColumn(n)
		}
		return true, acceptNode(node)
	}
	for _, n := range nodes {
		if err := sqlparser.VisitSQLNode(n, accept); err != nil {
			return err
		}
	}
	return nil
}

// proveJSONColumn proves the expressions in a column of JSON_TABLE.
func (b *block) proveJSONColumn(c *sqlparser.JtColumnDefinition) error {
	if p := c.JtPath; p != nil {
		return b.proveExprs(p.Path, p.EmptyOnResponse, p.ErrorOnResponse)
	}
	if n := c.JtNestedPath; n != nil {
		for _, inner := range n.Columns {
			if err := b.proveJSONColumn(inner); err != nil {
				return err
			}
		}
		return b.proveExprs(n.Path)
	}
	return nil
}

// acceptNode accepts a node of the syntax tree if it reads only columns of its query block, arguments
// and literals. It does not look at the children, since the visitor passes each of them, too.
func acceptNode(node sqlparser.SQLNode) error {
	switch n := node.(type) {
	case sqlparser.IdentifierCI: // any spelling: the columns of bindings are matched exactly
		return nil
	case sqlparser.IdentifierCS:
		return checkName(n.String())
	case sqlparser.TableName:
		if !n.Qualifier.IsEmpty() {
			return refuse("%s: name the table without its database", sqlparser.String(n))
		}
		return nil
	case *sqlparser.LockingFunc, *sqlparser.ExtractValueExpr, *sqlparser.UpdateXMLExpr: // all of them refused
		return checkFunction(n)
	case *sqlparser.FuncExpr, *sqlparser.PerformanceSchemaFuncExpr, *sqlparser.GTIDFuncExpr:
		if err := checkFunction(n); err != nil {
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

	case *sqlparser.SelectExprs, *sqlparser.AliasedExpr, *sqlparser.StarExpr, *sqlparser.Where, *sqlparser.GroupBy,
		sqlparser.OrderBy, *sqlparser.Order,
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
	return refuseSyntax(node)
}

// refuseSyntax returns the refusal of an unsupported node.
func refuseSyntax(node sqlparser.SQLNode) error {
	return refuse("%s can't be proved: the guard does not support this syntax", quoteSQL(node))
}

// containsNode reports whether matches is true for a node of a syntax tree.
func containsNode(tree sqlparser.SQLNode, matches func(sqlparser.SQLNode) bool) bool {
	return sqlparser.VisitSQLNode(tree, func(node sqlparser.SQLNode) (bool, error) {
		if matches(node) {
			return false, errFound
		}
		return true, nil
	}) != nil
}

// errFound ends the walk of containsNode.
var errFound = errors.New("found")
