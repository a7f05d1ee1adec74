package statefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// modulesOf opens a transaction of the modules of a store, which is never committed.
func modulesOf(t *testing.T, s *semanage.Store) *modstore.Tx {
	t.Helper()
	records := look(t, s)
	t.Cleanup(records.Close)
	tx, err := modstore.Open(s, modstore.Options{Cache: modstore.CacheNever}).Begin(records)
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

// stateOf is what a transaction's modules are: their texts, and which names are disabled.
func stateOf(t *testing.T, tx *modstore.Tx) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, m := range tx.Modules() {
		out[m.Key.String()] = fmt.Sprint("disabled ", m.Disabled)
		if m.Priority != DistributionPriority {
			text, err := tx.CIL(m.Key)
			if err != nil {
				t.Fatal(err)
			}
			out[m.Key.String()] += string(text)
		}
	}
	return out
}

func noFiles(file string) (*Source, error) { return nil, errors.New("nobody reads " + file) }

// TestModulesExported: what is exported of random modules, written as YAML or JSON and read, says
// what there is; a store without local modules gets the same by it.
func TestModulesExported(t *testing.T) {
	s, err := semanage.Open(semanage.Options{Root: stores.Copy(t, "default"), NoReload: true})
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 6))
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	texts := []string{
		"(type a_t)\n", "(type b_t)", "; x\n(type c_t)\n\n", " (type d_t)\n",
		"(type e_t)\n\t(roletype object_r e_t)\n", "(typepermissive sshd_t)", "(typepermissive sshd_t)\n",
		"; \u00e9 \u2028\n(type f_t)\r\n", "(type g_t)\n\n;\n  \n", "# '\"'", "(typepermissive httpd_t)",
		"(allow sshd_t self (process (ptrace)))\n---\n...\n", "|\n", "\n\n(type h_t)\n", "(type \x01)",
	}
	for range testenv.Rounds(30, 2000) {
		tx := modulesOf(t, s)
		for range rng.IntN(8) {
			name := pick("own", "own", "a.b", "permissive_sshd_t", "permissive_httpd_t", "ssh", "x-1")
			k := modstore.Key{Priority: []int{100, 300, 400, 400, 999}[rng.IntN(5)], Name: name}
			if k.Priority == DistributionPriority {
				_ = tx.SetEnabled(pick("ssh", "telnet", "own", "amtu"), rng.IntN(2) == 0) // it may not be there
			} else if err := tx.Install(k, "cil", []byte(pick(texts...))); err != nil {
				t.Fatal(err)
			}
		}
		want := stateOf(t, tx)
		var state State
		text := func(m modstore.Module) ([]byte, error) { return tx.CIL(m.Key) }
		if err := state.AddModules(tx.Modules(), text); err != nil {
			t.Fatal(err)
		}
		var asYAML bytes.Buffer
		if err := state.Write(&asYAML); err != nil {
			t.Fatal(err)
		}
		asJSON, err := json.Marshal(&state)
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range []string{asYAML.String(), string(asJSON)} {
			if len(form) < 4 {
				continue
			}
			for _, target := range []*modstore.Tx{tx, modulesOf(t, s)} {
				fresh := target != tx
				read, err := Read("export", strings.NewReader(form))
				if err != nil {
					t.Fatalf("%v\n%s", err, form)
				}
				if fresh { // what the distribution disabled and is not disabled now
					read.Exclusive = []string{"module", "permissive"}
				}
				if err := read.PutModules(target, noFiles); err != nil {
					t.Fatalf("%v\n%s", err, form)
				}
				if got := stateOf(t, target); !maps.Equal(got, want) {
					t.Fatalf("%s\nmakes\n%q\nnot\n%q", form, got, want)
				}
			}
		}
	}
}

