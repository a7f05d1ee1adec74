package modfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/modfile"
	"github.com/senet-selinux/senet/internal/refpolicy"
	"github.com/senet-selinux/senet/internal/te"
)

// TestInterfaces: calls in a source are replaced by the headers and by the interfaces
// beside it, contexts too, and the module is that of the source without calls.
func TestInterfaces(t *testing.T) {
	headers := write(t, map[string]string{"a.spt": "define(`policy_module',`module $1 $2;')define(`interface',`')" +
		"define(`gen_require',`require { $1 }')define(`gen_context',`$1:s0')define(`perms',`{ read write }')\n"})
	files := map[string]string{
		"web.te": "policy_module(web, 1.0)\ntype a_t;\nrequire { class file { read write }; role object_r; }\n" +
			"web_read(a_t)\n",
		"web.if": "interface(`web_read',`\n\tgen_require(`type b_t;')\n\tallow $1 b_t:file perms;\n')\n",
		"web.fc": "/srv	gen_context(system_u:object_r:a_t)\n",
		"plain.te": "module web 1.0;\ntype a_t;\nrequire { class file { read write }; role object_r; }\n" +
			"require { type b_t; } allow a_t b_t:file { read write };\n",
		"plain.fc": "/srv	system_u:object_r:a_t:s0\n",
		"bad.te":   "policy_module(bad, 1.0)\n\nsyscmd(`ls')\n",
		"wrong.te": "policy_module(wrong, 1.0)\nnosuch_read(a_t)\n",
	}
	dir := write(t, files)
	support := filepath.Join(headers, "support")
	if err := errors.Join(os.Mkdir(support, 0o700), os.Rename(filepath.Join(headers, "a.spt"),
		filepath.Join(support, "a.spt"))); err != nil {
		t.Fatal(err)
	}
	o := modfile.Options{Options: te.Options{MLS: true}, Headers: headers}
	build := func(name string) (*modfile.Built, error) {
		return modfile.Build(filepath.Join(dir, name), "x.cil", o)
	}
	got, err := build("web.te")
	if err != nil {
		t.Fatal(err)
	}
	want, err := build("plain.te")
	if err != nil || string(got.Data) != string(want.Data) {
		t.Errorf("%v\n%s\nwant\n%s", err, got.Data, want.Data)
	}
	var found *compile.Errors
	_, err = build("bad.te")
	if !errors.As(err, &found) || !strings.Contains(err.Error(), "bad.te:3:1: syscmd of m4") {
		t.Error(err)
	}
	if _, err := build("wrong.te"); !errors.As(err, &found) || !strings.Contains(err.Error(), "nosuch_read(...)") {
		t.Error(err)
	}
	// Without headers the call is named with its place, and a note says why it was not replaced.
	o.Headers = t.TempDir()
	_, err = build("web.te")
	if !errors.As(err, &found) || !strings.Contains(err.Error(), "web.te:1:1: policy_module") {
		t.Fatal(err)
	}
	notes := found.List[0].Notes
	if n := len(notes); n == 0 || !strings.Contains(notes[n-1].Msg, refpolicy.ErrNone.Error()) {
		t.Errorf("notes %v", notes)
	}
}
