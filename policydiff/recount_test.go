package policydiff_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/reach"
	"github.com/senet-selinux/senet/subject"
	"github.com/senet-selinux/senet/test/oracle"
)

// A recount asks libsepol what the kernel's hooks of bind() and connect() ask on a standard
// host, as they are written down here: neither network nor reach has a part in it.
type recount struct {
	t         *testing.T
	p         *policy.Policy
	asked     map[string]int
	lines     []string
	decisions []oracle.Decision
	asIs      bool // types that are permissive count as such
}

// may reports libsepol's decision; before it was asked it notes the question.
func (r *recount) may(source, target policy.Context, class, perm string) bool {
	line := r.p.FormatContext(source) + " " + r.p.FormatContext(target) + " " + class
	i, known := r.asked[line]
	if !known {
		r.asked[line] = len(r.lines)
		r.lines = append(r.lines, line)
	}
	if r.decisions == nil {
		return true // so that all is asked
	}
	d := r.decisions[i]
	if d.Err != "" {
		r.t.Fatalf("%s: %s", line, d.Err)
	}
	id, ok := r.p.Class(class)
	bit, defined := r.p.Perm(id, perm)
	if !ok || !defined {
		r.t.Fatalf("no %s %s", class, perm)
	}
	return r.asIs && d.Flags&oracle.FlagPermissive != 0 || policy.AccessVector(d.Allowed)&bit != 0
}

// ports returns who may use which ports: "DOMAIN OPERATION PROTOCOL" to the ports.
func (r *recount) ports() map[string]portset.Set {
	out := make(map[string]portset.Set)
	d := access.NewDecider(r.p)
	node, _ := r.p.InitialSID(policy.SIDNode)
	for _, n := range r.p.Nodes() {
		if n.Addr == [4]byte{} {
			node = n.Context
			break
		}
	}
	for _, id := range reach.Domains(r.p) {
		process, ok := subject.FromType(r.p, id)
		if !ok {
			continue
		}
		service := r.may(process, process, "capability", "net_bind_service")
		for _, proto := range []struct {
			name   string
			number uint8
		}{{"tcp", 6}, {"udp", 17}} {
			class := proto.name + "_socket"
			socket := d.SocketContext(process, class)
			create := r.may(process, socket, class, "create")
			bind := create && r.may(process, socket, class, "bind") && r.may(socket, node, class, "node_bind")
			connect := create && r.may(process, socket, class, "connect")
			for _, s := range r.p.PortSegments(proto.number) {
				label := s.Label.Context
				all := portset.Set{{Low: s.Low, High: s.High}}
				name := r.p.TypeName(id)
				if connect && (proto.name == "udp" || r.may(socket, label, class, "name_connect")) {
					key := name + " connect " + proto.name
					out[key] = out[key].Union(all)
				}
				if !bind {
					continue
				}
				key := name + " bind " + proto.name
				// No label is asked for port 0 and the local port range, the capability for those
				// below 1024 but 0.
				exempt := portset.Set{{Low: 0, High: 0}, {Low: 32768, High: 60999}}
				out[key] = out[key].Union(all.Intersect(exempt))
				if r.may(socket, label, class, "name_bind") {
					rest := all.Minus(exempt)
					if !service {
						rest = rest.Minus(portset.Set{{Low: 1, High: 1023}})
					}
					out[key] = out[key].Union(rest)
				}
			}
		}
	}
	return out
}

// portsBySepol recounts the ports of all domains.
func portsBySepol(t *testing.T, db *policydb.Policy, asIs bool) map[string]portset.Set {
	t.Helper()
	file := filepath.Join(t.TempDir(), "policy")
	if err := os.WriteFile(file, policydb.Canonical(db).Encode(), 0o600); err != nil {
		t.Fatal(err)
	}
	r := &recount{t: t, p: policy.New(db), asked: make(map[string]int), asIs: asIs}
	r.ports()
	var err error
	if r.decisions, err = oracle.Access(file, r.lines); err != nil {
		t.Fatal(err)
	}
	return r.ports()
}

