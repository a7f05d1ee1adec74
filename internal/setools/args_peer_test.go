package setools

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"math/rand/v2"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/argparse"
	"github.com/senet-selinux/senet/internal/testenv"
)

// A peerAnswer is the result of the installed tool's own parser for a line.
type peerAnswer struct {
	Args  map[string]any `json:"args"`
	Error string         `json:"error"`
}

// text returns a string argument. It returns "" for an argument that is not there, which SETools treats like an
// empty one. It also returns "" for an empty list: argparse leaves that of the value `--`.
func (a *peerAnswer) text(t *testing.T, key string) string {
	s, _ := a.Args[key].(string)
	return unhex(t, s)
}

func (a *peerAnswer) flag(key string) bool { b, _ := a.Args[key].(bool); return b }

func unhex(t *testing.T, s string) string {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// randomLines makes command lines from the words of the table and those that argparse treats specially.
func randomLines(seed uint64, n int, options []argparse.Option) [][]string {
	rng := rand.New(rand.NewPCG(seed, seed))
	values := []string{"httpd_t", "policy.33", "a,b", "a, b", "s0 - s0:c0", "80", "-5", "", "--", "it's", "-a b",
		"\xff"}
	lines := make([][]string, n)
	for i := range lines {
		for range rng.IntN(6) {
			o := options[rng.IntN(len(options))]
			for len(o.Names) == 0 || o.Effect != argparse.Note && rng.IntN(8) > 0 {
				o = options[rng.IntN(len(options))]
			}
			name := o.Names[rng.IntN(len(o.Names))]
			value := values[rng.IntN(len(values))]
			switch rng.IntN(12) {
			case 0:
				name = name[:1+rng.IntN(len(name))]
			case 1:
				name += "=" + value
			case 2:
				name += value
			case 3:
				name += strings.TrimLeft(options[rng.IntN(6)].Names[0], "-")
			case 4:
				name = value
			}
			lines[i] = append(lines[i], name)
			if o.Arity == argparse.One || rng.IntN(6) == 0 {
				lines[i] = append(lines[i], value)
			}
		}
	}
	return lines
}

// askParser runs the parser of the installed tool on all lines.
func askParser(t *testing.T, tool string, lines [][]string) []peerAnswer {
	t.Helper()
	path, err := exec.LookPath(tool)
	if err != nil {
		t.Fatal(err)
	}
	python := testenv.Interpreter(t, path)
	var input bytes.Buffer
	for _, line := range lines {
		words := make([]string, len(line))
		for i, w := range line {
			words[i] = hex.EncodeToString([]byte(w))
		}
		if err := json.NewEncoder(&input).Encode(words); err != nil {
			t.Fatal(err)
		}
	}
	ask := func() []byte {
		cmd := exec.Command(python, "testdata/peer_args.py", path)
		cmd.Stdin = bytes.NewReader(input.Bytes())
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v\n%s", tool, err, stderr.Bytes())
		}
		return out
	}
	var out []byte
	if testenv.Long() { // its lines are new in each run
		out = ask()
	} else {
		key := testenv.Program(t, python) + testenv.Files(t, "testdata/peer_args.py", path) + input.String()
		out = testenv.Kept(t, "setools-answers", key, ask)
	}
	var answers []peerAnswer
	for scanner := bufio.NewScanner(bytes.NewReader(out)); scanner.Scan(); {
		var a peerAnswer
		if err := json.Unmarshal(scanner.Bytes(), &a); err != nil {
			t.Fatal(err)
		}
		answers = append(answers, a)
	}
	if len(answers) != len(lines) {
		t.Fatalf("%s answered %d of %d lines", tool, len(answers), len(lines))
	}
	return answers
}

func seeds(t *testing.T) []uint64 {
	return []uint64{1, testenv.Seed(t)}
}

// checkRefusal compares the message and exit code of a refused line, which the peer refuses with want.
func checkRefusal(t *testing.T, tool string, line []string, err error, want string) {
	t.Helper()
	exit := err.(*Exit)
	if want == "exit 0" { // help or version
		if exit.Code != 0 || exit.Stdout == "" || exit.Stderr != "" {
			t.Fatalf("%s %q: %+v, want help or version", tool, line, exit)
		}
		return
	}
	if !strings.HasSuffix(exit.Stderr, "\n"+tool+": error: "+want+"\n") || exit.Code != 2 || exit.Stdout != "" {
		t.Fatalf("%s %q: %+v\nwant %s", tool, line, exit, want)
	}
}

