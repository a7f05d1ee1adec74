package policytest_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/policytest"
)

// TestAll: files are one list of tests, and each covers what it names.
func TestAll(t *testing.T) {
	s, err := senet.Open(context.Background(), senet.Options{Policy: senet.Example})
	if err != nil {
		t.Fatal(err)
	}
	var files []*policytest.File
	for _, text := range []string{
		"tests:\n  - {may: haproxy_t connect tcp/80}\n  - {may: haproxy_t bind tcp/80}\n",
		"tests:\n  - {may_not: httpd_t connect tcp/5601}\n",
	} {
		f, err := policytest.Read("test", strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	list, err := policytest.RunAll(context.Background(), files, s, senet.Options{})
	if err != nil || len(list) != 3 {
		t.Fatalf("%d results, %v", len(list), err)
	}
	for i := range list {
		if got := policytest.Passed(list[i : i+1]); got != list[i].Passed() {
			t.Errorf("result %d passed: %t, want %t", i, got, list[i].Passed())
		}
	}
	bad := list[0]
	bad.Failures = []policytest.Failure{{}}
	if !policytest.Passed(nil) || policytest.Passed(append(slices.Clone(list), bad)) {
		t.Error("a list with a failure passed, or an empty one failed")
	}
	one, err := policytest.UncoveredByAll(files[:1], s)
	if err != nil {
		t.Fatal(err)
	}
	both, err := policytest.UncoveredByAll(files, s)
	if err != nil {
		t.Fatal(err)
	}
	if slices.Contains(one.Domains, "haproxy_t") || !slices.Contains(one.Domains, "httpd_t") ||
		slices.Contains(both.Domains, "haproxy_t") || slices.Contains(both.Domains, "httpd_t") {
		t.Errorf("not covered by the first: %v; by both: %v", one.Domains, both.Domains)
	}
	if none, err := policytest.UncoveredByAll(nil, s); none != nil || err != nil {
		t.Errorf("without a file: %v, %v", none, err)
	}
}
