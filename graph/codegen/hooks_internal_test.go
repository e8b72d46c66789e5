package codegen

import (
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// goImports are the imports of a file with hooks.
const goImports = `package model

import (
	"context"

	"gorm.io/gorm"

	"example.com/app/model/relay"
	"example.com/app/tenancy"
)

`

// scan scans a folder with one file for hooks of Item and Label.
func scan(t *testing.T, content string) (Hooks, error) {
	t.Helper()
	t.Chdir(t.TempDir())
	writeTestFile(t, "model/item.go", content)
	return scanHooks("model", "example.com/app", []string{"Item", "Label"})
}

func writeTestFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestHooksAreFoundByName(t *testing.T) {
	found, err := scan(t, goImports+`
func AfterDeleteItem(ctx context.Context, db *tenancy.DB, item *Item) error { return nil }
func BeforeCreateItem(_ context.Context, _ *tenancy.DB, _ *Item) error { return nil }
func BeforeUpdateItem(ctx context.Context, db *tenancy.DB, old *Item, item *Item) error { return nil }
func ValidateItem(v *relay.Validation, old, item *Item) {}
func AfterCreateLabel(context.Context, *tenancy.DB, *Label) (err error) { return nil }

// GORM's own hooks, and functions of other names, are no hooks of the generator.
func (i *Item) BeforeCreate(*gorm.DB) error { return nil }
func (i *Item) Validate() error { return nil }
func Validated(item *Item) bool { return true }
func Before(item *Item) {}
func Onboard(item *Item) {}
`)
	if err != nil {
		t.Fatal(err)
	}
	want := Hooks{"Item": {"BeforeCreate", "BeforeUpdate", "AfterDelete", "Validate"}, "Label": {"AfterCreate"}}
	if !maps.EqualFunc(found, want, slices.Equal) {
		t.Errorf("found %v, want %v", found, want)
	}
}

func TestHookMayNameImportsDifferently(t *testing.T) {
	found, err := scan(t, `package model

import (
	c "context"

	framework "example.com/app/tenancy"
)

func BeforeDeleteItem(ctx c.Context, db *framework.DB, item *Item) error { return nil }
`)
	if err != nil || !slices.Equal(found["Item"], []string{"BeforeDelete"}) {
		t.Errorf("found %v, error %v", found, err)
	}
}

func TestFunctionThatLooksLikeHookIsError(t *testing.T) {
	const begin = "model/item.go:12:"
	for _, test := range []struct {
		name, code, want string
	}{
		{
			name: "unknown type",
			code: "func BeforeCreateItm(ctx context.Context, db *tenancy.DB, item *Item) error { return nil }",
			want: begin + `6: BeforeCreateItm: the name is for a hook, and schema.graphqls has no type "Itm" with @model, ` +
				"so it would never be called; delete it if the type is gone, end it with one of Item, Label, " +
				"or begin it with a lower-case letter if it is no hook",
		},
		{
			name: "no type",
			code: "func Validate(v *relay.Validation, old, item *Item) {}",
			want: begin + `6: Validate: the name is for a hook, and schema.graphqls has no type ""`,
		},
		{
			name: "a parameter is missing",
			code: "func BeforeUpdateItem(ctx context.Context, db *tenancy.DB, item *Item) error { return nil }",
			want: begin + "6: BeforeUpdateItem: the signature is func(ctx context.Context, db *tenancy.DB, item *Item) error, " +
				"so it would never be called; " +
				"declare it as func BeforeUpdateItem(ctx context.Context, db *tenancy.DB, old, row *Item) error",
		},
		{
			name: "no pointer",
			code: "func AfterCreateItem(ctx context.Context, db *tenancy.DB, item Item) error { return nil }",
			want: begin + "6: AfterCreateItem: the signature is",
		},
		{
			name: "the row of another type",
			code: "func AfterCreateItem(ctx context.Context, db *tenancy.DB, item *Label) error { return nil }",
			want: begin + "6: AfterCreateItem: the signature is",
		},
		{
			name: "GORM's session",
			code: "func AfterCreateItem(ctx context.Context, db *gorm.DB, item *Item) error { return nil }",
			want: begin + "6: AfterCreateItem: the signature is",
		},
		{
			name: "no result",
			code: "func AfterCreateItem(ctx context.Context, db *tenancy.DB, item *Item) {}",
			want: begin + "6: AfterCreateItem: the signature is",
		},
		{
			name: "a result of Validate",
			code: "func ValidateItem(v *relay.Validation, old, item *Item) error { return nil }",
			want: begin + "6: ValidateItem: the signature is func(v *relay.Validation, old, item *Item) error, " +
				"so it would never be called; declare it as func ValidateItem(v *relay.Validation, old, row *Item)",
		},
		{
			name: "type parameters",
			code: "func ValidateItem[T any](v *relay.Validation, old, item *Item) {}",
			want: begin + "6: ValidateItem: the signature is",
		},
		{
			name: "a variadic parameter",
			code: "func ValidateItem(v *relay.Validation, items ...*Item) {}",
			want: begin + "6: ValidateItem: the signature is",
		},
		{
			name: "a method",
			code: "func (i *Item) BeforeCreate(ctx context.Context, db *tenancy.DB) error { return nil }",
			want: begin + "16: BeforeCreate: a method of Item is no hook, and would never be called; " +
				"declare it as func BeforeCreateItem(ctx context.Context, db *tenancy.DB, row *Item) error",
		},
		{
			name: "a method with the type in its name",
			code: "func (i *Item) ValidateItem(v *relay.Validation, old, item *Item) {}",
			want: begin + "16: ValidateItem: a method of Item is no hook",
		},
		{
			name: "a method Validate",
			code: "func (i *Item) Validate(v *relay.Validation) {}",
			want: begin + "16: Validate: a method of Item is no hook",
		},
		{
			name: "not exported",
			code: "func beforeCreateItem(ctx context.Context, db *tenancy.DB, item *Item) error { return nil }",
			want: begin + "6: beforeCreateItem: a hook must be exported, and would never be called; declare it as func BeforeCreateItem(",
		},
		{
			name: "another verb",
			code: "func BeforeSaveItem(ctx context.Context, db *tenancy.DB, item *Item) error { return nil }",
			want: begin + "6: BeforeSaveItem: there is no such hook, so it would never be called; the hooks of Item are BeforeCreateItem, ",
		},
		{
			name: "another prefix",
			code: "func OnCreateItem(ctx context.Context, db *tenancy.DB, item *Item) error { return nil }",
			want: begin + "6: OnCreateItem: there is no such hook",
		},
		{
			name: "two of them",
			code: "func ValidateItem(v *relay.Validation, old, item *Item) {}\nfunc ValidateItem(v *relay.Validation, old, item *Item) {}",
			want: "model/item.go:13:6: ValidateItem: the hook is declared at model/item.go:12:6 already; keep one of them",
		},
		{
			name: "a syntax error",
			code: "func ValidateItem(",
			want: "model/item.go:12:20: ",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := scan(t, goImports+test.code+"\n")
			if err == nil || !strings.HasPrefix(err.Error(), test.want) {
				t.Errorf("error %v, want %s", err, test.want)
			}
		})
	}
}