// compareParser compares what senet's parser makes of lines with what a tool's parser does, and logs how many are
// valid. It skips the lines for which leaveOut is true.
func compareParser[T any](
	t *testing.T, tool string, lines [][]string, parse func([]string) (T, error), want func(*testing.T, *peerAnswer) T,
	leaveOut func(line []string, peer *peerAnswer) bool,
) {
	t.Helper()
	accepted := 0
	for i, peer := range askParser(t, tool, lines) {
		if leaveOut(lines[i], &peer) {
			continue
		}
		got, err := parse(lines[i])
		if peer.Error != "" {
			if err == nil {
				t.Fatalf("%q: accepted, 4.4.1 says %s", lines[i], unhex(t, peer.Error))
			}
			checkRefusal(t, tool, lines[i], err, unhex(t, peer.Error))
			continue
		}
		if err != nil {
			t.Fatalf("%q: %v; 4.4.1 accepts it", lines[i], err)
		}
		accepted++
		if want := want(t, &peer); !reflect.DeepEqual(got, want) {
			t.Fatalf("%q:\n got %+v\nwant %+v", lines[i], got, want)
		}
	}
	if accepted < len(lines)/10 {
		t.Errorf("only %d of %d lines are valid", accepted, len(lines))
	}
	t.Logf("%d lines: %d valid", len(lines), accepted)
}

// TestSesearchArgsAgainstPeer compares the table and ParseSesearch with the parser of the installed sesearch.
func TestSesearchArgsAgainstPeer(t *testing.T) {
	testenv.Need(t, "sesearch")
	for _, seed := range seeds(t) {
		classic := 0
		lines := randomLines(seed, testenv.Rounds(4000, 10000), sesearchParser().Options)
		compareParser(t, "sesearch", lines, ParseSesearch, wantSesearch, func(line []string, peer *peerAnswer) bool {
			_, _, isClassic := parseClassic(sesearchParser(), line)
			if peer.Error == "" || !isClassic {
				return false
			}
			got, err := ParseSesearch(line)
			if err == nil && !got.Classic {
				return false
			}
			classic++ // 4.4.1 refuses the form of SETools 3
			return true
		})
		t.Logf("%d in the classic form", classic)
	}
}

func wantSesearch(t *testing.T, p *peerAnswer) SesearchArgs {
	a := SesearchArgs{
		Policy: p.text(t, "policy"), Source: p.text(t, "source"), Target: p.text(t, "target"),
		Class: p.text(t, "tclass"), Perms: splitList(p.text(t, "perms")), Xperms: p.text(t, "xperms"),
		Default: p.text(t, "default"), Bool: p.text(t, "boolean"),
		SourceDirect: !p.flag("source_indirect"), TargetDirect: !p.flag("target_indirect"),
		SourceRegex: p.flag("source_regex"), TargetRegex: p.flag("target_regex"), ClassRegex: p.flag("tclass_regex"),
		DefaultRegex: p.flag("default_regex"), BoolRegex: p.flag("boolean_regex"),
		PermsEqual: p.flag("perms_equal"), PermsSubset: p.flag("perms_subset"), XpermsEqual: p.flag("xperms_equal"),
		BoolEqual: p.flag("boolean_equal"), Verbose: p.flag("verbose"), Debug: p.flag("debug"),
	}
	if !a.ClassRegex {
		a.Classes = splitList(a.Class)
	}
	if !a.BoolRegex {
		a.Bools = splitList(a.Bool)
	}
	kinds := map[string]RuleKinds{
		"TERuletype.allow": Allow, "TERuletype.allowxperm": AllowXperm, "TERuletype.auditallow": AuditAllow,
		"TERuletype.auditallowxperm": AuditAllowXperm, "TERuletype.dontaudit": DontAudit,
		"TERuletype.dontauditxperm": DontAuditXperm, "TERuletype.neverallow": NeverAllow,
		"TERuletype.neverallowxperm": NeverAllowXperm, "TERuletype.type_transition": TypeTransition,
		"TERuletype.type_change": TypeChange, "TERuletype.type_member": TypeMember, "RBACRuletype.allow": RoleAllow,
		"RBACRuletype.role_transition": RoleTransition, "MLSRuletype.range_transition": RangeTransition,
	}
	for _, key := range []string{"tertypes", "rbacrtypes", "mlsrtypes"} {
		list, _ := p.Args[key].([]any)
		for _, name := range list {
			kind := kinds[name.(string)]
			if kind == 0 {
				t.Fatalf("unknown rule type %v", name)
			}
			a.Kinds |= kind
		}
	}
	return a
}