// TestModulesLeftAlone: modules that are as a file says are not installed again, packages and
// sources among them.
func TestModulesLeftAlone(t *testing.T) {
	s, err := semanage.Open(semanage.Options{Root: stores.Copy(t, "default"), NoReload: true})
	if err != nil {
		t.Fatal(err)
	}
	tx := modulesOf(t, s)
	ssh, ok := tx.Find("ssh")
	if !ok || ssh.Lang != "pp" {
		t.Fatalf("ssh is %+v", ssh)
	}
	_, pkg, err := tx.Source(ssh.Key)
	if err != nil {
		t.Fatal(err)
	}
	text, err := tx.CIL(ssh.Key)
	if err != nil {
		t.Fatal(err)
	}
	read := func(string) (*Source, error) { return &Source{"ssh", "pp", pkg}, nil }
	for _, m := range []Module{
		{Name: "ssh", Priority: "100", File: "ssh.pp"}, {Name: "ssh", Priority: "100", CIL: string(text)},
		{Name: "ssh"}, {Name: "ssh", Priority: "100", State: "Present"}, {Name: "nosuch", State: "absent"},
	} {
		state := State{Modules: []Module{m}}
		if err := state.PutModules(tx, read); err != nil || tx.Changed() {
			t.Errorf("%+v: %v, changed %v", m, err, tx.Changed())
		}
		if sum := state.Modules[0].SHA256; (sum == "") != (m.File == "" && m.CIL == "") {
			t.Errorf("%+v: checksum %q", m, sum)
		}
	}
	other := State{Modules: []Module{{Name: "ssh", File: "ssh.pp"}}} // at another priority
	if err := other.PutModules(tx, read); err != nil || !tx.Changed() {
		t.Errorf("a new priority: %v, changed %v", err, tx.Changed())
	}
}

// TestModulesRefused: what a file cannot say, and what it does not find.
func TestModulesRefused(t *testing.T) {
	s, err := semanage.Open(semanage.Options{Root: stores.Copy(t, "default"), NoReload: true})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "own.cil")
	if err := os.WriteFile(file, []byte("(type own_t)\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	read := func(file string) (*Source, error) {
		text, err := os.ReadFile(file)
		return &Source{"own", "cil", text}, err
	}
	for _, c := range [][2]string{
		{
			"modules:\n- {name: own, cil: a, file: b}\n",
			"line 2: not a state file: module own has both a file and a text",
		},
		{
			"modules:\n- {name: ../x, cil: a}\n",
			"line 2: not a state file: invalid module name",
		},
		{
			"modules:\n- {cil: a}\n",
			"invalid module name",
		},
		{
			"modules:\n- {name: own, cil: a, priority: 1000}\n",
			"priority 1000 is not 1 to 999",
		},
		{
			"modules:\n- {name: own, cil: a, priority: x}\n",
			"priority \"x\" is no number",
		},
		{
			"modules:\n- {name: own, cil: a, state: on}\n",
			"state \"on\" of module own is neither",
		},
		{
			"modules:\n- {name: own, cil: a, state: absent}\n",
			"module own is absent and has content",
		},
		{
			"modules:\n- {name: own, sha256: ab}\n",
			"has a checksum and no content",
		},
		{
			"modules:\n- {name: own, cil: a}\n- {name: own, cil: b}\n",
			"line 3: not a state file: module 400/own is there twice",
		},
		{
			"modules:\n- {name: ssh}\n- {name: ssh, priority: 100}\n",
			"module 100/ssh is there twice",
		},
		{
			"modules:\n- {name: own, cil: a}\n- {name: own, priority: 300, cil: b, state: disabled}\n",
			"is present and disabled",
		},
		{
			"modules:\n- {name: nosuch}\n",
			"line 2: module 400/nosuch: no such module",
		},
		{
			"modules:\n- {name: ssh, priority: 300}\n",
			"module 300/ssh: no such module",
		},
		{
			"modules:\n- {name: nosuch, state: disabled}\n",
			"no such module",
		},
		{
			"modules:\n- {name: own, cil: \"(type own_t)\", sha256: 00}\n",
			"the SHA-256 of module own is 61081f",
		},
		{
			"modules:\n- {name: other, file: " + file + "}\n",
			"is module own, not other",
		},
		{
			"modules:\n- {name: own, file: /nosuch.cil}\n",
			"no such file",
		},
		{
			"permissive:\n- {type: \"x) (allow y\"}\n",
			"is no name of a domain",
		},
		{
			"permissive:\n- {type: a_t}\n- {type: a_t}\n",
			"is there twice",
		},
		{
			"permissive:\n- {type: a_t, state: disabled}\n",
			"neither present nor absent",
		},
		{
			"permissive:\n- {type: a_t}\nmodules:\n- {name: permissive_a_t}\n",
			"no such module",
		},
	} {
		text, want := c[0], c[1]
		state, err := Read("f", strings.NewReader(text))
		if err == nil {
			err = state.PutModules(modulesOf(t, s), read)
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s%v, want %s", text, err, want)
		}
	}
	// A checksum that is right.
	state := State{Modules: []Module{{Name: "own", File: file}}}
	if err := state.PutModules(modulesOf(t, s), read); err != nil {
		t.Fatal(err)
	}
	if err := state.PutModules(modulesOf(t, s), read); err != nil {
		t.Errorf("with the checksum of the same file: %v", err)
	}
}
