package codegen_test

import "testing"

func TestErrorsInConstraintsAreReported(t *testing.T) {
	testSchemaErrors(t, []schemaErrorCase{
		{
			name:   "a string without a greatest length",
			schema: item("key: String!"),
			want:   []string{"3:3: Item.key: the string has no greatest length; add @constraint(maxLength: 100)"},
		},
		{
			name:   "a constraint without a greatest length",
			schema: item("key: String! @constraint(exact: true)"),
			want:   []string{"3:17: Item.key: the string has no greatest length; add maxLength: 100 to @constraint"},
		},
		{
			name:   "a list of strings without a greatest length",
			schema: item("tags: [String!]!"),
			want:   []string{"3:3: Item.tags: the string has no greatest length; add @constraint(maxLength: 100)"},
		},
		{
			name:   "a length of a number",
			schema: item("number: Int! @constraint(maxLength: 3)"),
			want:   []string{"3:28: Item.number: the argument maxLength of @constraint does not fit Int; remove it"},
		},
		{
			name:   "bounds of a string",
			schema: item("key: String! @constraint(maxLength: 10, min: 1)"),
			want:   []string{"3:43: Item.key: the argument min of @constraint does not fit String; remove it"},
		},
		{
			name:   "a format of a URL",
			schema: item("link: URL! @constraint(format: EMAIL)"),
			want:   []string{"3:26: Item.link: the argument format of @constraint does not fit URL; remove it"},
		},
		{
			name: "a constraint of an enum",
			schema: `enum Status {
  TODO
}
` + item("status: Status! @constraint(maxLength: 4)"),
			want: []string{"6:31: Item.status: the argument maxLength of @constraint does not fit Status; remove it"},
		},
		{
			name:   "a constraint of a relation",
			schema: item("project: Project @belongsTo(onDelete: CASCADE) @constraint(maxLength: 4)") + project(),
			want:   []string{"3:51: Item.project: @constraint does not fit a reference; remove it"},
		},
		{
			name:   "a negative length",
			schema: item("key: String! @constraint(minLength: -1, maxLength: 10)"),
			want:   []string{"3:17: Item.key: minLength -1 is negative; write 0 or more"},
		},
		{
			name:   "a length of zero",
			schema: item("key: String! @constraint(maxLength: 0)"),
			want:   []string{"3:17: Item.key: maxLength 0 leaves no string; write 1 or more"},
		},
		{
			name:   "a length over that of a column",
			schema: item("body: String! @constraint(maxLength: 20000)"),
			want:   []string{"3:18: Item.body: maxLength 20000 is over 10000, the limit of a column; lower it"},
		},
		{
			name:   "lengths in reverse",
			schema: item("key: String! @constraint(minLength: 20, maxLength: 10)"),
			want:   []string{"3:17: Item.key: minLength 20 is greater than maxLength 10; swap or change them"},
		},
		{
			name:   "numbers in reverse",
			schema: item(`price: Decimal! @constraint(min: "10.5", max: 9)`),
			want:   []string{"3:20: Item.price: min 10.5 is greater than max 9; swap or change them"},
		},
		{
			name:   "a bound that is no number",
			schema: item("number: Int! @constraint(min: 1.5)"),
			want:   []string{"3:33: Item.number: min of @constraint is 1.5, which is no Int; correct it"},
		},
		{
			name:   "an invalid pattern",
			schema: item(`key: String! @constraint(maxLength: 10, pattern: "[A-Z", message: "must have capitals")`),
			want:   []string{"3:53: Item.key: the pattern is no regular expression of RE2 (missing closing ]: `[A-Z`); correct it"},
		},
		{
			name:   "a pattern with look-ahead",
			schema: item(`key: String! @constraint(maxLength: 10, pattern: "(?=a)b", message: "must have b")`),
			want: []string{
				"3:53: Item.key: the pattern is no regular expression of RE2 (invalid or unsupported Perl syntax: `(?=`); correct it",
			},
		},
		{
			name:   "a pattern without a message",
			schema: item(`key: String! @constraint(maxLength: 10, pattern: "[A-Z]+")`),
			want:   []string{`3:17: Item.key: the pattern has no message for clients; add message: "must have …"`},
		},
		{
			name:   "a message without a pattern",
			schema: item(`key: String! @constraint(maxLength: 10, message: "must have capitals")`),
			want:   []string{"3:17: Item.key: the message has no pattern; add pattern, or remove message"},
		},
		{
			name:   "an e-mail address of several lines",
			schema: item("email: String! @constraint(maxLength: 100, format: EMAIL, multiline: true)"),
			want:   []string{"3:19: Item.email: an e-mail address has one line; remove multiline or format"},
		},
		{
			name:   "a bound with too many digits before the point",
			schema: item("price: Decimal! @constraint(min: 0, max: 1e100)"),
			want: []string{
				"3:44: Item.price: max of @constraint is 1e100, and a Decimal has at most 35 digits before the point and 30 after it; " +
					"correct it",
			},
		},
		{
			name:   "a bound with too many digits after the point",
			schema: item("price: Decimal! @constraint(min: 1e-31, max: 1)"),
			want: []string{
				"3:36: Item.price: min of @constraint is 1e-31, and a Decimal has at most 35 digits before the point and 30 after it; " +
					"correct it",
			},
		},
		{
			name:   "a bound beyond the range",
			schema: item("ratio: Float! @constraint(max: 1e400)"),
			want:   []string{"3:34: Item.ratio: max of @constraint is 1e400, which is beyond the range of Float; correct it"},
		},
		{
			name:   "a bound beyond 64 bits",
			schema: item(`total: BigInt! @constraint(max: "9223372036854775808")`),
			want:   []string{`3:36: Item.total: max of @constraint is "9223372036854775808", which is no BigInt; correct it`},
		},
		{
			name:   "a pattern with a quotation that does not end",
			schema: item(`key: String! @constraint(maxLength: 10, pattern: "\\Qa.b", message: "must have a.b")`),
			want: []string{
				"3:53: Item.key: the pattern is no regular expression of RE2 (missing closing ): `\\A(?:\\Qa.b)\\z`); correct it",
			},
		},
	})
}
