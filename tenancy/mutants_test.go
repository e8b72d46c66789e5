//go:build mutants

package tenancy_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"time"

	"rowhouse/tenancy/tenancytest"
)

// Flags of TestMutants. They stand after -args.
var (
	packageFlag = flag.String("package", "", "run only the mutants of this package, such as ./graph/limits")
	only        = flag.String("only", "", "run only the mutants with a name that this regular expression matches")
	sample      = flag.Int("sample", 100, "run a random sample of this percentage")
	own         = flag.Bool("own", false, "run only the tests of the mutant's own package, without the slow ones")
	list        = flag.Bool("list", false, "list the mutants, and run none")
	unexplained = flag.Bool("unexplained", false, "leave out the mutants of testdata/equivalent_mutants.txt")
)

// TestMutants makes one change at a time in packages that keep tenants apart or limit requests. For
// each change, a test must fail.
func TestMutants(t *testing.T) {
	equivalent := readEquivalentMutants(t)
	chosen := chooseTrials(t, equivalent)
	if *list {
		for _, m := range chosen {
			fmt.Println(m)
		}
		return
	}
	r := &runner{dir: t.TempDir(), dsn: tenancytest.Empty(t), chosen: chosen, limits: map[step]time.Duration{}}
	r.buildTests(t)
	r.runOriginal(t)
	r.runAll(t.Context())
	for _, m := range chosen {
		switch reason := equivalent[m.name]; {
		case m.verdict == survived && reason == "":
			t.Errorf("survived: %s", m)
		case m.verdict != survived && reason != "":
			t.Errorf("in equivalent_mutants.txt, and %s: %s", m.verdict, m)
		}
	}
}

// chooseTrials returns the mutants that the flags choose.
func chooseTrials(t *testing.T, equivalent map[string]string) (chosen []*trial) {
	t.Helper()
	names, err := regexp.Compile(*only)
	if err != nil {
		t.Fatal(err)
	}
	number := 0
	for _, file := range mutatedFiles(t, strings.TrimPrefix(*packageFlag, "./")) {
		for _, m := range newMutants(t, file) {
			number++
			if names.MatchString(m.String()) && (!*unexplained || equivalent[m.name] == "") && rand.IntN(100) < *sample {
				chosen = append(chosen, &trial{mutant: m, number: number})
			}
		}
	}
	return chosen
}

// slowTests match the tests of a package that sleep or start a server. Mutants meet them last.
var slowTests = map[string]string{
	"tenancy/guard": "^(TestAcceptedStatementsLeakNothing|TestStatementsOfApplicationsRun|TestLongStatementsHaveBoundedCost)$",
	"tenancy": "^(TestAnotherModuleImportsTenancy|TestConnectionIsVerifiedAgainAfterFiveSeconds|" +
		"TestLockWaitWithRollbackOnTimeoutEndsTheTransaction|TestKillSparesOtherServers|" +
		"TestStatementHoldsItsSlotUntilItIsKilled|TestKillSparesOtherStatements|TestCancelledStatementIsKilled|" +
		"TestCancelledStatementOfATenantIsKilled|TestServerDefaultsAreReplaced|TestArgumentsNeverBecomeSQL|" +
		"FuzzArgumentsStayValues)$",
	"model/relay": "^TestApplicationMayUseCommonNames$", // it compiles a program without mutants
}

// step is one run of a package's tests with a mutant.
type step struct {
	dir  string
	kind string
}

// The kinds of a step.
const (
	nearest = "tests in files named after the mutant's" // likely to kill it, and fast
	most    = "tests"
	slow    = "slow tests"
)

// newSteps returns the steps of a mutant in a package: its own tests first, then those of the packages
// that use it, and the slow tests last.
func newSteps(dir string) (steps []step) {
	steps = []step{{dir, nearest}, {dir, most}}
	if *own {
		return steps
	}
	for _, p := range mutatedPackages {
		if p.dir != dir {
			continue
		}
		for _, tests := range p.tests[1:] {
			steps = append(steps, step{tests, most})
		}
		for _, tests := range p.tests {
			if slowTests[tests] != "" {
				steps = append(steps, step{tests, slow})
			}
		}
	}
	return steps
}