func TestAllErrorsOfHooksAreReportedTogether(t *testing.T) {
	_, err := scan(t, goImports+"func BeforeCreateX() {}\nfunc OnDeleteLabel() {}\nfunc (Label) AfterUpdate() {}\n")
	if err == nil || len(strings.Split(err.Error(), "\n")) != 3 {
		t.Errorf("error %v", err)
	}
}

// hookOfTest is a file with a hook.
const hookOfTest = goImports + "func ValidateItem(v *relay.Validation, old, item *Item) {}\n"

func TestHookOutsideSomeBuildsIsError(t *testing.T) {
	for _, test := range []struct{ name, path, content, want string }{
		{
			name: "a constraint", path: "item.go", content: "//go:build linux && !race\n\n" + hookOfTest,
			want: `14:6: ValidateItem: the file has the constraint "//go:build linux && !race", so a build can lack the hook; ` +
				"move it to a file of every build, such as item.go",
		},
		{
			name: "a constraint after a comment", path: "item.go", content: "// Rules of items.\n\n//go:build ignore\n\n" + hookOfTest,
			want: `16:6: ValidateItem: the file has the constraint "//go:build ignore", so`,
		},
		{
			name: "a file of an operating system", path: "item_windows.go", content: hookOfTest,
			want: "12:6: ValidateItem: the name of the file binds it to a system, or hides it from go build, so a build can lack the hook",
		},
		{
			name: "a file of this operating system", path: "item_" + runtime.GOOS + ".go", content: hookOfTest,
			want: "12:6: ValidateItem: the name of the file binds it to a system",
		},
		{
			name: "a file of a processor", path: "item_arm64.go", content: hookOfTest,
			want: "12:6: ValidateItem: the name of the file binds it to a system",
		},
		{
			name: "a file of both", path: "item_darwin_arm64.go", content: hookOfTest,
			want: "12:6: ValidateItem: the name of the file binds it to a system",
		},
		{
			name: "a file with an underscore", path: "_item.go", content: hookOfTest,
			want: "12:6: ValidateItem: the name of the file binds it to a system, or hides it from go build",
		},
		{
			name: "a test", path: "item_test.go", content: hookOfTest,
			want: "12:6: ValidateItem: only tests have the file, so a build can lack the hook",
		},
		{
			name: "cgo", path: "item.go", content: strings.Replace(hookOfTest, "import (", "import (\n\t\"C\"", 1),
			want: "13:6: ValidateItem: the file imports C, and builds without cgo lack it, so a build can lack the hook",
		},
		{
			name: "a wrong signature", path: "item_windows.go", content: goImports + "func ValidateItem() {}\n",
			want: "12:6: ValidateItem: the signature is func(), so it would never be called",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			writeTestFile(t, "model/"+test.path, test.content)
			found, err := scanHooks("model", "example.com/app", []string{"Item"})
			if err == nil || !strings.HasPrefix(err.Error(), "model/"+test.path+":"+test.want) || len(found) > 0 {
				t.Errorf("found %v, error %v, want %s", found, err, test.want)
			}
		})
	}
}

