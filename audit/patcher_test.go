package audit

import (
	"strings"
	"testing"
)

// TestPatcher has one case for each rule about the programs that add rules on an Android device.
func TestPatcher(t *testing.T) {
	const syntax = "Syntax error in 'allow a_app b_service:service_manager find;'\n"
	for _, c := range []struct {
		rule, text, want string
		syntax           int64
	}{
		{"its name", "The device runs Magisk 26.\n", "Magisk", 0},
		{"its program", "# magiskpolicy --live 'allow a b c d'\n", "Magisk", 0},
		{"the file of a module", "I put it into sepolicy.rule\n", "Magisk", 0},
		{"KernelSU", "with KernelSU it fails\n", "KernelSU", 0},
		{"its daemon", "run ksud sepolicy check\n", "KernelSU", 0},
		{"a part of another word", "the blocksuds\n", "", 0},
		{"APatch", "APatch 10763\n", "APatch", 0},
		{"the first counts", "APatch\nMagisk\n", "APatch", 0},
		{"a colon is an error of syntax", "x\n" + syntax, "Magisk", 2},
		{"the first line with it", syntax + syntax, "Magisk", 1},
		{"another error", "Syntax error in 'allow a b c'\n", "", 0},
		{"not closed", "Syntax error in 'allow a b:c\n", "", 0},
		{"only in the first lines", strings.Repeat("x\n", seenLines) + "Magisk\n", "", 0},
	} {
		_, stats := Parse(c.text, goldenOptions)
		if stats.Patcher != c.want || stats.PatcherSyntax != c.syntax {
			t.Errorf("%s: %q, line %d", c.rule, stats.Patcher, stats.PatcherSyntax)
		}
	}
}

// TestServiceNames: the names of services and properties are the objects of a group, and only for the classes of
// Android's programs.
func TestServiceNames(t *testing.T) {
	const contexts = " scontext=u:r:a:s0 tcontext=u:object_r:b:s0 tclass="
	f := newFolder(0)
	for _, text := range []string{
		"avc:  denied  { find } for service=one" + contexts + "service_manager",
		"avc:  denied  { find } for service=two" + contexts + "service_manager",
		"avc:  denied  { find } for interface=a.b@1.0::IC sid=u:r:a:s0 pid=7" + contexts + "hwservice_manager",
		"avc:  denied  { set } for property=p.q pid=7" + contexts + "property_service",
		"avc:  denied  { send_msg } for interface=org.x member=Y" + contexts + "dbus",
	} {
		events, _ := Parse(text+" permissive=0\n", goldenOptions)
		for _, e := range events {
			f.Add(e)
		}
	}
	got := map[string]string{}
	for g := range f.Groups(Denied) {
		got[g.Signature.Class] = strings.Join(g.Objects, " ")
	}
	for class, want := range map[string]string{"service_manager": "one two", "hwservice_manager": "a.b@1.0::IC",
		"property_service": "p.q", "dbus": ""} {
		if names, ok := got[class]; !ok || names != want {
			t.Errorf("%s: %q, want %q", class, names, want)
		}
	}
}
