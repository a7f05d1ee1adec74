package cli_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/senet-selinux/senet/internal/cli"
	"github.com/senet-selinux/senet/internal/doc/schema"
	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/internal/testenv/documents"
	"github.com/senet-selinux/senet/test/policies"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"senet": func() {
			cli.UseSemoduleOfPath()
			code := checkedMain()
			if err := writePeak(); err != nil {
				panic(err)
			}
			os.Exit(code)
		},
	})
}

// checkedMain runs senet. Its output with --json must agree with the schemas.
func checkedMain() int {
	asJSON := slices.ContainsFunc(os.Args, func(arg string) bool {
		return arg == "--json" || strings.HasPrefix(arg, "--json=")
	})
	// The output of senet guard is that of a program.
	if !asJSON || len(os.Args) > 2 &&
		(os.Args[1] == "schema" && os.Args[2] != "--json" || os.Args[1] == "guard") {
		return cli.Main(os.Args, os.Stdin, os.Stdout, os.Stderr)
	}
	var out bytes.Buffer
	code := cli.Main(os.Args, os.Stdin, io.MultiWriter(os.Stdout, &out), os.Stderr)
	if slices.ContainsFunc(os.Args,
		func(arg string) bool { return arg == "-q" || arg == "--quiet" || arg == "--help" }) {
		return code
	}
	check := documents.Check
	if slices.Contains(os.Args, "--batch") {
		check = documents.CheckLines
	}
	err := check(out.Bytes())
	if err != nil {
		fmt.Fprintf(os.Stderr, "the JSON is not what its schema says: %v\n", err)
		code = badDocument
	}
	if err := noteDocuments(out.Bytes(), err); err != nil {
		panic(err)
	}
	return code
}

// seenVariable names a directory in which senet, as the scripts run it, notes the schemas
// of the documents it printed, and its faults.
const seenVariable = "SENET_TEST_DOCUMENTS"

// noteDocuments makes a file for each schema that a text names, and one for a fault.
func noteDocuments(text []byte, fault error) error {
	dir := os.Getenv(seenVariable)
	if dir == "" {
		return nil
	}
	if fault != nil {
		note := fmt.Sprintf("%q: %v", os.Args, fault)
		return os.WriteFile(filepath.Join(dir, fmt.Sprint("fault-", os.Getpid())), []byte(note), 0o666)
	}
	for d := json.NewDecoder(bytes.NewReader(text)); ; {
		v := struct{ Schema string }{Schema: "senet.access-line/1"}
		if err := d.Decode(&v); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
		file, err := os.Create(filepath.Join(dir, filepath.Base(filepath.Dir(v.Schema))))
		if err != nil {
			return err
		}
		file.Close()
	}
}

// badDocument is the exit status of senet, as the scripts run it, for JSON that is not
// what its schema says.
const badDocument = 99

// TestScripts runs the sessions of testdata/script: the words that a person types, the output, and
// the exit status. Beside the commands of testscript they have
//
//	exits STATUS senet ARGUMENT...   run senet, which must end with that status
//	json PATH VALUE                  stdout is JSON, and has VALUE at PATH, as in layers.0.class
//	secilc FILE POLICY               compile CIL
//	next STATUS [ARGUMENT...]        run the command that the last line of stdout offers, with more arguments
//	samefile FILE FILE               both have the same bytes
//	examplestore DIR                 make a system whose policy store has the example policy
//	store NAME ROOT                  copy Debian's policy store of that name to a new root
//	smallstore NAME ROOT             copy a small store of that name, with a few modules; in a long run
//	                                 Debian's whole one
//	clone ROOT ROOT                  copy its store to another
//	same ROOT ROOT                   both roots have the same store
//	nobody STATUS senet ARGUMENT...  run senet without privileges
//	readonly DIRECTORY               mount it read-only
//
// Every JSON document that senet printed must agree with its schema, and a whole run prints
// one of each schema.
func TestScripts(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{filepath.Dir(dir), dir} { // nobody writes there too
		if err := os.Chmod(name, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("all", func(t *testing.T) { runScripts(t, dir) })
	seen := make(map[string]bool)
	notes, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, note := range notes {
		seen[note.Name()] = true
		if strings.HasPrefix(note.Name(), "fault-") {
			text, _ := os.ReadFile(filepath.Join(dir, note.Name()))
			t.Errorf("%s", text)
		}
	}
	if flag.Lookup("test.run").Value.String() != "" || !haveStore() {
		return // not all of them were run
	}
	for _, name := range schema.Names() {
		// The facts of a machine are a file, which TestHost reads.
		if name != "senet.facts/1" && !seen[strings.TrimSuffix(name, "/1")] {
			t.Errorf("no script has senet print %s", name)
		}
	}
}

func runScripts(t *testing.T, seen string) {
	testscript.Run(t, testscript.Params{
		Setup: func(env *testscript.Env) error {
			env.Setenv(seenVariable, seen)
			env.Setenv("GOGC", os.Getenv("GOGC"))
			return nil
		},
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "store":
				return haveStore(), nil
			case "long":
				return testenv.Long(), nil
			case "selinux":
				_, err := os.Stat("/sys/fs/selinux/enforce")
				return err == nil, nil
			}
			_, err := exec.LookPath(cond)
			return err == nil || os.Getenv("CI") == "true", nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": cmdExits, "json": cmdJSON, "secilc": cmdSecilc, "next": cmdNext,
			"samefile": cmdSameFile, "examplestore": cmdExampleStore,
			"store": cmdStore, "smallstore": smallStore(t), "clone": cmdClone, "same": cmdSame,
			"nobody": cmdNobody, "readonly": cmdReadonly,
		},
	})
}

func cmdExits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND [ARGUMENT...]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

func cmdJSON(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: json PATH VALUE")
	}
	var v any
	if err := json.Unmarshal([]byte(ts.ReadFile("stdout")), &v); err != nil {
		ts.Fatalf("stdout is no JSON: %v", err)
	}
	for _, step := range strings.Split(args[0], ".") {
		switch x := v.(type) {
		case map[string]any:
			got, ok := x[step]
			if !ok {
				ts.Fatalf("%s: no field %s", args[0], step)
			}
			v = got
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i < 0 || i >= len(x) {
				ts.Fatalf("%s: no element %s of %d", args[0], step, len(x))
			}
			v = x[i]
		default:
			ts.Fatalf("%s: nothing below %s", args[0], step)
		}
	}
	got, ok := v.(string)
	if !ok {
		text, err := json.Marshal(v)
		ts.Check(err)
		got = string(text)
	}
	if got != args[1] {
		ts.Fatalf("%s is %s, want %s", args[0], got, args[1])
	}
}

func cmdSecilc(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: secilc FILE POLICY")
	}
	path, err := policies.CompileCIL([]byte(ts.ReadFile(args[0])), policies.Options{Version: 33})
	ts.Check(err)
	image, err := os.ReadFile(path)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), image, 0o600))
}

func cmdNext(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: next STATUS [ARGUMENT...]")
	}
	lines := strings.Split(strings.TrimSpace(ts.ReadFile("stdout")), "\n")
	key, command, ok := strings.Cut(lines[len(lines)-1], "  ")
	if !ok || key != "next" && key != "undo" {
		ts.Fatalf("the last line offers no command: %s", lines[len(lines)-1])
	}
	cmdExits(ts, false, slices.Concat(args[:1], strings.Fields(command), args[1:]))
}
