package modstore_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/semanagecli"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/modstore"
	"github.com/senet-selinux/senet/test/stores"
)

// TestRandomAgainstSemodule makes the same random changes of modules, and now and then
// of records, in two copies of a store, with semodule and semanage and with this
// package: after each, all files are the same, and their modes, and what one refuses
// the other refuses.
func TestRandomAgainstSemodule(t *testing.T) {
	testenv.Need(t, "semodule", "sefcontext_compile", "setfiles")
	stores.NeedSemanage(t)
	for _, tt := range []struct {
		name, store string
		short, long int // how many steps
	}{
		{"few", "default", 4, 300}, {"default", "default", 0, 300}, {"mls", "mls", 0, 100},
	} {
		steps, store := tt.short, tt.store
		if testenv.Long() {
			steps = tt.long
		}
		if steps == 0 {
			continue
		}
		t.Run(tt.name, func(t *testing.T) {
			theirs := ""
			if tt.name == "few" {
				theirs = stores.Few(t)
			} else {
				theirs = copyOf(t, store)
			}
			if out, err := semodule(theirs, store, "-B"); err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			ours := stores.Dir(t)
			if err := stores.CopyTree(theirs, ours); err != nil {
				t.Fatal(err)
			}
			seed := testenv.Seed(t)
			g := &generator{Words: stores.Words{Rand: rand.New(rand.NewPCG(seed, 7)), Bad: 12}, root: ours}
			g.names(t, store)
			refused := 0
			for step := range steps {
				c := g.change()
				theirErr := c.theirs(t, g, theirs, store)
				ourErr := c.ours(ours)
				if (theirErr != nil) != (ourErr != nil) {
					t.Fatalf("step %d: %s\nsemodule: %v\nwe: %v", step, c.text(), theirErr, ourErr)
				}
				if ourErr != nil {
					refused++
				}
				// Where only equivalences change, libsemanage does not count the transaction.
				compare(t, fmt.Sprintf("step %d: %s (%v)", step, c.text(), ourErr), theirs, ours, store,
					stores.Parts{Modules: true})
				if ourErr == nil {
					g.did(c)
				}
				// Each goes on with what the other left.
				if step%10 == 9 {
					theirs, ours = ours, theirs
				}
			}
			t.Logf("%d steps, %d refused by both", steps, refused)
		})
	}
}

// A generator makes changes.
type generator struct {
	stores.Words
	root    string
	base    []string // the modules of the distribution
	off     []string // those that were disabled
	own     []modstore.Key
	counter int
	// tunables says that the last change kept tunables.
	tunables bool
}

func (g *generator) names(t *testing.T, store string) {
	dirs, err := os.ReadDir(filepath.Join(g.root, "var/lib/selinux", store, "active/modules/100"))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range dirs {
		g.base = append(g.base, d.Name())
	}
}

// A modChange is one command of semodule.
type modChange struct {
	kind     string // "install", "remove", "enable", "disable", "build", "records"
	key      modstore.Key
	cil      string
	noAudit  bool
	tunables bool
	records  string
}

func (c *modChange) text() string {
	flags := fmt.Sprintf("dontaudit off %v, tunables %v", c.noAudit, c.tunables)
	return strings.TrimSpace(fmt.Sprintf("%s %s %s %s%s", c.kind, c.key, flags, c.cil, c.records))
}

func (g *generator) change() *modChange {
	c := &modChange{noAudit: g.Rand.IntN(6) == 0, tunables: g.Rand.IntN(8) == 0}
	c.key.Priority = []int{1, 100, 400, 400, 999}[g.Rand.IntN(5)]
	switch n := g.Rand.IntN(100); {
	case n < 45:
		c.kind = "install"
		c.key.Name, c.cil = g.module()
	case n < 60 && len(g.own) > 0:
		c.kind = "remove"
		c.key = g.own[g.Rand.IntN(len(g.own))]
		if g.Rand.IntN(6) == 0 {
			c.key.Priority = 222 // it is not there
		}
	case n < 72:
		c.kind = "disable"
		c.key.Name = g.base[g.Rand.IntN(len(g.base))]
	case n < 80 && len(g.off) > 0:
		c.kind = "enable"
		c.key.Name = g.off[g.Rand.IntN(len(g.off))]
	case n < 84:
		c.kind = "build"
	default:
		c.kind = "records"
		c.records = g.recordsLine()
	}
	return c
}

// recordsLine makes a command of semanage.
func (g *generator) recordsLine() string {
	level := ""
	if text := g.Level(); text != "" {
		level = " -r " + text
	}
	login := g.Pick("daemon", "bin", "nobody", "%staff", "root")
	user := g.Mostly("own_u web_u zeb_u user_u", "nosuch_u")
	file := g.Pick("/srv/a", "/srv/b(/.*)?", "/etc", "/opt/x.*", "/srv/sub/a")
	kind := g.Pick("", " -f d", " -f f", " -f a")
	switch g.Rand.IntN(12) {
	case 0:
		return "login -a -s " + g.Mostly("user_u staff_u unconfined_u own_u", "nosuch_u") + level + " " + login
	case 1:
		return "login -m -s " + g.Pick("user_u", "staff_u", "own_u") + " " + login
	case 2:
		return "login -d " + login
	case 3:
		return "user -a -R user_r -R " + g.Pick("staff_r", "sysadm_r", "user_r") + level + " " + user
	case 4:
		return "user -m -R " + g.Pick("staff_r", "sysadm_r", "user_r") + level + " " + user
	case 5:
		return "user -d " + user
	case 6, 7:
		typ := g.Mostly("etc_t usr_t user_home_t", "getty_t", "nosuch_t")
		return "fcontext -a -t " + typ + kind + level + " " + file
	case 8:
		return "fcontext -d" + kind + " " + file
	case 9:
		return "fcontext " + g.Pick("-a -e /usr ", "-a -e /var/www ", "-d ") + g.Pick("/srv/sub", "/opt/own")
	case 10:
		return "boolean -m --on " + g.Pick("httpd_can_network_connect", "allow_ypbind", "no_such_boolean")
	}
	if g.Rand.IntN(8) == 0 {
		return "fcontext -D"
	}
	port, proto, typ := g.Port()
	return fmt.Sprintf("port -a -t %s -p %s %s", typ, proto, port)
}

