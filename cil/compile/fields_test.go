package compile_test

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/senet-selinux/senet/policydb"
)

// fields says in which fields two policies differ first, as far down as it goes.
func fields(p, q *policydb.Policy) string {
	var b strings.Builder
	x, y := reflect.ValueOf(*p), reflect.ValueOf(*q)
	for i := range x.NumField() {
		descend(&b, x.Type().Field(i).Name, x.Field(i), y.Field(i))
	}
	for name, tabs := range map[string][2]policydb.AVTab{"AVTab": {p.AVTab, q.AVTab}} {
		rules(&b, name, tabs[0], tabs[1])
	}
	for i := range min(len(p.Conditionals), len(q.Conditionals)) {
		rules(&b, fmt.Sprintf("Conditionals[%d].True", i), p.Conditionals[i].True, q.Conditionals[i].True)
		rules(&b, fmt.Sprintf("Conditionals[%d].False", i), p.Conditionals[i].False, q.Conditionals[i].False)
	}
	lines := strings.SplitAfterN(b.String(), "\n", 12)
	return strings.Join(lines[:min(len(lines), 11)], "")
}

func rules(b *strings.Builder, name string, p, q policydb.AVTab) {
	list := func(t policydb.AVTab) []policydb.AVRule {
		var out []policydb.AVRule
		for _, r := range t.All() {
			out = append(out, r)
		}
		return out
	}
	x, y := list(p), list(q)
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			fmt.Fprintf(b, "\n%s rule %d: %+v | %+v", name, i, x[i], y[i])
			return
		}
	}
	if len(x) != len(y) {
		fmt.Fprintf(b, "\n%s: %d rules | %d", name, len(x), len(y))
	}
}

func descend(b *strings.Builder, name string, x, y reflect.Value) {
	if b.Len() > 2000 || fmt.Sprint(x) == fmt.Sprint(y) {
		return
	}
	switch x.Kind() {
	case reflect.Struct:
		if x.Type().Name() == "AVTab" {
			return
		}
		for i := range x.NumField() {
			descend(b, name+"."+x.Type().Field(i).Name, x.Field(i), y.Field(i))
		}
	case reflect.Slice:
		if x.Len() != y.Len() {
			fmt.Fprintf(b, "\n%s: %d items | %d", name, x.Len(), y.Len())
		}
		for i := range min(x.Len(), y.Len()) {
			descend(b, fmt.Sprintf("%s[%d]", name, i), x.Index(i), y.Index(i))
		}
	default:
		fmt.Fprintf(b, "\n%s: %.80q | %.80q", name, fmt.Sprint(x), fmt.Sprint(y))
	}
}
