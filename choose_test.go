package senet_test

import (
	"context"
	"strconv"
	"testing"

	"github.com/senet-selinux/senet"
)

// TestFind: a fix is found by its number and by its name, and its name is no name of a file.
func TestFind(t *testing.T) {
	ctx := context.Background()
	s, err := senet.Open(ctx, senet.Options{Policy: senet.Example})
	if err != nil {
		t.Fatal(err)
	}
	target, err := senet.ParseTarget("tcp/5601", "")
	if err != nil {
		t.Fatal(err)
	}
	fixes, err := s.Fixes(ctx, senet.Query{Subject: "haproxy_t", Operation: "connect", Target: target})
	if err != nil || len(fixes.List) < 2 {
		t.Fatalf("%v: %d fixes", err, len(fixes.List))
	}
	for i, name := range fixes.Names() {
		if fixes.Find(name) != i || fixes.Find(strconv.Itoa(i+1)) != i || !senet.IsFixName(name) {
			t.Errorf("fix %d, %s: found at %d, by number %d", i, name, fixes.Find(name), fixes.Find(strconv.Itoa(i+1)))
		}
	}
	for _, none := range []string{"", "0", "-1", strconv.Itoa(len(fixes.List) + 1), "plan.json"} {
		if n := fixes.Find(none); n != -1 {
			t.Errorf("%q: found at %d", none, n)
		}
	}
	for _, file := range []string{"plan.json", "./own-type", "web1.plan", ""} {
		if senet.IsFixName(file) {
			t.Errorf("%q is taken for a fix", file)
		}
	}
}
