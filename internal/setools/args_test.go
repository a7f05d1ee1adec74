package setools

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// shell splits a line at blanks; '...' keeps its blanks.
func shell(line string) []string {
	var words []string
	for i, part := range strings.Split(line, "'") {
		if i%2 == 1 {
			words = append(words, part)
		} else {
			words = append(words, strings.Fields(part)...)
		}
	}
	return words
}

func TestSesearchForms(t *testing.T) {
	everywhere := SesearchArgs{Classic: true, SourceDirect: true, TargetDirect: true}
	with := func(a SesearchArgs, change func(*SesearchArgs)) SesearchArgs { change(&a); return a }
	for _, test := range []struct {
		line string
		want SesearchArgs
	}{
		// The line that the tutorials print.
		{"-d -A -s haproxy_t -p 'name_bind, name_connect'", with(everywhere, func(a *SesearchArgs) {
			a.Kinds, a.Source, a.Perms = Allow, "haproxy_t", []string{"name_bind", "name_connect"}
		})},
		// The same in one cluster, with long and abbreviated names, options after the operand.
		{"-Ads haproxy_t", with(everywhere, func(a *SesearchArgs) { a.Kinds, a.Source = Allow, "haproxy_t" })},
		{"--allow policy.24 --dir --sour=haproxy_t", with(everywhere, func(a *SesearchArgs) {
			a.Kinds, a.Source, a.Policy = Allow, "haproxy_t", "policy.24"
		})},
		// argparse refuses -AC as a cluster. -S and -n are accepted. -T stands for three kinds.
		{"-ACSn -T -b 'a, b'", SesearchArgs{Classic: true, Kinds: Allow | TypeTransition | TypeChange | TypeMember,
			ShowCond: true, Semantic: true, LineNumbers: true, Bool: "a, b", Bools: []string{"a, b"}}},
		{"--all --role_source=a_r --role_target b_r --json", SesearchArgs{Classic: true, All: true, Kinds: classicAll,
			RoleSource: "a_r", RoleTarget: "b_r", JSON: true}},
		{"--neverallow --audit -n -R -s ^a -c 'x, y'",
			SesearchArgs{Classic: true, Kinds: NeverAllow | AuditAllow | DontAudit,
				LineNumbers: true, Source: "^a", Class: "x, y", SourceRegex: true, TargetRegex: true, ClassRegex: true,
				DefaultRegex: true, BoolRegex: true}},
		{"--type --role_allow --role_trans --range_trans -C -D d -t t -- -p",
			SesearchArgs{Classic: true, Default: "d", Target: "t",
				Kinds:    TypeTransition | TypeChange | TypeMember | RoleAllow | RoleTransition | RangeTransition,
				ShowCond: true,
				Policy:   "-p"}},
		// -S alone is an abbreviation of -Sp, and a blank in a list changes no form.
		{"-A -S -p 'a, b'", SesearchArgs{Kinds: Allow | AllowXperm, PermsSubset: true, Perms: []string{"a", "b"}}},
		// -dt is an option of SETools 4, whatever SETools 3 made of it. The other names are abbreviations of old
		// and new names.
		{"-A -dt x_t", SesearchArgs{Kinds: Allow | AllowXperm, TargetDirect: true, Policy: "x_t"}},
		{"--type_transition --role_trans --range_transi",
			SesearchArgs{Kinds: TypeTransition | RoleTransition | RangeTransition}},
		{"--json -T", SesearchArgs{Kinds: TypeTransition, JSON: true}},
		// The classes are split, patterns are not; only blanks after a comma go.
		{"-A -c 'a, b,c' -b 'a,b'", SesearchArgs{Kinds: Allow | AllowXperm, Class: "a, b,c",
			Classes: []string{"a", "b", "c"},
			Bool:    "a,b", Bools: []string{"a", "b"}}},
		{"-A -c a,b -rc -b a,b -rb", SesearchArgs{Kinds: Allow | AllowXperm, Class: "a,b", ClassRegex: true,
			Bool:      "a,b",
			BoolRegex: true}},
		{"-A -p ' a ,'", SesearchArgs{Kinds: Allow | AllowXperm, Perms: []string{" a ", ""}}},
	} {
		got, err := ParseSesearch(shell(test.line))
		if err != nil {
			t.Errorf("%s: %v", test.line, err)
		} else if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s:\n got %+v\nwant %+v", test.line, got, test.want)
		}
	}
}

// TestRefused: a refused line keeps SETools 4's message, also if it resembles the form of SETools 3.
func TestRefused(t *testing.T) {
	for _, test := range []struct{ line, message string }{
		{"", "At least one rule type must be specified."},
		{"-s a_t", "At least one rule type must be specified."},
		{"-d -s a_t", "ambiguous option: -d could match -ds, -dt"},
		{"-d -A --perms x", "ambiguous option: -d could match -ds, -dt"},
		{"-d -A one two", "ambiguous option: -d could match -ds, -dt"},
		{"-A -C -ds -s x", "unrecognized arguments: -C"},
		{"-n -s x y", "unrecognized arguments: -n"},
		{"-A --semantic", "unrecognized arguments: --semantic"},
		{"--type", "ambiguous option: --type could match --type_trans, --type_change, --type_member"},
		{"-A -s", "argument -s/--source: expected one argument"},
		{"-A=", "argument -A: ignored explicit argument ''"},
	} {
		_, err := ParseSesearch(shell(test.line))
		exit, _ := err.(*Exit)
		want := "usage: sesearch RULE-TYPE... [CRITERION...] [OPTION...] [policy]\nsesearch: error: " + test.message +
			"\n"
		if exit == nil || exit.Code != 2 || exit.Stderr != want || exit.Stdout != "" {
			t.Errorf("%q: %+v, want %s", test.line, exit, test.message)
		}
	}
}

