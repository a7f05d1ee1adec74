package diagnose_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/diagnose"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/policyfile"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/subject"
)

// On random denials of a distribution's policy the cause is the one that
// audit2why, and so libsepol, finds.
func TestAudit2why(t *testing.T) {
	testenv.Need(t, "audit2why")
	for _, name := range []string{"default", "mls"} {
		t.Run(name, func(t *testing.T) { compareAudit2why(t, testenv.Policy(t, name)) })
	}
}

func compareAudit2why(t *testing.T, path string) {
	db, err := policyfile.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	p := policy.New(db)
	g := diagnose.New(access.NewDecider(p), network.Question{Machine: network.Machine{Host: host.Standard()}})
	domains := reach.Domains(p)
	rnd := rand.New(rand.NewPCG(4, 5601))
	var lines []string
	seen := make(map[string]bool)
	for len(lines) < 400 {
		s, ok := subject.FromType(p, domains[rnd.IntN(len(domains))])
		if !ok {
			continue
		}
		source := p.FormatContext(s)
		if rnd.IntN(8) == 0 {
			source += ":c7"
		}
		port := []int{1 + rnd.IntN(65535), 80, 53, 8080, 5432, 22}[rnd.IntN(6)]
		label := p.FormatContext(p.PortLabel(policy.ProtoTCP, uint16(port)).Context)
		var fields, perm string
		target := label
		switch rnd.IntN(4) {
		case 0:
			fields, perm = fmt.Sprintf("dest=%d", port), "name_connect"
		case 1:
			fields, perm = fmt.Sprintf("src=%d", port), "name_bind"
		case 2:
			// A socket of its own, or of another instance at another level.
			fields, perm, target = fmt.Sprintf("lport=%d", port), []string{"listen", "read",
				"write"}[rnd.IntN(3)], p.FormatContext(s)
			if rnd.IntN(2) == 0 {
				target += ":c9"
			}
		default:
			o, ok := subject.FromType(p, domains[rnd.IntN(len(domains))])
			if !ok {
				continue
			}
			fields, perm, target = fmt.Sprintf("lport=%d", port), []string{"read", "write",
				"accept"}[rnd.IntN(3)], p.FormatContext(o)
		}
		if _, err := p.ParseContext(source); err != nil {
			continue
		}
		if _, err := p.ParseContext(target); err != nil {
			continue
		}
		// audit2why folds what has the same contexts.
		key := source + target + perm
		if seen[key] {
			continue
		}
		seen[key] = true
		lines = append(lines,
			fmt.Sprintf(`type=AVC msg=audit(17000%05d.000:%d): avc:  denied  { %s } for  pid=812 comm="x" %s `+
				`scontext=%s tcontext=%s tclass=tcp_socket permissive=0`,
				len(lines), len(lines)+1, perm, fields, source, target))
	}
	cmd := exec.Command("audit2why", "-p", path)
	cmd.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("audit2why: %v: %s", err, stderr.String())
	}
	want := make(map[string]string)
	for _, block := range strings.Split(string(out), "type=AVC msg=")[1:] {
		id, text, _ := strings.Cut(block, ": ")
		want[id] = theirCause(text)
	}
	counts := make(map[string]int)
	for i, l := range lines {
		d := avc(t, g, l)
		got := "allowed"
		if refused := d.Refused(); refused != nil {
			got = string(refused.Reason.Code)
		}
		counts[got]++
		theirs := want[fmt.Sprintf("audit(17000%05d.000:%d)", i, i+1)]
		switch refused := d.Refused(); {
		case theirs == "dontaudit" && refused != nil && len(refused.Reason.DontAudit) > 0:
			counts["dontaudit"]++
		case got == string(access.BoolOff) && theirs == string(access.NoRule) &&
			(len(refused.Reason.Switches) == 0 || len(refused.Reason.Switches[0]) == 2):
			// It says that the rule is missing where no boolean on its own helps: where it
			// takes two, or a constraint refuses besides.
			counts["not one boolean"]++
		case got != theirs:
			t.Errorf("%s, audit2why: %s: %s", got, theirs, l)
		}
	}
	t.Log(counts)
	if counts[string(access.NoRule)] == 0 || counts[string(access.BoolOff)] == 0 || counts["allowed"] == 0 ||
		strings.Contains(path, "mls") && counts[string(access.Constrained)] == 0 {
		t.Error("a cause does not occur")
	}
}

func theirCause(text string) string {
	switch {
	case strings.Contains(text, "would be allowed by active policy"):
		return "allowed"
	case strings.Contains(text, "should be dontaudit'd"):
		return "dontaudit"
	case strings.Contains(text, "boolean"):
		return string(access.BoolOff)
	case strings.Contains(text, "Constraint rule:"):
		return string(access.Constrained)
	case strings.Contains(text, "Missing type enforcement"):
		return string(access.NoRule)
	}
	return "?" + text
}
