package setools

import (
	"bufio"
	"errors"
	"io"
	"iter"
	"strings"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// Seinfo does what seinfo of SETools 4.4.1 does with the words after its name, and returns the exit code: 0, 1 for an error,
// whose text stands on standard output as there, or 2 for a usage error. Standard output is the tool's byte for byte, except
// that the names in the sets of constraints, which the tool prints in random order, are sorted. Standard error has more: the
// nearest names where a name was not found, and the reason why a file is no policy.
func Seinfo(args []string, stdout, stderr io.Writer) int { return runInfo(args, stdout, stderr, false) }

// Info is `senet info`: [Seinfo], with one line more on standard error for each protocol where --portcon asks for one port,
// which says what portcon labels it.
func Info(args []string, stdout, stderr io.Writer) int { return runInfo(args, stdout, stderr, true) }

// inspector answers one command line.
type inspector struct {
	args   *SeinfoArgs
	p      *policy.Policy
	ours   bool // called as senet info
	stderr io.Writer

	sortedTypes []named[policy.TypeID]
	aliases     map[uint32][]string
}

// block is one component of the answer.
type block struct {
	title string
	text  func(*listing)
	fill  func(*InfoDocument) // for --json
	// value is the name that was asked for, names where it was looked up; "" and nil where names are not looked up.
	value string
	names iter.Seq[string]
}

func runInfo(words []string, stdout, stderr io.Writer, ours bool) int {
	args, err := ParseSeinfo(words)
	var exit *Exit
	if errors.As(err, &exit) {
		io.WriteString(stdout, exit.Stdout)
		io.WriteString(stderr, exit.Stderr)
		return exit.Code
	}
	out := bufio.NewWriterSize(stdout, 64<<10)
	in := &inspector{args: &args, ours: ours, stderr: stderr}
	err = in.answer(out)
	if errors.As(err, &exit) {
		// --debug makes SETools raise the error instead of printing it.
		if args.Debug && exit.Stderr == "" {
			io.WriteString(stderr, exit.Stdout)
		} else {
			out.WriteString(exit.Stdout)
			io.WriteString(stderr, exit.Stderr)
		}
	}
	if flushErr := out.Flush(); flushErr != nil && err == nil {
		in.warn(flushErr.Error())
		return 1
	}
	if exit != nil {
		return exit.Code
	}
	return 0
}

func (in *inspector) warn(text string) { io.WriteString(in.stderr, text+"\n") }

// answer writes the answer. The error is an *Exit.
func (in *inspector) answer(out *bufio.Writer) error {
	db, path, reason, err := openInfoPolicy(in.args.Policy)
	if reason != nil {
		in.warn("senet: " + reason.Error())
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
		return in.writeJSON(out, db, path, blocks, summarized)
	}
	if summarized && !in.args.Flat {
		s := summarize(db)
		s.write(out, db, path)
	}
	var l listing
	for i := range blocks {
		l.buf, l.items = l.buf[:0], l.items[:0]
		blocks[i].text(&l)
		in.write(out, &blocks[i], &l)
		if len(l.items) == 0 {
			in.hint(blocks[i].value, blocks[i].names)
		}
	}
	return nil
}

func (in *inspector) write(out *bufio.Writer, b *block, l *listing) {
	indent := "   "
	if in.args.Flat {
		indent = ""
	} else {
		out.WriteString("\n" + b.title + ": " + itoa(uint64(len(l.items))) + "\n")
	}
	for _, item := range l.items {
		out.WriteString(indent)
		out.Write(l.buf[item.start:item.end])
		out.WriteByte('\n')
	}
}

// prepare reads the values of all components that are asked for, in the order in which SETools does: an error of a later one
// shows only where the earlier ones are right, and before anything is printed.
func (in *inspector) prepare(db *policydb.Policy) ([]block, error) {
	var blocks []block
	for c, prepare := range in.components() {
		component := Component(c)
		value, wanted := in.args.Wants(component)
		if !wanted || component >= ComponentIoportcons && db.Target != policydb.TargetXen {
			continue
		}
		if in.p == nil {
			in.p = policy.New(db)
		}
		b, err := prepare(value)
		if err != nil {
			return nil, err
		}
		if !in.onSELinux() && forSELinux(component) {
			b.text = func(*listing) {}
			b.fill = nil
		}
		blocks = append(blocks, b)
	}
	return blocks, nil
}

// forSELinux reports whether a component is none of a policy for Xen.
func forSELinux(c Component) bool {
	switch c {
	case ComponentFSUses, ComponentGenfscons, ComponentIBEndportcons, ComponentIBPkeycons, ComponentNetifcons,
		ComponentNodecons, ComponentPortcons:
		return true
	}
	return false
}

func (in *inspector) components() [ComponentCount]func(value string) (block, error) {
	return [ComponentCount]func(value string) (block, error){
		ComponentBools:          in.bools,
		ComponentCategories:     in.categories,
		ComponentClasses:        in.classes,
		ComponentCommons:        in.commons,
		ComponentConstraints:    in.constraints,
		ComponentDefaults:       in.defaults,
		ComponentFSUses:         in.fsUses,
		ComponentGenfscons:      in.genfscons,
		ComponentIBEndportcons:  in.ibendportcons,
		ComponentIBPkeycons:     in.ibpkeycons,
		ComponentInitialSIDs:    in.initialSIDs,
		ComponentNetifcons:      in.netifcons,
		ComponentNodecons:       in.nodecons,
		ComponentPermissives:    in.permissives,
		ComponentPolcaps:        in.polcaps,
		ComponentPortcons:       in.portcons,
		ComponentRoles:          in.roles,
		ComponentRoleTypes:      in.roleTypes,
		ComponentSensitivities:  in.sensitivities,
		ComponentTypebounds:     in.typebounds,
		ComponentTypes:          in.types,
		ComponentAttributes:     in.attributes,
		ComponentUsers:          in.users,
		ComponentValidatetrans:  in.validatetrans,
		ComponentIoportcons:     in.ioportcons,
		ComponentIomemcons:      in.iomemcons,
		ComponentPcidevicecons:  in.pcidevicecons,
		ComponentPirqcons:       in.pirqcons,
		ComponentDevicetreecons: in.devicetreecons,
	}
}

// hint names what is nearest to a name that was not found.
func (in *inspector) hint(name string, names iter.Seq[string]) {
	if name == "" || names == nil {
		return
	}
	if near := policy.Nearest(name, names, 3); len(near) > 0 {
		in.warn(name + " not found; nearest: " + strings.Join(near, ", "))
	}
}
