package codegen_test

import "testing"

func TestErrorsInEnumsAreReported(t *testing.T) {
	testSchemaErrors(t, []schemaErrorCase{
		{
			name: "an enum without values",
			schema: `enum Status
` + item("status: Status!"),
			want: []string{"1:6: Status: the enum has no values; add one"},
		},
		{
			name: "a repeated value",
			schema: `enum Status {
  TODO
  TODO
}`,
			want: []string{"3:3: Status.TODO: the value is repeated; remove one of them"},
		},
		{
			name: "values that are equal in Go",
			schema: `enum Status {
  IN_PROGRESS
  inProgress
}`,
			want: []string{"3:3: Status.inProgress: the value has the same name in Go as IN_PROGRESS; rename it"},
		},
		{
			name: "a value that GraphQL reserves",
			schema: `enum Status {
  true
}`,
			want: []string{"2:3: Status.true: GraphQL does not allow this name of a value; rename it"},
		},
		{
			name: "a value of introspection",
			schema: `enum Status {
  __TODO
}`,
			want: []string{"2:3: Status.__TODO: names that begin with __ belong to GraphQL; rename it"},
		},
		{
			name: "a value that is too long",
			schema: `enum Status {
  LONGLONGLONGLONGLONGLONGLONGLONGLONGLONGLONGLONGLONGLONGLONGLONGLONG
}`,
			want: []string{
				"2:3: Status.LONGLONGLONGLONGLONGLONGLONGLONGLONGLONGLONGLONGLONGLONGLONGLONGLONG: the value has 68 " +
					"characters; shorten it to 64",
			},
		},
		{
			name: "a rank without @ranked",
			schema: `enum Status {
  TODO @rank(value: 1)
}`,
			want: []string{"2:9: Status.TODO: the enum lacks @ranked; add @ranked to Status, or remove @rank"},
		},
		{
			name: "a value without a rank",
			schema: `enum Status @ranked {
  TODO @rank(value: 1)
  DONE
}`,
			want: []string{"3:3: Status.DONE: a value of an enum with @ranked needs a rank; add @rank(value: 2)"},
		},
		{
			name: "a repeated rank",
			schema: `enum Status @ranked {
  TODO @rank(value: 1)
  DONE @rank(value: 1)
}`,
			want: []string{"3:9: Status.DONE: the rank 1 is the rank of TODO, too; change one of them"},
		},
		{
			name: "a rank over 255",
			schema: `enum Status @ranked {
  TODO @rank(value: 256)
}`,
			want: []string{"2:9: Status.TODO: the rank 256 is not between 0 and 255; change it"},
		},
		{
			name: "a negative rank",
			schema: `enum Status @ranked {
  TODO @rank(value: -1)
}`,
			want: []string{"2:9: Status.TODO: the rank -1 is not between 0 and 255; change it"},
		},
	})
}
