package modsource

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/remedy"
	"github.com/senet-selinux/senet/remedy/allow"
)

// A Wish is what a module is to allow.
type Wish struct {
	// Name is the module's name: small letters, digits and underscores, a letter first.
	Name string
	// Domain is the type of the processes.
	Domain string
	// Binds and Connects are single ports.
	Binds, Connects []senet.Target
	// Denials is refused access of any domain.
	Denials []remedy.Need
}

// Files are the sources of a module. Each is whole, with its last newline.
type Files struct {
	Name       string
	TE, IF, FC string
	// CIL labels the ports of the module's own types, which a .te cannot, and lets the domains that may use these ports
	// today use them as before; "" without own types. It is a module of its own, NAME_ports, and needs the other.
	CIL string
	// Notes say what is allowed already, and what is not possible.
	Notes []string
}

// PortsModule is the name of the module with the labels of ports.
func (f *Files) PortsModule() string { return f.Name + "_ports" }

// isModuleName reports whether a name begins with a small letter, and has small letters, digits and underlines.
func isModuleName(name string) bool {
	for i, c := range []byte(name) {
		if !(c >= 'a' && c <= 'z') && (i == 0 || !(c >= '0' && c <= '9' || c == '_')) {
			return false
		}
	}
	return name != ""
}

var (
	// ErrName says that a name cannot be that of a module in refpolicy's style.
	ErrName = errors.New("a module's name has small letters, digits and underscores, a letter first")
	// ErrNotExact says that each module which allows an operation allows more, or that only a local record can: the
	// port has a record of its own.
	ErrNotExact = errors.New("no module allows exactly this; senet fix shows what else would")
	// ErrNothing says that the policy allows all that a module would be for.
	ErrNothing = errors.New("the policy allows all of it already")
)

// New writes the sources of a module that allows exactly what is wished for: calls of interfaces where they open
// nothing else, a port type of its own where the label of a port has other ports, and rules for the rest. The error
// wraps ErrName, ErrNothing, ErrNotExact or senet.ErrNoHeaders.
func New(ctx context.Context, s *senet.Session, w Wish) (*Files, error) {
	if !isModuleName(w.Name) {
		return nil, fmt.Errorf("%s: %w", w.Name, ErrName)
	}
	b := &builder{session: s, wish: w, files: &Files{Name: w.Name}}
	for _, way := range []struct {
		op    network.Operation
		ports []senet.Target
	}{{network.Bind, w.Binds}, {network.Connect, w.Connects}} {
		for _, target := range way.ports {
			if err := b.port(ctx, way.op, target); err != nil {
				return nil, err
			}
		}
	}
	if err := b.denials(w.Denials); err != nil {
		return nil, err
	}
	if len(b.calls)+len(b.source.rules)+len(b.labels) == 0 {
		return nil, ErrNothing
	}
	b.write()
	return b.files, nil
}

// A builder collects what a module has.
type builder struct {
	session *senet.Session
	wish    Wish
	files   *Files
	source  source
	calls   []string
	domains []string // that the calls are for
	labels  []cil.Node
	ports   []ownPort
}

// An ownPort is a port type of the module.
type ownPort struct {
	typ, class, protocol string
}

// port adds what lets the domain use a port.
func (b *builder) port(ctx context.Context, op network.Operation, target senet.Target) error {
	fixes, err := b.session.Fixes(ctx, senet.Query{Subject: b.wish.Domain, Operation: op, Target: target})
	if err != nil {
		return err
	}
	name := string(op) + " " + target.String()
	if fixes.Answer.Verdict == network.Allowed {
		b.note("%s is allowed already", name)
		return nil
	}
	local := fixes.Answer.Machine.Host.LocalPorts
	free := portset.Of(portset.Range{}, portset.Range{Low: local.Low, High: local.High})
	fix := exact(fixes.List, free)
	if fix == nil {
		return fmt.Errorf("%s: %w", name, ErrNotExact)
	}
	if fix.SubjectBind.Minus(free).Len() < fix.SubjectBind.Len() && fix.SubjectBind.Len() > 1 {
		b.note("%s may bind port 0 and ports %d-%d too: for these the kernel asks for the address alone", b.wish.Domain,
			local.Low, local.High)
	}
	switch fix.Kind {
	case remedy.Interfaces:
		b.calls = append(b.calls, fix.Calls...)
		b.domains = append(b.domains, b.wish.Domain)
	default:
		for _, n := range fix.Module {
			switch word := n.List[0].Atom; {
			case word == "roletype": // the language gives objects their role itself
			case word == "booleanif", isRule(word) && n.List[1].Atom != b.wish.Domain:
				b.labels = append(b.labels, n) // what others may do with the port, as before
			case word == "portcon":
				b.labels = append(b.labels, n)
				b.ports = append(b.ports, ownPort{fix.Type, n.List[1].Atom + "_socket", n.List[1].Atom})
			default:
				b.source.add(n, fix.Attributes)
			}
		}
	}
	db, err := compile.Amend(b.session.Policy().DB(), fix.Module)
	if err != nil {
		return err
	}
	b.session, err = b.session.WithPolicy(policy.New(db).WithBoolsOf(b.session.Policy()))
	return err
}