func TestHookInFileOfEveryBuildIsFound(t *testing.T) {
	for _, test := range []struct{ name, path, content string }{
		{name: "an ordinary name", path: "item_rules.go", content: hookOfTest},
		{name: "the name of a system alone", path: "linux.go", content: hookOfTest},
		{name: "a constraint of old programs, without an effect", path: "item.go", content: "// +build linux\n\n" + hookOfTest},
		{name: "a comment after the package clause", path: "item.go", content: hookOfTest + "\n//go:build linux\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			writeTestFile(t, "model/"+test.path, test.content)
			if found, err := scanHooks("model", "example.com/app", []string{"Item"}); err != nil || len(found["Item"]) != 1 {
				t.Errorf("found %v, error %v", found, err)
			}
		})
	}
}

func TestOtherFilesHaveNoHooks(t *testing.T) {
	t.Chdir(t.TempDir())
	const wrong = "package model\n\nfunc BeforeCreateItm() {}\nfunc ValidateItem(t *testing.T) {}\n"
	writeTestFile(t, "model/item_test.go", wrong)
	writeTestFile(t, "model/broken_test.go", "package model\n\nfunc (")
	writeTestFile(t, "model/public_test.go", strings.Replace(hookOfTest, "package model", "package model_test", 1))
	writeTestFile(t, "model/program.go", "//go:build ignore\n\n"+strings.Replace(hookOfTest, "package model", "package main", 1))
	writeTestFile(t, "model/item_gen.go", header+"\n\n"+wrong)
	if found, err := scanHooks("model", "example.com/app", []string{"Item"}); err != nil || len(found) > 0 {
		t.Errorf("found %v, error %v", found, err)
	}
}
