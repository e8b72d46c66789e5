//go:build mutants

package tenancy_test

import (
	"flag"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"rowhouse/tenancy/tenancytest"
)

// The guard and the scope are changed in one place at a time, and then a test must
// fail: what no test misses is no fence. The flags stand after -args.
var (
	only        = flag.String("only", "", "run the mutants whose name this regular expression matches")
	list        = flag.Bool("list", false, "list the mutants, and run none")
	unexplained = flag.Bool("unexplained", false, "leave out the mutants that are explained")
	fast        = flag.Bool("fast", false, "leave out the slow tests: run those that survive again without it")
)

// mutated are the files that keep tenants apart, and the transports, where they come in.
func mutated(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("guard/*.go")
	if err != nil || len(files) < 8 {
		t.Fatal(files, err)
	}
	transports, err := filepath.Glob(transport + "*.go")
	if err != nil || len(transports) < 8 {
		t.Fatal(transports, err)
	}
	files = slices.DeleteFunc(append(files, transports...), func(file string) bool { return strings.HasSuffix(file, "_test.go") })
	return append(files, "scope.go", "scope_read.go", "scope_write.go", "scope_shared.go", "conn.go", "check.go", "rows.go", "prepared.go", "tx.go", "mysqlerrors.go",
		"settings.go", "system.go", "schema.go", "quota.go", "kill.go", "credentials.go", "middleware.go", "log.go")
}

// steps are the tests that a mutant meets until one of them kills it: the fastest
// first, and last the slow ones and those that ask a server whether the guard is right.
var steps = []struct{ dir, filter string }{
	{dir: "tenancy/guard", filter: "-test.skip=HaveBoundedCost|" + askServer}, // the skipped tests are slow
	{dir: "tenancy", filter: beside},
	{dir: "tenancy", filter: "-test.skip=" + slow},
	{dir: "model", filter: ""},
	{dir: "tenancy", filter: slow},
	{dir: "tenancy/guard", filter: "-test.run=" + askServer},
	{dir: "graph/transport", filter: ""},
	{dir: ".", filter: beside},
	{dir: ".", filter: overHTTP},
	{dir: ".", filter: longHTTP},
}

// concerns reports whether the tests in a folder can kill a mutant of a file.
func concerns(dir, file string) bool {
	switch dir {
	case "tenancy/guard": // which knows nothing of the scope
		return strings.HasPrefix(file, "guard/")
	case "graph/transport", ".":
		return strings.HasPrefix(file, transport)
	}
	return !strings.HasPrefix(file, transport)
}

const (
	// beside stands for the tests in the files beside the mutant's, or those that besideHTTP
	// names, which are likely to kill it.
	beside    = "beside"
	transport = "../graph/transport/"
	// overHTTP stands for all tests in the files of besideHTTP, except longHTTP, which are those
	// that take two seconds or more.
	overHTTP = "over HTTP"
	longHTTP = "^(TestSlowClientsAreDropped|TestABodyThatNeverComesIsNotWaitedFor|TestSubscriptionsComeInParts|TestAnEventStreamHasManyOperations|" +
		"TestEventsOverHTTP|TestASmallBodyDecodesToNoLargeOne|TestSocketsCloseAsTheProtocolSays|TestNothingDeferredHangsOrKills|" +
		"TestAnEventHasTheTimeOfAnOperation|TestAMessageIsNotWaitedForLong|TestEveryMutationPublishesItsEvents|TestConcurrentRequestsShareNothing)$"
	askServer = "^(TestAcceptedStatementsLeakNothing|TestStatementsOfApplicationsRun)$"
	// slow are the tests that take a second or more: they sleep, or start a server.
	slow = "^(TestAnotherModuleImportsTenancy|TestConnectionIsVerifiedAgainAfterFiveSeconds|TestLockWaitWithRollbackOnTimeoutEndsTheTransaction|TestKillSparesOtherServers|" +
		"TestStatementHoldsItsSlotUntilItIsKilled|TestKillSparesOtherStatements|TestCancelledStatementIsKilled|TestCancelledStatementOfATenantIsKilled|" +
		"TestServerDefaultsAreReplaced|TestArgumentsNeverBecomeSQL|FuzzArgumentsStayValues)$"
)

