package model

import (
	"fmt"
	"net/mail"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

	"rowhouse/model/relay"
)

// Lengths in characters, as the columns have them (migration/), and the longest
// texts that a TEXT column holds whatever the characters.
const (
	maxName     = 100
	maxItemName = 200
	maxLabel    = 50
	maxEmail    = 254
	maxText     = 10_000
)

var (
	keyPattern   = regexp.MustCompile(`^[A-Z]{2,10}$`)
	colorPattern = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)
)

// rules collects what an input breaks, so that a caller learns of all of it at once.
type rules struct{ broken []relay.FieldError }

func (r *rules) add(message string, path ...string) {
	typed := make(relay.Path, len(path))
	for i, name := range path {
		typed[i] = name
		if index, err := strconv.Atoi(name); err == nil { // no name of GraphQL's begins with a digit
			typed[i] = index
		}
	}
	r.broken = append(r.broken, relay.FieldError{Path: typed, Message: message})
}

// err returns an *InvalidError when a rule is broken.
func (r *rules) err() error {
	if len(r.broken) == 0 {
		return nil
	}
	return &InvalidError{Errors: r.broken}
}

// The rules for strings normalize them first: lengths are those of stored strings.

// line is a text on one line, with something in it.
func (r *rules) line(field string, s *string, longest int) {
	r.text(field, s, longest)
	if strings.ContainsFunc(*s, func(c rune) bool { return unicode.In(c, unicode.Cc, unicode.Zl, unicode.Zp) }) {
		r.add("must not hold control characters such as line breaks", field)
	}
}

// text has something in it.
func (r *rules) text(field string, s *string, longest int) {
	*s = normalize(*s)
	if strings.TrimFunc(*s, invisible) == "" || utf8.RuneCountInString(*s) > longest || !utf8.ValidString(*s) {
		r.add(fmt.Sprintf("must have 1 to %d characters, not all blank", longest), field)
	}
}

// invisible are the characters that alone make a blank text, those of no width too.
func invisible(c rune) bool { return unicode.IsSpace(c) || unicode.In(c, unicode.Cc, unicode.Cf) }

// body is a text of many lines, with something in it.
func (r *rules) body(field string, s *string) {
	r.text(field, s, maxText)
	r.lines(field, *s)
}

// note may be absent.
func (r *rules) note(field string, s *string) {
	if s == nil {
		return
	}
	*s = normalize(*s)
	if utf8.RuneCountInString(*s) > maxText || !utf8.ValidString(*s) {
		r.add(fmt.Sprintf("must have at most %d characters", maxText), field)
	}
	r.lines(field, *s)
}

// lines has no characters that nobody sees, each of which is six in an answer.
func (r *rules) lines(field, s string) {
	if strings.ContainsFunc(s, func(c rune) bool { return unicode.Is(unicode.Cc, c) && !strings.ContainsRune("\n\r\t", c) }) {
		r.add("must not hold control characters other than line breaks and tabs", field)
	}
}

func (r *rules) email(field string, s *string) {
	*s = normalize(*s)
	address, err := mail.ParseAddress(*s)
	if err != nil || address.Address != *s || utf8.RuneCountInString(*s) > maxEmail {
		r.add(fmt.Sprintf("must be an e-mail address of at most %d characters", maxEmail), field)
	}
}

func (r *rules) key(field, s string) {
	if !keyPattern.MatchString(s) {
		r.add("must have 2 to 10 capital letters, A to Z", field)
	}
}

func (r *rules) color(field, s string) {
	if !colorPattern.MatchString(s) {
		r.add("must be # and six hexadecimal digits", field)
	}
}

func (r *rules) id(field string, g GlobalID, noun string) ID {
	id, err := g.of(noun)
	if err != nil {
		r.add(err.Error(), field)
	}
	return id
}

func (r *rules) optionalID(field string, g *GlobalID, noun string) *ID {
	if g == nil {
		return nil
	}
	id := r.id(field, *g, noun)
	return &id
}

// given returns the value that an update holds for a field, or nil when it holds
// none. It breaks a rule when the value is null, which a column that is NOT NULL
// cannot be.
func given[T any](r *rules, field string, in graphql.Omittable[*T]) *T {
	if in.IsSet() && in.Value() == nil {
		r.add("must not be null; leave it out to keep it as it is", field)
	}
	return in.Value()
}