// TestSeinfoArgsAgainstPeer does the same for seinfo. It leaves out the Xen options, which take values here (see
// xenOptions). No value is an existing path, so rescuePolicy changes nothing.
func TestSeinfoArgsAgainstPeer(t *testing.T) {
	testenv.Need(t, "seinfo")
	xen := map[string]bool{}
	for _, o := range xenOptions() {
		xen[o.dest()] = true
	}
	options := slices.DeleteFunc(seinfoParser().Options, func(o argparse.Option) bool { return xen[o.Dest] })
	for _, seed := range seeds(t) {
		lines := randomLines(seed, testenv.Rounds(4000, 10000), options)
		compareParser(t, "seinfo", lines, ParseSeinfo, wantSeinfo, func(_ []string, peer *peerAnswer) bool {
			// An abbreviation may still stand for a Xen option.
			return slices.ContainsFunc([]string{"ioportconquery", "iomemconquery", "pcideviceconquery", "pirqconquery",
				"devicetreeconquery"}, peer.flag)
		})
	}
}

func wantSeinfo(t *testing.T, p *peerAnswer) SeinfoArgs {
	a := SeinfoArgs{Policy: p.text(t, "policy"), All: p.flag("all"), Expand: p.flag("expand"), Flat: p.flag("flat"),
		Verbose: p.flag("verbose"), Debug: p.flag("debug")}
	for c, dest := range map[Component]string{
		ComponentAttributes: "typeattr", ComponentBools: "bool", ComponentClasses: "class", ComponentRoles: "role",
		ComponentTypes: "type", ComponentUsers: "user", ComponentCategories: "mlscats", ComponentCommons: "common",
		ComponentConstraints: "constraint", ComponentDefaults: "default", ComponentFSUses: "fsuse",
		ComponentGenfscons: "genfscon", ComponentIBPkeycons: "ibpkeycon", ComponentIBEndportcons: "ibendportcon",
		ComponentInitialSIDs: "initialsid", ComponentNetifcons: "netifcon", ComponentNodecons: "nodecon",
		ComponentPermissives: "permissive", ComponentPolcaps: "polcap", ComponentPortcons: "portcon",
		ComponentSensitivities: "mlssens", ComponentTypebounds: "typebounds", ComponentValidatetrans: "validatetrans",
	} {
		dest += "query"
		if _, known := p.Args[dest]; !known {
			t.Fatalf("seinfo has no destination %s", dest)
		}
		text := p.text(t, dest)
		a.Queries[c] = ComponentQuery{Asked: text != "" || p.flag(dest), Value: text}
	}
	return a
}

// TestSediffArgsAgainstPeer does the same for sediff, with the policies anywhere in the line.
func TestSediffArgsAgainstPeer(t *testing.T) {
	testenv.Need(t, "sediff")
	for _, seed := range seeds(t) {
		lines := randomLines(seed, 10000, sediffParser().Options)
		rng := rand.New(rand.NewPCG(seed, 2))
		for i := range lines {
			for _, file := range []string{"p1", "p2"}[:min(2, rng.IntN(10))] {
				lines[i] = slices.Insert(lines[i], rng.IntN(len(lines[i])+1), file)
			}
		}
		compareParser(t, "sediff", lines, parseSediff, wantSediff, func([]string, *peerAnswer) bool { return false })
	}
}

func wantSediff(t *testing.T, p *peerAnswer) *differ {
	d := &differ{asked: make(map[string]bool), stats: p.flag("stats"), debug: p.flag("debug"),
		loud: p.flag("verbose") || p.flag("debug")}
	for i, key := range []string{"POLICY1", "POLICY2"} {
		list, _ := p.Args[key].([]any)
		for _, text := range list {
			d.files[i] = unhex(t, text.(string))
		}
	}
	for _, s := range sediffSections() {
		dest := strings.TrimPrefix(s.option, "--")
		if _, known := p.Args[dest]; !known {
			dest += "_"
		}
		if _, known := p.Args[dest]; !known {
			t.Fatalf("sediff has no destination %s", dest)
		}
		if p.flag(dest) {
			d.asked[s.option] = true
		}
	}
	return d
}
