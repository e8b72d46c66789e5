package exec_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var (
	requestID = regexp.MustCompile(`"requestId":"[^"]*"`)
	today     = regexp.MustCompile(`"20\d\d-\d\d-\d\dT[^"]*Z"`)
	newKey    = regexp.MustCompile(`-[0-9A-F]{8}"`)
	opaque    = regexp.MustCompile(`"[A-Za-z0-9_-]{20,}"`)
)

// payload is a response, a part of one, or the payload of a fragment in a part.
type payload struct {
	Data, Path, Label, HasNext json.RawMessage
	Errors                     []json.RawMessage
	Incremental                []payload
}

// normalize returns the errors of a response in their order, and its data, and those of its parts. It removes the ids of
// requests. It numbers the ids that a mutation makes, and removes the times and keys.
func (x *executors) normalize(d *document, response string) string {
	response = requestID.ReplaceAllString(response, `"requestId":""`)
	if d.operation == "mutation" {
		response = x.normalizeNew(response)
	}
	var b strings.Builder
	for _, part := range strings.Split(response, "\r\n---") {
		if _, body, hasHeader := strings.Cut(part, "\r\n\r\n"); hasHeader {
			part = body
		}
		if !strings.HasPrefix(part, "{") { // before the first part, or after the last
			b.WriteString(part)
			continue
		}
		var p payload
		if err := json.Unmarshal([]byte(part), &p); err != nil {
			x.t.Errorf("%v: %q", err, response)
		}
		p.write(&b)
	}
	return b.String()
}

// normalizeNew numbers the ids and cursors of new rows, and removes their times and keys.
func (x *executors) normalizeNew(response string) string {
	response = newKey.ReplaceAllString(today.ReplaceAllString(response, `"now"`), `-new"`)
	numbers := map[string]string{}
	return opaque.ReplaceAllStringFunc(response, func(id string) string {
		if x.known[id] {
			return id
		}
		if numbers[id] == "" {
			numbers[id] = fmt.Sprintf("%q", fmt.Sprint("new", len(numbers)))
		}
		return numbers[id]
	})
}

func (p *payload) write(b *strings.Builder) {
	fmt.Fprintf(b, "%s%s%s%s", p.Data, p.Path, p.Label, p.HasNext)
	slices.SortFunc(p.Errors, func(a, b json.RawMessage) int { return cmp.Compare(string(a), string(b)) })
	for _, e := range p.Errors {
		fmt.Fprintf(b, "\n  %s", e)
	}
	for _, inner := range p.Incremental {
		b.WriteString("\n+ ")
		inner.write(b)
	}
}

// variableParts are the parts of a log that are not equal in two executions.
var variableParts = regexp.MustCompile(`time=\S+|requestId=\S+|(\\n)?goroutine .*?( path=|\n|$)`)

// normalizeLog returns the lines of a log in their order, without times, ids of requests and stacks. It returns nothing for
// ten lines, which are the first of more.
func normalizeLog(log string) string {
	lines := strings.Split(variableParts.ReplaceAllString(log, "$2"), "\n")
	if len(lines) > 10 {
		return ""
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
