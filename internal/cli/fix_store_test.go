package cli_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// makeStore makes a system under root whose policy store has the modules of the
// example policy, built by the real semodule.
func makeStore(root string) error {
	cil, err := os.ReadFile(filepath.Join("..", "..", "examples", "example.cil"))
	if err != nil {
		return err
	}
	var categories, order strings.Builder
	for i := range 1024 {
		fmt.Fprintf(&categories, "(category c%d)\n", i)
		fmt.Fprintf(&order, " c%d", i)
	}
	modules := filepath.Join(root, "var/lib/selinux/targeted/active/modules/100")
	files := map[string]string{
		filepath.Join(root, "etc/selinux/config"):        "SELINUX=enforcing\nSELINUXTYPE=targeted\n",
		filepath.Join(root, "etc/selinux/semanage.conf"): "module-store = direct\nexpand-check = 0\n",
	}
	for name, text := range map[string]string{
		"base": string(cil), "categories": categories.String() + "(categoryorder (" + order.String() + "))\n",
		// With users, libsemanage leaves all the files that it wants to find again.
		"users": "(selinuxuserdefault system_u ((s0) (s0)))\n(userprefix system_u user)\n",
	} {
		files[filepath.Join(modules, name, "hll")] = text
		files[filepath.Join(modules, name, "cil")] = text
		files[filepath.Join(modules, name, "lang_ext")] = "cil"
	}
	for path, text := range files {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
	}
	for _, dir := range []string{"policy", "contexts/files"} {
		if err := os.MkdirAll(filepath.Join(root, "etc/selinux/targeted", dir), 0o755); err != nil {
			return err
		}
	}
	out, err := exec.Command("semodule", "-N", "-p", root, "-s", "targeted", "-B").CombinedOutput()
	if err != nil {
		return fmt.Errorf("semodule: %w\n%s", err, out)
	}
	return nil
}

func cmdExampleStore(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: examplestore DIR")
	}
	ts.Check(makeStore(ts.MkAbs(args[0])))
}

func cmdSameFile(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: samefile FILE FILE")
	}
	a, err := os.ReadFile(ts.MkAbs(args[0]))
	ts.Check(err)
	b, err := os.ReadFile(ts.MkAbs(args[1]))
	ts.Check(err)
	if !bytes.Equal(a, b) {
		ts.Fatalf("%s and %s differ", args[0], args[1])
	}
}

func kern(t testing.TB, root, store string) []byte {
	t.Helper()
	image, err := os.ReadFile(filepath.Join(root, "var/lib/selinux", store, "active/policy.kern"))
	if err != nil {
		t.Fatal(err)
	}
	return image
}