// portEdits are edits that may give or take ports.
func portEdits(rng *rand.Rand, db *policydb.Policy) string {
	p := policy.New(db)
	domain := *pick(rng, reach.Domains(p))
	class, _ := p.Class([]string{"tcp_socket", "udp_socket"}[rng.IntN(2)])
	label := *pick(rng, db.OContexts.Ports)
	perms := uint32(p.AllPerms(class))
	switch rng.IntN(8) {
	case 0:
		db.AddAllow(uint32(domain), label.Context.Type, uint32(class), perms)
		return "allow to a label"
	case 1:
		db.AddAllow(uint32(domain), uint32(domain), uint32(class), perms)
		return "allow to self"
	case 2:
		i := rng.IntN(len(db.Conditionals))
		db.AddCondAllow(i, rng.IntN(2) == 0, uint32(domain), label.Context.Type, uint32(class), perms)
		return "conditional allow"
	case 3:
		db.SetPermissive(uint32(domain), !p.IsPermissive(domain))
		return "permissive"
	case 4:
		b := pick(rng, db.Bools.Items)
		db.SetBool(b.Name, b.State == 0)
		return "boolean"
	case 5:
		low := uint32(rng.IntN(65000))
		db.AddPort(policydb.PortCon{Protocol: 6, Low: low, High: low + 100, Context: label.Context})
		return "ports"
	case 6:
		capability, _ := p.Class("capability")
		db.AddAllow(uint32(domain), uint32(domain), uint32(capability), uint32(p.AllPerms(capability)))
		return "capability"
	}
	a := uint32(*pick(rng, slices.Collect(p.AllAttributes()))) - 1
	db.TypeAttrMap = slices.Clone(db.TypeAttrMap)
	if set := &db.TypeAttrMap[domain-1]; set.Has(a) {
		*set = set.Without(a)
	} else {
		*set = set.With(a)
	}
	return "attribute"
}

// TestPortsRecounted: who gains and loses ports by random single edits is what libsepol
// says of the policies before and after, asked for each domain and label.
func TestPortsRecounted(t *testing.T) {
	oracle.Need(t)
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 18))
	db := example(t)
	// Permissive types count where an edit changes which there are.
	had := map[bool]map[string]portset.Set{true: portsBySepol(t, db, true), false: portsBySepol(t, db, false)}
	differed := make(map[string]int)
	for range testenv.Rounds(12, 50) {
		edited := db.Clone()
		what := portEdits(rng, edited)
		asIs := what == "permissive"
		had, has := had[asIs], portsBySepol(t, edited, asIs)
		want := make(map[string]string)
		for _, side := range []struct {
			verb      string
			one, than map[string]portset.Set
		}{{"gains", has, had}, {"loses", had, has}} {
			for key, ports := range side.one {
				if more := ports.Minus(side.than[key]); len(more) > 0 {
					want[key+" "+side.verb] = fmt.Sprint(more)
				}
			}
		}
		got := make(map[string]string)
		for _, e := range report(t, policy.New(db), policy.New(edited)).Ports {
			if e.Protocol != "tcp" && e.Protocol != "udp" {
				continue
			}
			for _, d := range e.Gain {
				got[fmt.Sprintf("%s %s %s gains", d.Domain, e.Operation, e.Protocol)] = fmt.Sprint(d.Ports)
			}
			for _, d := range e.Lose {
				got[fmt.Sprintf("%s %s %s loses", d.Domain, e.Operation, e.Protocol)] = fmt.Sprint(d.Ports)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%s: got %v, want %v", what, got, want)
		}
		if len(want) > 0 {
			differed[what]++
		}
	}
	if len(differed) < 3 {
		t.Errorf("ports differ by few edits: %v", differed)
	}
	t.Log(differed)
}
