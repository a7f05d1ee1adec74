package form_test

import (
	"encoding/json"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/form"
)

// TestUndo: what a form deploys its own way back takes away, and nothing else: a
// module is removed where one was installed, records change where records did, and
// those first, for libsemanage refuses a record whose type is gone.
func TestUndo(t *testing.T) {
	module := regexp.MustCompile(`\bsemodule\b|\bselmodule\b`)
	records := regexp.MustCompile(`\b(semanage port|semanage import|senet ` +
		`port|community.general.seport|selinux::port)\b`)
	n := map[string]int{}
	for _, w := range all(t) {
		f := &w.fix
		for _, way := range w.forms {
			if f.Kind == remedy.OtherPort {
				if way.Undo != "" {
					t.Errorf("%s: %q", f.Kind, way.Undo)
				}
				continue
			}
			if way.Name == "bootc" {
				if !strings.HasPrefix(way.Undo, "# build the image without") {
					t.Errorf("%s: %q", way.Name, way.Undo)
				}
				continue
			}
			installs := module.MatchString(way.Text) || way.Name == "cil"
			changes := records.MatchString(way.Text)
			at, last := records.FindStringIndex(way.Undo), module.FindStringIndex(way.Undo)
			if installs != (last != nil) || changes != (at != nil) || way.Undo == "" || at != nil && last != nil &&
				at[0] > last[0] {
				t.Errorf("%s, local %v, by %s:\n%s\ntaken back by\n%s", f.Kind, f.Local, way.Name, way.Text, way.Undo)
			}
			if installs && !strings.Contains(way.Undo, f.ModuleName) {
				t.Errorf("%s by %s: %s is not named in\n%s", f.Kind, way.Name, f.ModuleName, way.Undo)
			}
			n[way.Name]++
			switch way.Name {
			case "semanage", "te", "shell", "butane", "cil":
				if f.Kind == remedy.Boolean || f.Kind == remedy.Permissive && way.Name == "semanage" {
					break
				}
				calls, _ := shell(t, way.Undo)
				want := 0
				if changes {
					want = max(1, len(f.Undo)) // one that only the te form makes
				}
				if installs {
					want++
				}
				if len(calls) != want {
					t.Errorf("%s by %s: %q, want %d", f.Kind, way.Name, calls, want)
				}
			}
		}
		if len(w.forms) > 0 && w.undo != w.forms[0].Undo {
			t.Errorf("%q is not %q", w.undo, w.forms[0].Undo)
		}
	}
	for _, name := range []string{"semanage", "cil", "te", "ansible", "puppet", "shell", "butane"} {
		if n[name] < 5 {
			t.Errorf("%d of %s", n[name], name)
		}
	}
}

// TestUndoBooleans: each form sets the other value, in its language.
func TestUndoBooleans(t *testing.T) {
	want := map[string]string{
		"semanage": "setsebool -P a=0 b=1\n",
		"ansible": "- ansible.posix.seboolean:\n    name: a\n    state: false\n    persistent: true\n- " +
			"ansible.posix.seboolean:\n    name: b\n    state: true\n    persistent: true\n",
		"puppet": "selboolean { 'a':\n  value      => 'off',\n  persistent => true,\n}\nselboolean { 'b':\n  " +
			"value      => 'on',\n  persistent => true,\n}\n",
		"shell":  "setsebool -N -P a=0 b=1\n",
		"butane": "setsebool -P a=0 b=1\n",
		"bootc":  "# build the image without these lines\n",
	}
	target := form.Target{Bools: []form.Setting{{Name: "a", On: true}, {Name: "b", On: false}}}
	for _, way := range form.Forms(&remedy.Fix{Kind: remedy.Boolean}, target) {
		if way.Undo != want[way.Name] {
			t.Errorf("%s: %q", way.Name, way.Undo)
		}
	}
}

// TestBeside: with the module in a file beside them no form but the module itself
// holds it, each that needs it names the file, and what is YAML stays YAML, also on
// the way back.
func TestBeside(t *testing.T) {
	testenv.Need(t, "python3")
	var yaml []string
	modules := 0
	for _, w := range all(t) {
		f := &w.fix
		for _, way := range w.forms {
			if way.Name == "ansible" && way.Undo != "" {
				yaml = append(yaml, way.Undo)
			}
		}
		if len(f.Module) == 0 {
			continue
		}
		modules++
		target := form.Target{Protocol: w.proto, Port: w.port, Beside: true}
		beside := form.Forms(f, target)
		if len(beside) != len(w.forms) {
			t.Fatalf("%d forms, %d", len(beside), len(w.forms))
		}
		for i, way := range beside {
			inline := w.forms[i].Text
			if way.Name == "cil" || way.Name == "te" {
				if way.Text != inline {
					t.Errorf("%s differs", way.Name)
				}
				continue
			}
			if strings.Contains(way.Text, f.Module[0].String()) {
				t.Errorf("%s holds the module:\n%s", way.Name, way.Text)
			}
			if holds := strings.Contains(inline, "semodule"); holds != strings.Contains(way.Text, f.ModuleName+".cil") {
				t.Errorf("%s %s does not name the file:\n%s", f.Kind, way.Name, way.Text)
			}
			if way.Name == "ansible" || way.Name == "butane" {
				yaml = append(yaml, way.Text)
			}
		}
	}
	if modules < 8 || len(yaml) < 16 {
		t.Errorf("%d modules, %d texts", modules, len(yaml))
	}
	in, err := json.Marshal(yaml)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("python3", "-c",
		"import json, sys, yaml\nassert all(yaml.safe_load(t) for t in json.load(sys.stdin))")
	cmd.Stdin = strings.NewReader(string(in))
	if out, err := cmd.CombinedOutput(); err != nil {
		if strings.Contains(string(out), "No module named 'yaml'") {
			testenv.Missing(t, "python3 has no yaml")
		}
		t.Errorf("%v: %s", err, out)
	}
}
