package sides_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/internal/provenance"
	"github.com/senet-selinux/senet/internal/sides"
	"github.com/senet-selinux/senet/policydiff"
)

// system makes the directory of a system with the example policy and a file_contexts.
func system(t *testing.T, contexts string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		"etc/selinux/config":                                         "SELINUX=enforcing\nSELINUXTYPE=targeted\n",
		"etc/selinux/targeted/policy/policy.33":                      examples.Policy(),
		"etc/selinux/targeted/contexts/files/file_contexts":          contexts,
		"etc/selinux/targeted/contexts/files/file_contexts.local":    "/srv/b\tsystem_u:object_r:var_t:s0\n",
		"etc/selinux/targeted/contexts/files/file_contexts.homedirs": "",
	} {
		file := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func open(t *testing.T, name string) *sides.Side {
	t.Helper()
	s, err := sides.Open(context.Background(), name, sides.Request{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestFileLabels: two systems with one policy differ in the labels of files: one that is
// other, one that is gone, one for another kind of files; the last line of a pattern counts.
func TestFileLabels(t *testing.T) {
	before := system(t, "/srv(/.*)?\tsystem_u:object_r:a_t:s0\n/gone\t--\tsystem_u:object_r:a_t:s0\n"+
		"/kind\t-d\tsystem_u:object_r:a_t:s0\n/twice\tsystem_u:object_r:a_t:s0\n/twice\tsystem_u:object_r:b_t:s0\n")
	after := system(t, "/srv(/.*)?\t<<none>>\n/kind\t-l\tsystem_u:object_r:a_t:s0\n"+
		"/twice\tsystem_u:object_r:b_t:s0\n")
	r, err := sides.Compare(context.Background(), open(t, before), open(t, after))
	if err != nil {
		t.Fatal(err)
	}
	const a = "system_u:object_r:a_t:s0"
	want := []policydiff.FileLabel{
		{Pattern: "/gone", Kind: '-', Before: a}, {Pattern: "/kind", Kind: 'd', Before: a},
		{Pattern: "/kind", Kind: 'l', After: a}, {Pattern: "/srv(/.*)?", Before: a, After: "<<none>>"},
	}
	if !slices.Equal(r.Files, want) || r.Empty() {
		t.Errorf("%+v, want %+v", r.Files, want)
	}
	if r, err = sides.Compare(context.Background(), open(t, before), open(t, before)); err != nil || !r.Empty() {
		t.Errorf("a system differs from itself: %+v, %v", r, err)
	}
}

// TestOpen: what cannot be opened says why.
func TestOpen(t *testing.T) {
	ctx := context.Background()
	root := system(t, "")
	for _, c := range []struct {
		name string
		with []string
		want error
	}{
		{"", nil, sides.ErrName},
		{senet.Example, []string{"x.cil"}, sides.ErrNoSystem},
		{filepath.Join(root, "nosuch"), nil, os.ErrNotExist},
		{filepath.Join(root, "etc"), nil, senet.ErrNoPolicy},
	} {
		if _, err := sides.Open(ctx, c.name, sides.Request{With: c.with}); !errors.Is(err, c.want) {
			t.Errorf("%q with %q: %v, want %v", c.name, c.with, err, c.want)
		}
	}
	if _, err := open(t, root).Modules(); !errors.Is(err, provenance.ErrNoSources) {
		t.Errorf("modules: %v", err)
	}
	example := open(t, senet.Example)
	for _, c := range []struct {
		stores bool
		from   string
		found  [2]bool
		want   error
	}{
		{false, "", [2]bool{}, nil},
		{true, "", [2]bool{}, provenance.ErrNoSources},
		{false, t.TempDir(), [2]bool{}, provenance.ErrNoSources},
	} {
		got, err := sides.Finders(example, example, c.stores, c.from)
		found := [2]bool{got[0] != nil, got[1] != nil}
		if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) || found != c.found {
			t.Errorf("%+v: %v, %v", c, got, err)
		}
	}
	if table, err := example.FileContexts(); table != nil || err != nil {
		t.Errorf("the example labels files: %v, %v", table, err)
	}
}
