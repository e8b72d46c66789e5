package tablediff

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"vitess.io/vitess/go/vt/schemadiff"
)

// Options are decisions about data.
type Options struct {
	// Drop names the objects to drop with their data: table, table.column or table.index.
	Drop []string
	// Keep names columns and indexes without a use in the types. They stay, until a later release drops them.
	Keep []string
	// Accept names columns that may become narrower, required or unique, and values of enums, as table.column.VALUE,
	// that may be removed, although existing rows may not fit. Then a statement fails, and changes nothing.
	Accept []string
	// Enums are the recorded values of enums, or nil if none are recorded. Plan finds removed values by them. Without
	// them it takes the values with their earlier names.
	Enums Enums
}

// Refusal is a change for which Plan needs a decision.
type Refusal struct {
	// Object is a table, or table.column, or table.index.
	Object         string
	Reason, Remedy string
}

// Error returns the object, the reason and the remedy.
func (r *Refusal) Error() string { return r.Object + ": " + r.Reason + "; " + r.Remedy }

// Plan returns the statements that change the tables of tenants in current to the wanted ones. Both
// databases must be throwaway databases without rows: Plan executes the statements in current, and
// creates the wanted tables in scratch, which must be empty. The error joins all Refusals.
func Plan(ctx context.Context, current, scratch *sql.DB, wanted []Table, options Options) ([]Step, error) {
	env, err := newEnv()
	if err != nil {
		return nil, err
	}
	if options.Enums == nil {
		options.Enums = earlierEnums(wanted)
	}
	p := &planner{ctx: ctx, env: env, db: current, wanted: wanted, options: options, used: map[string]bool{}}
	if err := createTables(ctx, scratch, wanted); err != nil {
		return nil, err
	}
	if p.target, err = readSchema(ctx, env, scratch); err != nil {
		return nil, err
	}
	return p.plan()
}

// planner is the state of one call of Plan.
type planner struct {
	ctx     context.Context
	env     *schemadiff.Environment
	db      *sql.DB // the current tables
	wanted  []Table
	options Options
	used    map[string]bool // entries of options

	source, target serverSchema
	refusals       []error
	creates, drops []Step
	changes        []*tableChange
	steps          []Step
}

func (p *planner) plan() ([]Step, error) {
	p.checkRenames()
	if len(p.refusals) > 0 {
		return nil, errors.Join(p.refusals...)
	}
	if err := p.rename(); err != nil {
		return nil, err
	}
	if err := p.compare(); err != nil {
		return nil, err
	}
	p.refuseUnused()
	if len(p.refusals) > 0 {
		return nil, errors.Join(p.refusals...)
	}
	for _, s := range p.collectSteps() {
		if err := p.apply(s); err != nil {
			return nil, err
		}
	}
	if err := p.orderIndexes(); err != nil {
		return nil, err
	}
	if len(p.refusals) > 0 {
		return nil, errors.Join(p.refusals...)
	}
	return p.steps, p.verify()
}

// compare finds the differences between source, which it reads again, and target.
func (p *planner) compare() (err error) {
	if p.source, err = readSchema(p.ctx, p.env, p.db); err != nil {
		return err
	}
	p.planCreates()
	for _, t := range p.wanted {
		if _, ok := p.source[t.Name]; !ok {
			continue
		}
		if err := p.compareTable(t); err != nil {
			return fmt.Errorf("compare the table %s: %w", t.Name, err)
		}
	}
	p.planTableDrops()
	return nil
}

// collectSteps returns the steps after the renames, in the order in which they run.
func (p *planner) collectSteps() []Step {
	slices.SortStableFunc(p.changes, func(a, b *tableChange) int { return int(a.class) - int(b.class) })
	next := slices.IndexFunc(p.changes, func(c *tableChange) bool { return c.class >= addForeignKeys })
	if next < 0 {
		next = len(p.changes)
	}
	var steps []Step
	for i, c := range p.changes {
		if i == next {
			steps = append(steps, p.creates...)
		}
		steps = append(steps, c.step())
	}
	if next == len(p.changes) {
		steps = append(steps, p.creates...)
	}
	return append(steps, p.drops...)
}

// change returns the collected clauses of a class for a table.
func (p *planner) change(table string, class stepClass) *tableChange {
	for _, c := range p.changes {
		if c.table == table && c.class == class {
			return c
		}
	}
	c := &tableChange{table: table, class: class}
	p.changes = append(p.changes, c)
	return c
}

// apply executes a step in the current database, and adds it to the plan.
func (p *planner) apply(s Step) error {
	if _, err := p.db.ExecContext(p.ctx, s.Up); err != nil {
		return fmt.Errorf("the server refuses a planned statement, which is a bug in migrate diff; please report it, and write this "+
			"migration by hand: %w\n%s", err, s.Up)
	}
	p.steps = append(p.steps, s)
	return nil
}

// verify compares again. A difference is a bug of this package.
func (p *planner) verify() error {
	again := &planner{
		ctx: p.ctx, env: p.env, db: p.db, wanted: p.wanted, target: p.target,
		options: Options{Keep: p.options.Keep}, used: map[string]bool{},
	}
	if err := again.compare(); err != nil {
		return err
	}
	for _, s := range again.collectSteps() {
		again.refusals = append(again.refusals, errors.New(s.Up))
	}
	if len(again.refusals) > 0 {
		return fmt.Errorf("the planned statements do not give the tables of the types, which is a bug in migrate diff; please report it, "+
			"and write this migration by hand. These differences are left:\n%w", errors.Join(again.refusals...))
	}
	return nil
}

// refuse adds a Refusal.
func (p *planner) refuse(object, reason, remedy string) {
	p.refusals = append(p.refusals, &Refusal{object, reason, remedy})
}

// chosen reports whether a list of the options has an object.
func (p *planner) chosen(list []string, object string) bool {
	if !slices.Contains(list, object) {
		return false
	}
	p.used[object] = true
	return true
}

// refuseUnused refuses entries of the options without an effect, such as misspelt ones.
func (p *planner) refuseUnused() {
	for _, object := range slices.Concat(p.options.Drop, p.options.Keep, p.options.Accept) {
		if !p.used[object] {
			p.refuse(object, "an option names this object, but no change needs it",
				"correct the name, or leave out the option")
		}
	}
}

// sourceNames returns the names of current tables, sorted.
func (p *planner) sourceNames() []string { return slices.Sorted(maps.Keys(p.source)) }