func TestHelpAndVersion(t *testing.T) {
	for _, line := range []string{"-h", "-A --help", "-d -A -h"} {
		_, err := ParseSesearch(shell(line))
		exit, _ := err.(*Exit)
		if exit == nil || exit.Code != 0 || !strings.HasPrefix(exit.Stdout, "usage: sesearch ") || exit.Stderr != "" {
			t.Errorf("sesearch %s: %+v", line, exit)
		}
	}
	_, searchErr := ParseSesearch([]string{"--version"})
	_, classicErr := ParseSesearch([]string{"-d", "-A", "-V"})
	_, infoErr := ParseSeinfo([]string{"--vers"})
	for _, err := range []error{searchErr, classicErr, infoErr} {
		if exit, _ := err.(*Exit); exit == nil || *exit != (Exit{Stdout: "4.4.1\n"}) {
			t.Errorf("version: %+v", exit)
		}
	}
	// Every option of both tables is in the help, and no line is wider than a terminal.
	for _, p := range []string{sesearchParser().HelpText(), seinfoParser().HelpText()} {
		for line := range strings.Lines(p) {
			if len(line) > 81 {
				t.Errorf("help line too long: %q", line)
			}
		}
	}
	for _, o := range append(sesearchParser().Options, seinfoParser().Options...) {
		if o.Help == "" || o.Group == "" || o.Arity != 0 && o.Metavar == "" {
			t.Errorf("option %v lacks a text", append(o.Names, o.LateNames...))
		}
	}
}

func TestSeinfoRescue(t *testing.T) {
	dir := t.TempDir()
	policy := filepath.Join(dir, "policy.33")
	if err := os.WriteFile(policy, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		line   []string
		policy string
		want   map[Component]ComponentQuery
	}{
		{[]string{"--portcon", policy}, policy, map[Component]ComponentQuery{ComponentPortcons: {Asked: true}}},
		{[]string{"--portcon", "--", policy}, policy, map[Component]ComponentQuery{ComponentPortcons: {Asked: true}}},
		{[]string{"--portcon", "80", policy}, policy, map[Component]ComponentQuery{ComponentPortcons: {Asked: true,
			Value: "80"}}},
		// Not a file: a value.
		{[]string{"-t", "nosuch"}, "", map[Component]ComponentQuery{ComponentTypes: {Asked: true, Value: "nosuch"}}},
		{[]string{"-u", dir}, "", map[Component]ComponentQuery{ComponentUsers: {Asked: true, Value: dir}}},
		// A policy is named already, so the file is the value.
		{[]string{"-t", policy, "other"}, "other", map[Component]ComponentQuery{ComponentTypes: {Asked: true,
			Value: policy}}},
		// The first component option of the table gives its value back, here -a. The others keep theirs.
		{[]string{"-t", policy, "-a", policy}, policy, map[Component]ComponentQuery{
			ComponentTypes: {Asked: true, Value: policy}, ComponentAttributes: {Asked: true}}},
		{[]string{"--ioportcon", policy}, policy, map[Component]ComponentQuery{ComponentIoportcons: {Asked: true}}},
		// --role_types needs its value.
		{[]string{"--role_types", policy}, "", map[Component]ComponentQuery{ComponentRoleTypes: {Asked: true,
			Value: policy}}},
		{[]string{"--type=", policy}, policy, nil},
		{[]string{"-x", "--flat", "--json"}, "", nil},
	} {
		got, err := ParseSeinfo(test.line)
		if err != nil {
			t.Errorf("%q: %v", test.line, err)
			continue
		}
		var want [ComponentCount]ComponentQuery
		for c, q := range test.want {
			want[c] = q
		}
		if got.Policy != test.policy || got.Queries != want {
			t.Errorf("%q: policy %q, queries %v, want %q, %v", test.line, got.Policy, got.Queries, test.policy, want)
		}
	}
}

func TestWants(t *testing.T) {
	a, err := ParseSeinfo([]string{"--all", "-t", "x_t", "-b"})
	if err != nil {
		t.Fatal(err)
	}
	for c := range Component(ComponentCount) {
		value, wanted := a.Wants(c)
		if wantValue := map[bool]string{true: "x_t"}[c == ComponentTypes]; wanted != (c != ComponentRoleTypes) ||
			value != wantValue {
			t.Errorf("component %d: %q, %v", c, value, wanted)
		}
	}
	if _, wanted := (&SeinfoArgs{}).Wants(ComponentTypes); wanted {
		t.Error("nothing asked, types wanted")
	}
}