func isRule(word string) bool { return word == "allow" || word == "dontaudit" || word == "auditallow" }

// exact returns the fix that lets the subject use one port, and nobody anything else: calls of interfaces first, then
// an own type, then a rule; nil for none. free are the ports that every process may bind which may bind to an address.
func exact(list []remedy.Fix, free portset.Set) *remedy.Fix {
	for _, kind := range []remedy.Kind{remedy.Interfaces, remedy.OwnType, remedy.Rule} {
		for i := range list {
			f := &list[i]
			if f.Kind != kind || !f.Works || f.Local || len(f.Records) > 0 || f.CallsBeyond > 0 || len(f.Unsure) > 0 ||
				f.Gain.Domains()+f.Lose.Domains() > 0 {
				continue
			}
			ports := f.SubjectConnect.Len() + f.SubjectBind.Len()
			if len(f.Beyond) > 0 {
				ports = f.SubjectConnect.Len() + f.SubjectBind.Minus(free).Len()
			}
			if ports <= 1 {
				return f
			}
		}
	}
	return nil
}

// denials adds what grants refused access: interfaces that open nothing else, and rules.
func (b *builder) denials(needs []remedy.Need) error {
	var domains []string
	for _, n := range needs {
		if !slices.Contains(domains, n.Source) {
			domains = append(domains, n.Source)
		}
	}
	for _, domain := range domains {
		var own []remedy.Need
		for _, n := range needs {
			if n.Source == domain {
				own = append(own, n)
			}
		}
		c, err := b.session.CoverExactly(own)
		if err != nil {
			return err
		}
		for _, call := range c.Calls {
			b.calls = append(b.calls, call.Text)
			b.domains = append(b.domains, domain)
		}
		for i := range c.Left {
			n := &c.Left[i]
			b.source.allow(n)
			target := n.Target
			if target == "self" {
				target = n.Source
			}
			if why := allow.Danger(n.Source, target, n.Class, func() []string { return n.Perms }); why != "" {
				b.note("dangerous (%s): %s %s:%s %s", why, n.Source, n.Target, n.Class, strings.Join(n.Perms, ","))
			}
		}
		if len(c.Calls)+len(c.Left) == 0 {
			b.note("the denials of %s are allowed already", domain)
		}
	}
	return nil
}

func (b *builder) note(format string, args ...any) {
	b.files.Notes = append(b.files.Notes, fmt.Sprintf(format, args...))
}

// write writes the files.
func (b *builder) write() {
	f := b.files
	f.TE = b.source.text(f.Name, b.calls, b.domains)
	f.IF = b.interfaces()
	f.FC = "# No files of " + f.Name + " have a label of their own.\n"
	if len(b.labels) > 0 {
		f.CIL = cil.Format(b.labels)
	}
}

// interfaces writes the interfaces to the module's own port types.
func (b *builder) interfaces() string {
	var s strings.Builder
	fmt.Fprintf(&s, "## <summary>Network access for %s.</summary>\n", b.wish.Domain)
	seen := map[string]bool{}
	for _, p := range b.ports {
		name := b.wish.Name + "_connect_" + strings.TrimSuffix(p.typ, "_t")
		if seen[name] {
			continue
		}
		seen[name] = true
		fmt.Fprintf(&s, interfaceText, strings.ToUpper(p.protocol), p.typ, name, p.typ, p.typ, p.class)
	}
	return s.String()
}

const interfaceText = `
########################################
## <summary>
##	Connect over %s to ports labelled %s.
## </summary>
## <param name="domain">
##	<summary>
##	Domain allowed access.
##	</summary>
## </param>
#
interface(` + "`%s'" + `,` + "`" + `
	gen_require(` + "`" + `
		type %s;
	')

	allow $1 %s:%s name_connect;
')
`