// module writes a module: of the forms that people and tools write, and some that do
// not compile.
func (g *generator) module() (name, cil string) {
	if len(g.own) > 0 && g.Rand.IntN(3) == 0 {
		name = g.own[g.Rand.IntN(len(g.own))].Name
	} else {
		g.counter++
		name = []string{"aa", "own", "zz"}[g.Rand.IntN(3)] + fmt.Sprint(g.counter)
	}
	id := strings.ReplaceAll(name, "-", "_")
	parts := []string{
		"(typeattributeset cil_gen_require getty_t)(allow getty_t self (process (ptrace)))",
		"(type " + id + "_t)(roletype object_r " + id + "_t)(typeattributeset file_type (" + id + "_t))",
		"(type " + id + "_port_t)(roletype object_r " + id + "_port_t)(typeattributeset port_type (" + id +
			"_port_t))" +
			"(portcon tcp 7" + fmt.Sprint(g.Rand.IntN(9000)+100) + " (system_u object_r " + id +
			"_port_t ((s0) (s0))))",
		"(filecon \"/srv/" + id + "(/.*)?\" any (system_u object_r etc_t ((s0) (s0))))",
		"(filecon \"HOME_DIR/\\." + id + "\" dir (system_u object_r user_home_t ((s0) (s0))))",
		"(optional " + id + "_opt (typeattributeset cil_gen_require no_such_t)(allow no_such_t self (file (read))))",
		"(boolean " + id + "_on true)(booleanif " + id + "_on (true (allow getty_t sshd_t (process (signal)))))",
		"(tunable " + id + "_tun false)(tunableif " + id + "_tun (true (allow getty_t sshd_t (process (sigkill)))))",
		"(dontaudit getty_t sshd_t (process (sigstop)))",
		"(typepermissive sshd_t)",
		"(allow getty_t no_such_t (file (read)))",
		"(allow getty_t",
		"(filecon \"/srv/(" + id + "\" any (system_u object_r etc_t ((s0) (s0))))",
	}
	if g.Rand.IntN(g.Bad) > 0 {
		parts = parts[:len(parts)-3]
	}
	for range 1 + g.Rand.IntN(3) {
		p := parts[g.Rand.IntN(len(parts))]
		if !strings.Contains(cil, p) {
			cil += p + "\n"
		}
	}
	return name, cil
}

func (g *generator) did(c *modChange) {
	g.tunables = c.tunables
	switch c.kind {
	case "install":
		g.own = append(g.own, c.key)
	case "remove":
		g.own = slices.DeleteFunc(g.own, func(k modstore.Key) bool { return k == c.key })
	case "disable":
		g.off = append(g.off, c.key.Name)
	}
}

// theirs makes the change with semodule or semanage.
func (c *modChange) theirs(t *testing.T, g *generator, root, store string) error {
	t.Helper()
	var args []string
	if c.kind != "build" { // which takes no other commands
		args = append(args, "-X", fmt.Sprint(c.key.Priority))
	}
	if c.noAudit {
		args = append(args, "-D")
	}
	if c.tunables {
		args = append(args, "-P")
	}
	switch c.kind {
	case "install":
		file := filepath.Join(t.TempDir(), c.key.Name+".cil")
		if err := os.WriteFile(file, []byte(c.cil), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append(args, "-i", file)
	case "remove":
		args = append(args, "-r", c.key.Name)
	case "enable":
		args = append(args, "-e", c.key.Name)
	case "disable":
		args = append(args, "-d", c.key.Name)
	case "build":
		args = append(args, "-B")
	case "records":
		o := stores.Start(t, root, store)
		r := o.Run("", append(strings.Fields(c.records), "-N", "-S", store)...)
		if r.RC != 0 {
			return errors.New(r.Err)
		}
		return nil
	}
	out, err := semodule(root, store, args...)
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// ours makes the change with this package.
func (c *modChange) ours(root string) error {
	if c.kind == "records" {
		var out, errs strings.Builder
		tool := semanagecli.Tool{Root: root, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs}
		if code := tool.Run(append(strings.Fields(c.records), "-N")...); code != 0 {
			return errors.New(out.String() + errs.String())
		}
		return nil
	}
	return change(root, func(tx *modstore.Tx) error {
		// As semodule has it: -B without -D puts dontaudit rules back, and tunables are
		// kept in a transaction with -P alone.
		if c.noAudit || c.kind == "build" {
			tx.SetDontAudit(!c.noAudit)
		}
		tx.SetPreserveTunables(c.tunables)
		switch c.kind {
		case "install":
			return tx.Install(c.key, "cil", []byte(c.cil))
		case "remove":
			return tx.Remove(c.key)
		case "enable":
			return tx.SetEnabled(c.key.Name, true)
		case "disable":
			return tx.SetEnabled(c.key.Name, false)
		}
		return nil
	})
}