func TestRanges(t *testing.T) {
	const usage = "usage: seinfo [OPTION...] [--] [policy]\nseinfo: error: "
	badPort := Exit{Stderr: usage + "Enter a port number or range, e.g. 22 or 6000-6020\n", Code: 2}
	badPkey := Exit{Stderr: usage + "Enter a pkey number or range, e.g. 0x22 or 0x6000-0x6020\n", Code: 2}
	for _, test := range []struct {
		text string
		low  uint64
		high uint64
		exit Exit
	}{
		{"80", 80, 80, Exit{}},
		{" 6000 - 6020 ", 6000, 6020, Exit{}},
		{"+1_0", 10, 10, Exit{}},
		{"0", 0, 0, Exit{}},
		{"70000", 70000, 70000, Exit{}},
		{"99999999999999999999999", 1<<64 - 1, 1<<64 - 1, Exit{}},
		{"90-080", 0, 0, Exit{Stdout: "The low port must be <= the high port: 90-80\n", Code: 1}},
		{"-5", 0, 0, badPort}, {"a", 0, 0, badPort}, {"1-2-3", 0, 0, badPort}, {"0x10", 0, 0, badPort},
		{"1__0", 0, 0, badPort},
	} {
		a := SeinfoArgs{}
		a.Queries[ComponentPortcons] = ComponentQuery{Asked: true, Value: test.text}
		r, ok, err := a.PortRange()
		checkRange(t, test.text, r.Low, r.High, ok, err, test.low, test.high, test.exit)
	}
	for _, test := range []struct {
		text string
		low  uint64
		high uint64
		exit Exit
	}{
		{"0x8000", 0x8000, 0x8000, Exit{}},
		{"8-0XfF", 8, 0xff, Exit{}},
		{"0x10000", 0, 0, Exit{Stdout: "Pkeys maximum is 0xffff: 0x10000-0x10000\n", Code: 1}},
		{"0", 0, 0, Exit{Stdout: "Pkeys must be positive: 0x0-0x0\n", Code: 1}},
		{"9-8", 0, 0, Exit{Stdout: "The low pkey must be smaller than the high pkey: 0x9-0x8\n", Code: 1}},
		{"-0x1", 0, 0, badPkey}, {"zz", 0, 0, badPkey}, {"0x", 0, 0, badPkey},
	} {
		a := SeinfoArgs{}
		a.Queries[ComponentIBPkeycons] = ComponentQuery{Asked: true, Value: test.text}
		r, ok, err := a.IBPkeyRange()
		checkRange(t, test.text, uint64(r.Low), uint64(r.High), ok, err, test.low, test.high, test.exit)
	}
	if _, ok, err := (&SeinfoArgs{}).PortRange(); ok || err != nil {
		t.Errorf("no value: %v, %v", ok, err)
	}
	if _, ok, err := (&SeinfoArgs{}).IBPkeyRange(); ok || err != nil {
		t.Errorf("no value: %v, %v", ok, err)
	}
}

func checkRange(t *testing.T, text string, low, high uint64, ok bool, err error, wantLow, wantHigh uint64, want Exit) {
	t.Helper()
	if want.Code != 0 {
		if exit, _ := err.(*Exit); exit == nil || *exit != want {
			t.Errorf("%q: %+v, want %+v", text, exit, want)
		}
		return
	}
	if err != nil || !ok || low != wantLow || high != wantHigh {
		t.Errorf("%q: %d-%d, %v, %v; want %d-%d", text, low, high, ok, err, wantLow, wantHigh)
	}
}

func TestParseXperms(t *testing.T) {
	for _, test := range []struct {
		text string
		want []XpermRange
		fail string
	}{
		{"9999", []XpermRange{{0x9999, 0x9999}}, ""},
		{"0x08,0x40-0x30, 5 - 6", []XpermRange{{8, 8}, {0x30, 0x40}, {5, 6}}, ""},
		{"0x10000", nil, "0x10000 is not a valid ioctl."},
		{"1-0FFFFFFFFFFFFFFFFF", nil, "0xfffffffffffffffff is not a valid ioctl."},
		// All are read before any is checked.
		{"0x10000,zz", nil, "invalid literal for int() with base 16: 'zz'"},
		{"1-2-3", nil, `Unable to parse "1-2-3" for xperms.`},
		{"-5", nil, "invalid literal for int() with base 16: ''"},
		{"1,", nil, "invalid literal for int() with base 16: ''"},
	} {
		got, err := ParseXperms(test.text)
		if test.fail != "" {
			if exit, _ := err.(*Exit); exit == nil || *exit != (Exit{Stdout: test.fail + "\n", Code: 1}) {
				t.Errorf("%q: %v, want %s", test.text, err, test.fail)
			}
		} else if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%q: %v, %v, want %v", test.text, got, err, test.want)
		}
	}
}

func BenchmarkParseSesearch(b *testing.B) {
	args := shell("-A -s httpd_t -p name_bind,name_connect policy.33")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseSesearch(args); err != nil {
			b.Fatal(err)
		}
	}
}