// besideHTTP are the tests of the root that speak to the transports: how the names of their
// files begin, by the names of the transports' files.
var besideHTTP = []struct{ transports, tests string }{
	{"incremental payload payloadbuilder collectfields jsonvalue deferrule removedefer resolvermiddleware", "incremental"},
	{"socket socketmessages socketoperation closecodes websocket runningoperations execute", "live"},
	{"sse sharedstream streamregistry runningoperations", "eventstream"},
	{"stream multipart", "streams"},
	{"unicode", "coercion_transport"},
	{"http exchange accept get post params response methods", "http"},
	{"", "documents"},
	{"", "limits"},
	{"", "busy"},
	{"", "cors"},
}

// explained are the mutants that behave as the original does, by name, and why.
var explained = map[string]string{
	"guard/bind.go resolveTenantColumn: always false: !ok":                                                                                noAlias,
	"guard/cache.go newCache: always false: err != nil":                                                                                   "the size is a constant",
	"guard/cache.go newCache: left out: panic(err)":                                                                                       "the size is a constant",
	"guard/expr.go proveExprs: always true: false":                                                                                        ends,
	"guard/functions.go checkLengthArgument: always true: at < len(f.Exprs)":                                                              panics,
	"guard/functions.go checkLengthArgument: <=: at < len(f.Exprs)":                                                                       panics,
	"guard/expr.go proveExprs: always true: false #3":                                                                                     ends,
	"guard/expr.go proveExprs: always true: false #4":                                                                                     ends,
	"guard/expr.go proveExprs: always true: false #5":                                                                                     ends,
	"guard/expr.go proveExprs: always true: false #6":                                                                                     ends,
	"guard/expr.go proveExprs: always true: false #7":                                                                                     ends,
	"guard/expr.go proveExprs: always true: false #8":                                                                                     "the parser's visitor goes no deeper there",
	"guard/expr.go containsNode: always true: false":                                                                                      ends,
	"guard/edit.go originalOffset: >: at >= start":                                                                                        "no token ends where an edit does",
	"guard/rewrite.go parseTokens: always true: len(certain) < len(all)":                                                                  again,
	"guard/rewrite.go parseTokens: <=: len(certain) < len(all)":                                                                           again,
	"guard/rewrite.go parseTokens: >=: certain.errorOffset(second) > at":                                                                  "both errors stand in one place",
	"guard/edit.go errorOffset: always false: !errors.As(err, &p)":                                                                        "the parser has no other errors",
	"guard/rewrite.go rewriteTokens: always true: l.hasKind(i+3, '(')":                                                                    unread,
	"guard/rewrite.go rewriteTokens: always true: l.hasKind(i+3, '(') #2":                                                                 unread,
	"guard/rewrite.go rewriteTokens: always true: l.wordAt(i+2) == \"AS\" #2":                                                             unread,
	"guard/rewrite.go rewriteTokens: not assigned to i: i = end - 1":                                                                      "no name in the list is a form that the parser lacks",
	"guard/rewrite.go rewriteWord: always true: l.hasKind(i+1, '(')":                                                                      again,
	"guard/rewrite.go rewriteWord: always true: word == \"SOUNDS\"":                                                                       again,
	"guard/rewrite.go rewriteWord: always true: next == \"LIKE\"":                                                                         again,
	"guard/rewrite.go rewriteWord: always true: l.wordAt(i-1) == \"NATURAL\"":                                                             "INNER JOIN is JOIN",
	"guard/rewrite.go skipPriorityWords: always false: !ok":                                                                               "without words there are no modifiers",
	"guard/rewrite.go rewriteType: always true: first == \"NATIONAL\"":                                                                    unread,
	"guard/classify.go OnlyRows: always false: err != nil #2":                                                                             "without a statement, the switch refuses",
	"guard/from.go addTableExpr: nil: refuseSyntax(e)":                                                                                    grammar,
	"guard/from.go addAliased: nil: refuseSyntax(e.Expr)":                                                                                 grammar,
	"guard/insert.go proveInsert: always false: !ok":                                                                                      grammar,
	"guard/insert.go proveInsert: nil: refuseSyntax(s.Table.Expr)":                                                                        grammar,
	"guard/insert.go proveInsertedRows: nil: refuseSyntax(rows)":                                                                          grammar,
	"guard/bind.go constantOf: always true: n > 0":                                                                                        "lex accepts no placeholder with a name, and the parser numbers those without",
	"guard/bind.go constantOf: >=: n > 0":                                                                                                 "lex accepts no placeholder with a name, and the parser numbers those without",
	"scope.go installCallbacks: no loop: for _, err := range []error{ on.Query().Before(\"gorm:query\").Register(\"tenancy:read\", with…": registered,
	"scope.go installCallbacks: always false: err != nil":                                                                                 registered,
	"scope.go installCallbacks: nil: fmt.Errorf(\"install the tenant scope: %w\", err)":                                                   registered,
	"scope.go ModifyStatement: left out: _ = stmt.DB.AddError(err)":                                                                       checkedBefore,
	"scope.go ModifyStatement: always false: err != nil":                                                                                  checkedBefore,
	"scope.go scopeOf: always true: err == nil":                                                                                           "with an error the tenant is 0",
	"scope_write.go withTenant: always false: !plain":                                                                                     "GORM puts nothing else there",
	"scope_write.go beforeWrite: always true: ok":                                                                                         "GORM puts nothing else there, and what is not there can be deleted",
	"settings.go openConn: always false: !ok":                                                                                             hasAll,
	"tx.go BeginTx: always false: err != nil #3":                                                                                          breaks,
	"prepared.go prepareStatement: always false: !ok":                                                                                     hasAll,
	"check.go logRefusal: always true: errors.As(err, &r)":                                                                                "the guard has no other errors",
	"conn.go logStatement: always true: c.log.Enabled(ctx, slog.LevelDebug)":                                                              "the log asks itself",
	"tx.go Begin: nil: ErrNone":                                                                                                           "never called",
	"conn.go ResetSession: nil: c.inner.ResetSession(ctx)":                                                                                "the driver notices a lost connection at the next statement, too, and database/sql tries again",
	"system.go systemOf: always true: false":                                                                                              "GORM puts a context where none is, and database/sql panics without one",
	"schema.go Tables: always false: err != nil":                                                                                          "without a database there is nothing to fail",
	"conn.go adoptSlot: always true: err == nil":                                                                                          "the slot is released all the same; only a retry of database/sql on a second connection would have no slot",
	"schema.go readTables: left out: defer rows.Close()":                                                                                  "rows that were read to their end are closed",
	"schema.go readTables: always false: err != nil #2":                                                                                   "the columns fit",
	"schema.go readTables: nil: rows.Err()":                                                                                               breaks,
	"settings.go openConn: nil: errors.Join(fmt.Errorf(\"the driver's connection %T lacks a required interface\", opened), o…":            hasAll,
	"prepared.go prepareStatement: nil: errors.Join(fmt.Errorf(\"the driver's statement %T lacks a required interface\", inner), inn…":    hasAll,
	"tx.go noteError: always true: c.lost == nil":                                                                                         "check refuses the statements that come after",
	"rows.go watchRows: always true: ok && c.open":                                                                                        "without a transaction, noteError forgets the error",
	"rows.go watchRows: always true: c.open":                                                                                              "without a transaction, noteError forgets the error",
	"rows.go watchRows: always true: ok":                                                                                                  "rows are nil only beside an error, and the driver has the rest",
	"tx.go checkIsolation: always true: false":                                                                                            besideError,
	"tx.go checkIsolation: always true: false #2":                                                                                         besideError,
	"tx.go checkIsolation: always true: false #3":                                                                                         besideError,
	"tx.go checkIsolation: always false: c.vitess":                                                                                        onVitess,
	"tx.go checkIsolation: nil: fmt.Errorf(\"%w: Vitess would change the isolation level of the session, and not of one tra…":             onVitess,
	"kill.go newKillPool: left out: killPool.SetMaxOpenConns(2)":                                                                          "a storm of cancelled statements would open more connections",
	"kill.go newKillPool: left out: killPool.SetConnMaxIdleTime(time.Minute)":                                                             "it closes idle connections",
	"conn.go IsValid: not assigned to c.last: c.last = nil":                                                                               "begin assigns it before the next statement; until then it keeps a request's context",
	"quota.go acquire: left out: defer cancel()":                                                                                          "the timer ends by itself",
	"quota.go leaveTenant: left out: delete(q.byTenant, quota.tenant)":                                                                    "it frees memory",
	"quota.go leaveTenant: always false: quota.users == 0":                                                                                "it frees memory",
	"quota.go acquireSlot: left out: q.leaveTenant(s.tenant)":                                                                             "it frees memory",
	"quota.go releaseTenant: left out: s.quotas.leaveTenant(s.tenant)":                                                                    "it frees memory",
	"settings.go newProfile: left out: \"character_set_results\"":                                                                         "SET accepts after NAMES what NAMES has set",
	"settings.go newProfile: left out: \"collation_connection\"":                                                                          "SET accepts after NAMES what NAMES has set",
	"settings.go newProfile: left out: \"transaction_isolation\"":                                                                         onMySQL,
	"settings.go newProfile: left out: mySQL: mySQL":                                                                                      onMySQL,
	"settings.go isVitess: always false: strings.HasSuffix(s[\"version\"], \"-Vitess\")":                                                  onVitess,
	"settings.go check: always false: s.isVitess()":                                                                                       onVitess,
	"settings.go check: always true: strings.Contains(s[\"version\"], \"MariaDB\")":                                                       onMySQL,
	"settings.go check: not assigned to own: own, where = mySQLSettings, \"my.cnf of each shard, and --db-charset of vttablet\"":          onVitess,
	"settings.go check: not assigned to where: own, where = mySQLSettings, \"my.cnf of each shard, and --db-charset of vttablet\"":        onVitess,
	"settings.go check: always false: s.isVitess() && want.name == \"sql_select_limit\"":                                                  onVitess,
	"settings.go check: always true: want.name == \"sql_select_limit\"":                                                                   onVitess,
	"settings.go check: not assigned to want.value: want.value = \"0\"":                                                                   onVitess,
	"settings.go readBack: not assigned to err: err = retryOnAnyShard(func() error { s, err = c.readOnce(ctx, conn) return err })":        "the function inside assigns the same error",
	"settings.go readOnce: always false: err != nil #2":                                                                                   breaks,
	"settings.go openConn: always true: err != nil":                                                                                       "only a deadline that passes at the moment of success",
	"settings.go setUp: always false: err == nil || s.isVitess()":                                                                         onVitess,
	"settings.go setUp: always false: err == nil":                                                                                         "a server whose defaults are right accepts them again",
	"settings.go setUp: always false: s.isVitess()":                                                                                       onVitess,
	"conn.go Connect: left out: vitess: session.isVitess()":                                                                               onVitess,
	"conn.go releaseSlot: not assigned to c.slot: c.slot = nil":                                                                           "a slot is released once, however often it is tried",
	"conn.go QueryContext: always false: err != nil #2":                                                                                   onVitess,
	"conn.go ExecContext: always false: err != nil #2":                                                                                    onVitess,
	"conn.go ResetSession: >=: time.Since(c.verified) > verifiedFor":                                                                      "no clock is that exact",
	"prepared.go keyOf: no loop: for i, arg := range args[:min(len(args), inTypes)] {":                                                    onMySQL,
	"prepared.go keyOf: always false: len(args) > inTypes":                                                                                onMySQL,
	"prepared.go keyOf: no loop: for i, arg := range args[inTypes:] {":                                                                    onMySQL,
	"prepared.go typeOf: left out: case int64: return 1":                                                                                  onMySQL,
	"prepared.go newStatements: always false: err != nil":                                                                                 "the size is a constant",
	"prepared.go newStatements: left out: panic(err)":                                                                                     "the size is a constant",
	"prepared.go runQuery: always false: c.vitess":                                                                                        onVitess,
	"prepared.go runExec: always false: c.vitess":                                                                                         onVitess,
	"settings.go isValue: always false: want.name == \"sql_mode\"":                                                                        onMySQL,
	"settings.go setUp: always false: err != nil":                                                                                         "settings that could not be read are set and read again, which fails, too",
	"scope.go installCallbacks: always true: forShare != nil":                                                                             onMySQL,
	"scope.go boundTo: always true: ok":                                                                                                   "a session that is not made by For has no tenant",
	"scope.go boundTo: always true: false":                                                                                                "a session that is not made by For has no tenant",
	"scope_read.go requireSameTenant: always false: !ok":                                                                                  "a session that is not made by For has no tenant",
	"../graph/transport/sharedstream.go startOperation: left out: cancel()":                                                               "a context that nobody waits for is collected",
	"scope.go checkShareLock: always true: ok":                                                                                            "GORM puts nothing else there",
}

