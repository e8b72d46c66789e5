package exec_test

import (
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"

	"rowhouse/graph/servertest"
)

// document is a random operation with its variables, and how to execute it.
type document struct {
	operation           string // query, mutation or subscription
	set                 []*selection
	second              []*selection // of operation R, or nil
	isSecond            bool         // operation R is executed, and not Q
	fragments           []*fragment
	variables           []*variable
	isDeferred, isMixed bool // has @defer, or introspection
	trouble             trouble
}

// trouble disturbs the execution of a document. The zero trouble does not.
type trouble struct {
	response int    // a limit of the response in bytes, or 0
	cost     int    // a limit of the fields of the response, or 0
	panics   string // the connections that panic, or ""
	missing  string // a table that is gone, or ""
	deleted  string // a table whose rows are deleted when an executor reads them, or ""
	held     string // the connections that block until the time is over, or ""
	canceled bool   // the client goes away before the held connection
}

// isSerial reports whether both executors would disturb each other.
func (t trouble) isSerial() bool { return t.missing+t.deleted+t.held != "" }

// selection is a field, an inline fragment or, without a set, a spread of a named fragment.
type selection struct {
	key        string // the response name of a field, or ""
	field      string
	arguments  []string
	fragment   string // the name of a spread, or ""
	on         string // the type condition of an inline fragment, or ""
	directives string
	set        []*selection
	of         *ast.Definition // the type of set
}

type fragment struct {
	name, on string
	level    int // see generator
	set      []*selection
}

// variable is a variable of an operation. It is printed only if a document uses it.
type variable struct {
	name, definition string
	t                ast.Type
	of               string // see generator.newValue
	hasDefault       bool
	isGiven          bool
	value            any
}

func writeSet(b *strings.Builder, set []*selection) {
	b.WriteString(" {")
	for _, s := range set {
		b.WriteString(" ")
		s.write(b)
	}
	b.WriteString(" }")
}

func (s *selection) write(b *strings.Builder) {
	switch {
	case s.fragment != "":
		b.WriteString("..." + s.fragment)
	case s.field == "" && s.on == "":
		b.WriteString("...")
	case s.field == "":
		b.WriteString("... on " + s.on)
	case s.key != s.field:
		b.WriteString(s.key + ": " + s.field)
	default:
		b.WriteString(s.field)
	}
	if len(s.arguments) > 0 {
		b.WriteString("(" + strings.Join(s.arguments, ", ") + ")")
	}
	b.WriteString(s.directives)
	if len(s.set) > 0 {
		writeSet(b, s.set)
	}
}

// body returns the body of the request. It is the same document for both operations.
func (d *document) body() string {
	text, variables := d.text()
	body := map[string]any{"query": text, "variables": variables}
	if d.second != nil {
		body["operationName"] = d.name()
	}
	return servertest.Body(body)
}

// name returns the name of the operation that is executed.
func (d *document) name() string {
	if d.isSecond {
		return "R"
	}
	return "Q"
}

// text returns the document, without unused fragments and variables, and the values of the operation's variables.
func (d *document) text() (text string, variables map[string]any) {
	first, used, variables := d.operationText("Q", d.set)
	if d.second != nil {
		other, more, values := d.operationText("R", d.second)
		if d.isSecond {
			variables = values
		}
		first, used = other+"\n"+first, append(used, more...)
	}
	var b strings.Builder
	b.WriteString(first)
	for _, f := range d.fragments {
		if slices.Contains(used, f) {
			b.WriteString("\nfragment " + f.name + " on " + f.on)
			writeSet(&b, f.set)
		}
	}
	return b.String(), variables
}

// operationText returns an operation, the fragments that it uses, and the values of its variables.
func (d *document) operationText(name string, set []*selection) (text string, used []*fragment, variables map[string]any) {
	var b strings.Builder
	writeSet(&b, set)
	text = b.String()
	for again := true; again; {
		again = false
		for _, f := range d.fragments {
			if !slices.Contains(used, f) && strings.Contains(b.String(), "..."+f.name) {
				used, again = append(used, f), true
				writeSet(&b, f.set)
			}
		}
	}
	variables = map[string]any{}
	var definitions []string
	for _, v := range d.variables {
		if strings.Contains(b.String(), "$"+v.name) {
			definitions = append(definitions, "$"+v.name+": "+v.definition)
			if v.isGiven {
				variables[v.name] = v.value
			}
		}
	}
	head := d.operation + " " + name
	if len(definitions) > 0 {
		head += "(" + strings.Join(definitions, ", ") + ")"
	}
	return head + text, used, variables
}

// shrink drops selections, arguments and directives while the document still fails.
func (d *document) shrink(fails func() bool) {
	if !d.isSecond {
		try(&d.second, nil, fails)
	}
	try(&d.trouble, trouble{}, fails)
	for shrunk := true; shrunk; {
		shrunk = shrinkSet(&d.set, fails)
		shrunk = shrinkSet(&d.second, fails) || shrunk
		for _, f := range d.fragments {
			shrunk = shrinkSet(&f.set, fails) || shrunk
		}
	}
}

// try makes a change that it undoes unless the document still fails.
func try[T any](at *T, value T, fails func() bool) bool {
	old := *at
	*at = value
	if fails() {
		return true
	}
	*at = old
	return false
}

func shrinkSet(set *[]*selection, fails func() bool) (shrunk bool) {
	for i := len(*set) - 1; i >= 0; i-- {
		s := (*set)[i]
		if len(*set) > 1 && try(set, slices.Delete(slices.Clone(*set), i, i+1), fails) {
			shrunk = true
			continue
		}
		if s.field == "" && len(s.set) > 0 && try(set, slices.Replace(slices.Clone(*set), i, i+1, s.set...), fails) {
			shrunk = true
			continue
		}
		if s.directives != "" {
			shrunk = try(&s.directives, "", fails) || shrunk
		}
		for j := len(s.arguments) - 1; j >= 0; j-- {
			shrunk = try(&s.arguments, slices.Delete(slices.Clone(s.arguments), j, j+1), fails) || shrunk
		}
		shrunk = shrinkSet(&s.set, fails) || shrunk
	}
	return shrunk
}
