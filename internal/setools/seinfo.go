package setools

import (
	"bufio"
	"errors"
	"io"
	"iter"
	"strings"

	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// Seinfo does what seinfo of SETools 4.4.1 does with the words after its name. It returns the exit code: 0, 1 for
// an error, whose text stands on standard output as in SETools, or 2 for a usage error. Standard output is the
// tool's byte for byte, except that the names in the sets of constraints are sorted; the tool prints them in random
// order. Standard error has more: the nearest names for a name that was not found, and the reason why a file is not
// a policy.
func Seinfo(args []string, stdout, stderr io.Writer) int { return runInfo(args, stdout, stderr, false) }

// Info is `senet info`: [Seinfo], with more on standard error. Where --portcon asks for one port, it prints one
// line for each protocol, which says what portcon labels the port.
func Info(args []string, stdout, stderr io.Writer) int { return runInfo(args, stdout, stderr, true) }

// inspector answers one command line.
type inspector struct {
	args   *SeinfoArgs
	p      *policy.Policy
	ours   bool // the program was called as senet info
	stderr io.Writer
	typed  map[string]string // from inertArgs

	order   *typeOrder
	aliases map[uint32][]string
}

// block is one component of the answer.
type block struct {
	title string
	text  func(*listing)
	fill  func(*InfoDocument) // for --json
	// value is the name that was asked for. names yields the names among which it was looked up. They are "" and
	// nil if the component's names are not looked up.
	value string
	names iter.Seq[string]
}

func runInfo(line []string, stdout, stderr io.Writer, ours bool) int {
	line, typed := inertArgs(line)
	args, err := ParseSeinfo(line)
	var exit *Exit
	if errors.As(err, &exit) {
		io.WriteString(stdout, exit.Stdout)
		io.WriteString(stderr, exit.Stderr)
		return exit.Code
	}
	words.KeepTabs(stdout) // lists have tabs; names have none, see inertNames
	out := bufio.NewWriterSize(stdout, 64<<10)
	in := &inspector{args: &args, typed: typed, ours: ours, stderr: stderr}
	code := 0
	if errors.As(in.answer(out), &exit) {
		code = exit.Code
		// --debug makes SETools raise the error instead of printing it.
		if args.Debug && exit.Stderr == "" {
			io.WriteString(stderr, exit.Stdout)
		} else {
			out.WriteString(exit.Stdout)
			io.WriteString(stderr, exit.Stderr)
		}
	}
	if err := out.Flush(); err != nil {
		in.warn("senet: " + words.Safe(err.Error()))
		return 1
	}
	return code
}

func (in *inspector) warn(text string) { io.WriteString(in.stderr, text+"\n") }

// answer writes the answer. The error is an *Exit.
func (in *inspector) answer(out *bufio.Writer) error {
	db, path, reason, err := openInfoPolicy(in.args.Policy, in.typed)
	if reason != nil {
		in.warn("senet: " + words.Safe(reason.Error()))
	}
	if err != nil {
		return err
	}
	if in.args.Verbose || in.args.Debug {
		in.warn("Opened SELinux policy \"" + path + "\"")
	}
	blocks, err := in.prepare(db)
	if err != nil {
		return err
	}
	summarized := len(blocks) == 0 || in.args.All
	if in.args.JSON {
		in.writeJSON(out, db, path, blocks, summarized)
		return nil
	}
	if summarized && !in.args.Flat {
		s := summarize(db)
		s.write(out, db, path)
	}
	l := listing{out: out}
	for i := range blocks {
		title := blocks[i].title
		if in.args.Flat {
			title = ""
		}
		l.start(title)
		blocks[i].text(&l)
		l.finish()
		if l.count == 0 {
			in.hint(blocks[i].value, blocks[i].names)
		}
	}
	return nil
}

// prepare reads the values of all requested components in SETools' order, before anything is printed: an error of a
// later value shows only if the earlier ones are right. On a policy for Xen the components of SELinux have a
// heading and no items, as 4.4.1 prints them for a policy without such labels. 4.4.1 itself takes Xen's labels for
// SELinux's and mostly fails.
func (in *inspector) prepare(db *policydb.Policy) ([]block, error) {
	var blocks []block
	for _, component := range componentOrder() {
		value, wanted := in.args.Wants(component)
		if !wanted || component >= ComponentIoportcons && db.Target != policydb.TargetXen {
			continue
		}
		if in.p == nil {
			in.p = policy.New(db)
		}
		b, err := in.component(component, value)
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, b)
	}
	return blocks, nil
}

// componentOrder is the order in which components are listed: that of 4.4.1, with the Xen components in the order
// of the newest release.
func componentOrder() []Component {
	var order []Component
	for c := Component(0); c < ComponentIoportcons; c++ {
		order = append(order, c)
	}
	return append(order, ComponentDevicetreecons, ComponentIomemcons, ComponentIoportcons, ComponentPcidevicecons,
		ComponentPirqcons)
}

// component prepares one component. The error is an *Exit.
func (in *inspector) component(c Component, value string) (block, error) {
	switch c {
	case ComponentBools:
		return in.bools(value)
	case ComponentCategories:
		return in.categories(value)
	case ComponentClasses:
		return in.classes(value)
	case ComponentCommons:
		return in.commons(value)
	case ComponentConstraints:
		return in.constraints(value)
	case ComponentDefaults:
		return in.defaults(value)
	case ComponentFSUses:
		return in.fsUses(value)
	case ComponentGenfscons:
		return in.genfscons(value)
	case ComponentIBEndportcons:
		return in.ibendportcons(value)
	case ComponentIBPkeycons:
		return in.ibpkeycons(value)
	case ComponentInitialSIDs:
		return in.initialSIDs(value)
	case ComponentNetifcons:
		return in.netifcons(value)
	case ComponentNodecons:
		return in.nodecons(value)
	case ComponentPermissives:
		return in.permissives(value)
	case ComponentPolcaps:
		return in.polcaps(value)
	case ComponentPortcons:
		return in.portcons(value)
	case ComponentRoles:
		return in.roles(value)
	case ComponentRoleTypes:
		return in.roleTypes(value)
	case ComponentSensitivities:
		return in.sensitivities(value)
	case ComponentTypebounds:
		return in.typebounds(value)
	case ComponentTypes:
		return in.types(value)
	case ComponentAttributes:
		return in.attributes(value)
	case ComponentUsers:
		return in.users(value)
	case ComponentValidatetrans:
		return in.validatetrans(value)
	case ComponentIoportcons:
		return in.ioportcons(value)
	case ComponentIomemcons:
		return in.iomemcons(value)
	case ComponentPcidevicecons:
		return in.pcidevicecons(value)
	case ComponentPirqcons:
		return in.pirqcons(value)
	case ComponentDevicetreecons:
		return in.devicetreecons(value)
	}
	return block{}, failure("no such component")
}

// hint names the nearest names to one that was not found.
func (in *inspector) hint(name string, names iter.Seq[string]) {
	if name == "" || names == nil {
		return
	}
	if near := policy.Nearest(name, names, 3); len(near) > 0 {
		in.warn("senet: no " + name + "; nearest: " + strings.Join(near, ", "))
	}
}
