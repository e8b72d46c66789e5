package main

import (
	"reflect"
	"testing"

	"rowhouse/graph/limits"
)

// TestFlagsHaveTheDefaultLimits compares the defaults in the tags with those of the framework.
func TestFlagsHaveTheDefaultLimits(t *testing.T) {
	if got, want := defaults.Limits, limits.DefaultLimits(); got != want {
		t.Errorf("the flags give %+v, and DefaultLimits %+v", got, want)
	}
}

// TestEachLimitFlagSetsItsLimit sets one flag after another.
func TestEachLimitFlagSetsItsLimit(t *testing.T) {
	flags := reflect.TypeFor[limitFlags]()
	for i := range flags.NumField() {
		var f limitFlags
		reflect.ValueOf(&f).Elem().Field(i).SetInt(7)
		name := flags.Field(i).Name
		if got := reflect.ValueOf(f.limits()).FieldByName(name).Int(); got != 7 {
			t.Errorf("--max-%s gives the limit %d", name, got)
		}
	}
}
