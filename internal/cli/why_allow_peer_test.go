package cli

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
)

// TestAllowModules: checkmodule takes whatever why --allow=te writes for denials at random
// under Debian's policy, with names that nobody has and file names of all kinds.
func TestAllowModules(t *testing.T) {
	testenv.Need(t, "checkmodule")
	file := testenv.Policy(t, "default")
	db, err := policyfile.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	p := policy.New(db)
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 7))
	rounds, modules := 15, 0
	if testenv.Long() {
		rounds = 300
	}
	dir := t.TempDir()
	for range rounds {
		var text strings.Builder
		for n := range 1 + rng.IntN(8) {
			text.WriteString(randomDenial(p, rng, n))
		}
		log := filepath.Join(dir, "log")
		if err := os.WriteFile(log, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		var out, errs bytes.Buffer
		if code := Main([]string{"senet", "why", "--allow=te", log, "--policy", file}, strings.NewReader(""), &out,
			&errs); code > 1 {
			t.Fatalf("exit %d: %s\n%s", code, errs.String(), text.String())
		}
		name := regexp.MustCompile(`(?m)^module (\S+) `).FindStringSubmatch(out.String())
		if name == nil {
			continue // nothing that a rule helps
		}
		modules++
		module := filepath.Join(dir, name[1]) // checkmodule wants the file's name to be the module's
		if err := os.WriteFile(module+".te", out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		check := exec.Command("checkmodule", "-M", "-m", "-o", module+".mod", module+".te")
		if said, err := check.CombinedOutput(); err != nil {
			t.Errorf("%v: %s\n%s\n%s", err, said, out.String(), text.String())
		}
	}
	if modules < rounds/2 {
		t.Errorf("%d modules of %d logs", modules, rounds)
	}
}

// randomDenial writes a record of types, a class and permissions of a policy, or of names
// that it does not have.
func randomDenial(p *policy.Policy, rng *rand.Rand, n int) string {
	oneOf := func(list ...string) string { return list[rng.IntN(len(list))] }
	var class policy.ClassID
	for class == 0 || p.ClassName(class) == "" {
		class = policy.ClassID(1 + rng.IntN(int(p.MaxClass())))
	}
	typ := func() string {
		for {
			id := policy.TypeID(1 + rng.IntN(int(p.MaxType())))
			if name := p.TypeName(id); name != "" && !p.IsAttribute(id) {
				return name
			}
		}
	}
	source, target := typ(), typ()
	name := p.ClassName(class)
	var perms []string
	for _, perm := range p.Perms(class) {
		if rng.IntN(4) == 0 && len(perms) < 4 {
			perms = append(perms, perm)
		}
	}
	extra := ""
	switch rng.IntN(12) {
	case 0:
		target = oneOf("nosuch_t", "x;y", "1st_t")
	case 1:
		perms = append(perms, "nosuchperm")
	case 2:
		name = "nosuchclass"
	case 3, 4:
		target = source
	}
	if strings.HasSuffix(name, "socket") || strings.HasSuffix(name, "file") {
		perms = append(perms, "ioctl")
		extra = fmt.Sprintf(" ioctlcmd=0x%x", rng.IntN(1<<16))
	}
	if len(perms) == 0 {
		perms = []string{"read"}
	}
	return fmt.Sprintf("type=AVC msg=audit(17951616%02d.000:%d): avc:  denied  { %s } for  pid=7 comm=%q path=%q%s "+
		"scontext=system_u:system_r:%s:s0 tcontext=system_u:object_r:%s:%s tclass=%s permissive=0\n",
		n, 100+n, strings.Join(perms, " "), oneOf("x", "a.b", "$(id)", "1st"), oneOf("/srv/a b", "/x", "\"; id", "/\\"),
		extra, source, target, oneOf("s0", "s0:c3"), name)
}
