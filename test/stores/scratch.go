package stores

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/senet-selinux/senet/examples"
)

// Scratch makes a system under root whose policy store has the built-in example
// policy and no modules: a store that needs no program and no installed policy.
func Scratch(root string) error {
	const store = "targeted"
	active := filepath.Join(dir(root, store), "active")
	files := map[string]string{
		filepath.Join(root, "etc/selinux/config"): "SELINUX=enforcing\nSELINUXTYPE=" + store +
			"\n",
		filepath.Join(root, "etc/selinux/semanage.conf"):                 "module-store = direct\n",
		filepath.Join(root, "etc/selinux", store, "policy", "policy.33"): examples.Policy(),
		filepath.Join(active, "policy.linked"):                           examples.Policy(),
		filepath.Join(active, "policy.kern"):                             examples.Policy(),
		filepath.Join(active, "commit_num"):                              "1",
		filepath.Join(active, "file_contexts"):                           "",
		filepath.Join(active, "seusers"):                                 "",
		filepath.Join(active, "seusers.linked"):                          "",
		filepath.Join(active, "users_extra.linked"):                      "",
		filepath.Join(active, "modules", "100", "base", "cil"):           "",
		filepath.Join(active, "modules", "100", "base", "lang_ext"):      "cil",
	}
	for path, text := range files {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			return err
		}
	}
	return nil
}

// ScratchModules makes what Scratch makes, with the modules that compile to the example
// policy: source, the text of examples/example.cil, and its categories.
func ScratchModules(root, source string) error {
	if err := Scratch(root); err != nil {
		return err
	}
	modules := filepath.Join(dir(root, "targeted"), "active", "modules", "100")
	for name, text := range map[string]string{"base": Categories(), "example": source} {
		if err := os.MkdirAll(filepath.Join(modules, name), 0o755); err != nil {
			return err
		}
		for file, text := range map[string]string{"cil": text, "lang_ext": "cil"} {
			if err := os.WriteFile(filepath.Join(modules, name, file), []byte(text), 0o600); err != nil {
				return err
			}
		}
	}
	return nil
}

// Categories returns the CIL of the categories c0 to c1023, as examples/build.sh makes it.
func Categories() string {
	var b strings.Builder
	for i := range 1024 {
		fmt.Fprintf(&b, "(category c%d)\n", i)
	}
	b.WriteString("(categoryorder (")
	for i := range 1024 {
		fmt.Fprintf(&b, " c%d", i)
	}
	b.WriteString("))\n")
	return b.String()
}
