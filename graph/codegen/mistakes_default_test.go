package codegen_test

import "testing"

func TestErrorsInDefaultsAreReported(t *testing.T) {
	testSchemaErrors(t, []schemaErrorCase{
		{
			name:   "a default of another type",
			schema: item(`done: Boolean! @default(value: "no")`),
			want:   []string{`3:35: Item.done: the default is "no", which is no Boolean; write true or false`},
		},
		{
			name:   "a default beyond an Int",
			schema: item("number: Int! @default(value: 3000000000)"),
			want:   []string{"3:32: Item.number: the default is 3000000000, which is no Int; correct it"},
		},
		{
			name: "a default of no value of the enum",
			schema: `enum Status {
  TODO
  DONE
}
` + item("status: Status! @default(value: DONNE)"),
			want: []string{"7:35: Item.status: the default DONNE is no value of Status; write DONE"},
		},
		{
			name: "an enum as a string",
			schema: `enum Status {
  TODO
  DONE
}
` + item(`status: Status! @default(value: "DONE")`),
			want: []string{`7:36: Item.status: the default "DONE" is no value of Status; write DONE`},
		},
		{
			name:   "a default that is too small",
			schema: item("number: Int! @constraint(min: 1) @default(value: 0)"),
			want:   []string{"3:52: Item.number: the default 0 is less than min 1; change one of them"},
		},
		{
			name:   "a default that is too great",
			schema: item("price: Decimal! @constraint(max: 9.99) @default(value: 10)"),
			want:   []string{"3:58: Item.price: the default 10 is greater than max 9.99; change one of them"},
		},
		{
			name:   "a default that is too long",
			schema: item(`key: String! @constraint(maxLength: 3) @default(value: "ABCD")`),
			want:   []string{"3:59: Item.key: the default has 4 characters, and the greatest number is 3; shorten it"},
		},
		{
			name:   "a default that is empty",
			schema: item(`key: String! @constraint(maxLength: 3) @default(value: "")`),
			want:   []string{"3:59: Item.key: the default has 0 characters, and the least number is 1; lengthen it"},
		},
		{
			name:   "a default that does not match the pattern",
			schema: item(`key: String! @constraint(maxLength: 3, pattern: "[A-Z]+", message: "must have capitals") @default(value: "abc")`),
			want:   []string{"3:109: Item.key: the default does not match the pattern [A-Z]+; change one of them"},
		},
		{
			name:   "a default with a line break",
			schema: item("key: String! @constraint(maxLength: 30) @default(value: \"a\\nb\")"),
			want: []string{
				"3:60: Item.key: the default has line breaks or other control characters; remove them, or add " +
					"@constraint(multiline: true)",
			},
		},
		{
			name:   "a default beyond ASCII",
			schema: item(`key: String! @constraint(maxLength: 30, exact: true) @default(value: "é")`),
			want:   []string{"3:73: Item.key: the default has characters beyond ASCII, which exact excludes; change it, or remove exact"},
		},
		{
			name:   "a default that is no time",
			schema: item(`dueAt: DateTime @default(value: "tomorrow")`),
			want: []string{
				`3:36: Item.dueAt: the default is "tomorrow", which is no DateTime of the years 1000 to 9999 in UTC; correct it`,
			},
		},
		{
			name:   "a default that is no list",
			schema: item("tags: [Int!]! @default(value: 1)"),
			want:   []string{"3:18: Item.tags: the default of a list is a list; write [1]"},
		},
		{
			name:   "a default that is no UUID",
			schema: item(`token: UUID @default(value: "1")`),
			want:   []string{`3:32: Item.token: the default is "1", which is no UUID; correct it`},
		},
		{
			name:   "a default of null",
			schema: item("dueAt: DateTime @default(value: null)"),
			want:   []string{"3:35: Item.dueAt: the argument value of @default can't be null; write another value, or remove it"},
		},
		{
			name:   "a date before the first one of a column",
			schema: item(`dueOn: Date! @default(value: "0001-01-01")`),
			want:   []string{`3:33: Item.dueOn: the default is "0001-01-01", which is no Date of the years 1000 to 9999; correct it`},
		},
		{
			name:   "a date in a list before the first one of a column",
			schema: item(`days: [Date!]! @default(value: ["2026-01-01", "0999-12-31"])`),
			want:   []string{`3:50: Item.days: the default is "0999-12-31", which is no Date of the years 1000 to 9999; correct it`},
		},
		{
			name:   "a time before the first one of a column",
			schema: item(`dueAt: DateTime! @default(value: "1000-01-01T00:00:00+01:00")`),
			want: []string{
				`3:37: Item.dueAt: the default is "1000-01-01T00:00:00+01:00", which is no DateTime of the years 1000 to 9999 in UTC; ` +
					"correct it",
			},
		},
		{
			name:   "a time after the last one of a column",
			schema: item(`dueAt: DateTime! @default(value: "9999-12-31T23:59:59-01:00")`),
			want: []string{
				`3:37: Item.dueAt: the default is "9999-12-31T23:59:59-01:00", which is no DateTime of the years 1000 to 9999 in UTC; ` +
					"correct it",
			},
		},
		{
			name:   "a decimal number with too many digits",
			schema: item("price: Decimal! @default(value: 1e100)"),
			want: []string{
				"3:35: Item.price: the default is 1e100, and a Decimal has at most 35 digits before the point and 30 after it; correct it",
			},
		},
		{
			name:   "a decimal number with more digits after the point than the column",
			schema: item("price: Decimal! @constraint(min: 0, max: 9.99) @default(value: 1.505)"),
			want: []string{
				"3:66: Item.price: the default 1.505 has more than 2 digits after the point, the digits of the column; " +
					"shorten it, or write min with more digits",
			},
		},
		{
			name:   "a decimal number with more digits before the point than the column",
			schema: item(`price: Decimal! @default(value: "12345678901234567890123456789")`),
			want: []string{
				`3:36: Item.price: the default "12345678901234567890123456789" has more than 28 digits before the point, ` +
					"the digits of the column; shorten it",
			},
		},
		{
			name:   "a float beyond the range",
			schema: item("ratio: Float! @default(value: 1e400)"),
			want:   []string{"3:33: Item.ratio: the default is 1e400, which is beyond the range of Float; correct it"},
		},
		{
			name:   "a URL of another scheme",
			schema: item(`home: URL @default(value: "ftp://example.com")`),
			want:   []string{`3:30: Item.home: the default is "ftp://example.com", which is no URL with http or https; correct it`},
		},
		{
			name:   "a default that is blank",
			schema: item(`key: String! @constraint(maxLength: 3) @default(value: " ")`),
			want:   []string{"3:59: Item.key: the default must have 1 to 3 characters, not all blank; change it"},
		},
		{
			name:   "an empty string on one line",
			schema: item(`key: String @constraint(minLength: 0, maxLength: 3) @default(value: "")`),
			want:   []string{"3:72: Item.key: the default must have 1 to 3 characters, not all blank; change it"},
		},
		{
			name:   "a line separator on one line",
			schema: item(`key: String! @constraint(maxLength: 3) @default(value: "a\u2028b")`),
			want:   []string{"3:59: Item.key: the default must not hold control characters such as line breaks; change it"},
		},
		{
			name:   "a control character on several lines",
			schema: item(`key: String! @constraint(maxLength: 3, multiline: true) @default(value: "a\u0007b")`),
			want: []string{
				"3:76: Item.key: the default must not hold control characters other than line breaks and tabs; change it",
			},
		},
		{
			name:   "a number of JSON with too many digits",
			schema: item("settings: JSON @default(value: {size: 9007199254740993})"),
			want: []string{
				"3:34: Item.settings: the default is {size:9007199254740993}, which no column of JSON can have (a number that 64-bit " +
					"floats do not have: write it as a string); change it",
			},
		},
		{
			name:   "a number of JSON beyond 64 bits",
			schema: item("settings: JSON @default(value: [99999999999999999999])"),
			want: []string{
				"3:34: Item.settings: the default is [99999999999999999999], which no column of JSON can have (strconv.ParseInt: " +
					`parsing "99999999999999999999": value out of range); change it`,
			},
		},
	})
}