const (
	noAlias       = "no source is without a name"
	grammar       = "the parser makes nothing else"
	registered    = "names that do not follow each other in a circle can be registered"
	checkedBefore = "checked came before"
	hasAll        = "the driver has all of it"
	onVitess      = "make vitess tests it"
	onMySQL       = "make test-mysql tests it"
	panics        = "what panics is refused"
	besideError   = "nobody reads the value beside an error"
	ends          = "an error ends the walk"
	again         = "what the parser can't read is read again without the guess"
	unread        = "no statement that a server reads is another with it"
	breaks        = "only a connection that breaks in that moment fails there, and does so at the next statement, too"
)

// TestExplainedMutantsExist needs no database: it finds explanations for code that has changed.
func TestExplainedMutantsExist(t *testing.T) {
	names := map[string]bool{}
	for _, file := range mutated(t) {
		for _, m := range mutantsOf(t, file) {
			names[m.name] = true
		}
	}
	for name := range explained {
		if !names[name] {
			t.Errorf("no mutant has the name %s", name)
		}
	}
}

func TestMutants(t *testing.T) {
	onlyNames, err := regexp.Compile(*only)
	if err != nil {
		t.Fatal(err)
	}
	var all, chosen []*mutant
	for _, file := range mutated(t) {
		all = append(all, mutantsOf(t, file)...)
	}
	for i, m := range all {
		m.number = i + 1
		if onlyNames.MatchString(m.String()) && (!*unexplained || explained[m.name] == "") {
			chosen = append(chosen, m)
		}
	}
	if *list {
		for _, m := range chosen {
			fmt.Println(m)
		}
		return
	}
	r := &runner{dir: t.TempDir(), dsn: tenancytest.Empty(t), patience: map[int]time.Duration{}}
	r.chosen = chosen
	r.build(t, chosen)
	original := &mutant{}
	if r.run(t.Context(), original); original.verdict != survived {
		t.Fatalf("the tests fail without a mutant: %s", original.by)
	}
	r.runAll(t.Context(), chosen)
	for _, m := range chosen {
		if reason := explained[m.name]; m.verdict == survived && reason == "" {
			t.Errorf("survived: %s", m)
		} else if m.verdict != survived && reason != "" {
			t.Errorf("explained, and %s: %s", m.verdict, m)
		}
	}
}
