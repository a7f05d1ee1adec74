package setools_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// peerVersion is the SETools whose bytes are compared; other releases differ in order and parentheses of components.
const peerVersion = "4.4.1"

// An answer is a program's standard output and exit code.
type answer struct {
	Stdout string
	Code   int
}

// run runs a program to its end. A program killed by a signal or not started is an error of the test.
func run(t testing.TB, program string, args ...string) answer {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	var out bytes.Buffer
	cmd.Stdout = &out
	cmd.Stderr = io.Discard
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() < 0) {
		t.Errorf("%s %q: %v", program, args, err)
		return answer{Code: -1}
	}
	return answer{Stdout: out.String(), Code: cmd.ProcessState.ExitCode()}
}

// runPeer is run for a program whose crashes we cannot mend: after a crash the exit code of its answer is crashed.
// SETools 4.4.1 dies of a signal on policies of versions 20 to 23, and on capabilities that its libsepol does not
// know.
func runPeer(t testing.TB, program string, args ...string) answer {
	t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	out, err := cmd.Output()
	if cmd.ProcessState == nil {
		t.Errorf("%s %q: %v", program, args, err)
		return answer{Code: crashed}
	}
	if !cmd.ProcessState.Exited() {
		t.Logf("%s %q: %v", program, args, err)
		return answer{Code: crashed}
	}
	return answer{Stdout: string(out), Code: cmd.ProcessState.ExitCode()}
}

const crashed = -1

// peers are the installed tools, with a store of their answers: one run costs up to two seconds.
type peers struct {
	dir    string // of the store
	server *peerServer
}

// newPeers finds sesearch, seinfo and sediff of SETools 4.4.1.
func newPeers(t testing.TB) *peers {
	t.Helper()
	testenv.Need(t, "sesearch", "seinfo", "sediff")
	for _, tool := range []string{"sesearch", "seinfo", "sediff"} {
		path, err := exec.LookPath(tool)
		if err != nil {
			t.Fatal(err)
		}
		// senet called by that name prints the version too.
		text, err := os.ReadFile(path)
		if err != nil || !bytes.HasPrefix(text, []byte("#!")) {
			testenv.Missing(t, path+" is not the Python script of SETools")
		}
		if v := strings.TrimSpace(run(t, tool, "--version").Stdout); v != peerVersion {
			testenv.Missing(t, tool+" is of SETools "+v+", not "+peerVersion)
		}
	}
	dir, err := testenv.CacheDir("setools-" + peerVersion)
	if err != nil {
		t.Fatal(err)
	}
	p := &peers{dir: dir, server: &peerServer{}}
	t.Cleanup(p.server.stop)
	return p
}

// alone returns the answer of a separate process, or the stored answer if there is one.
func (p *peers) alone(t testing.TB, policyHash, tool string, args []string) answer {
	t.Helper()
	return p.kept(t, "alone\x00"+policyHash, tool, args, true, func() answer { return runPeer(t, tool, args...) })
}

// ask returns the tool's answer, or the stored one if there is one. If keep is set, it stores the answer: lines
// that no later run will ask again are not worth a file.
func (p *peers) ask(t testing.TB, policyHash, tool string, args []string, keep bool) answer {
	t.Helper()
	return p.kept(t, policyHash, tool, args, keep, func() answer { return p.server.run(t, tool, args) })
}

func (p *peers) kept(
	t testing.TB, policyHash, tool string, args []string, keep bool, run func() answer,
) answer {
	t.Helper()
	sum := sha256.Sum256([]byte(policyHash + "\x00" + tool + "\x00" + strings.Join(args, "\x00")))
	file := filepath.Join(p.dir, hex.EncodeToString(sum[:16])+".json.gz")
	if a, err := stored(file); err == nil {
		return a
	}
	a := run()
	if keep && !t.Failed() {
		store(t, file, a)
	}
	return a
}

// stored reads an answer from the store.
func stored(file string) (answer, error) {
	var a answer
	f, err := os.Open(file)
	if err != nil {
		return a, err
	}
	defer f.Close()
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		return a, err
	}
	return a, json.NewDecoder(unpacked).Decode(&a)
}

// store compresses an answer, because all rules of a policy take ten megabytes. It writes the file in one step,
// because tests may run side by side.
func store(t testing.TB, file string, a answer) {
	t.Helper()
	temporary, err := os.CreateTemp(filepath.Dir(file), "new-*")
	if err == nil {
		packed := gzip.NewWriter(temporary)
		err = errors.Join(json.NewEncoder(packed).Encode(a), packed.Close(), temporary.Close())
	}
	if err == nil {
		err = os.Rename(temporary.Name(), file)
	}
	if err != nil {
		t.Logf("answer not stored: %v", err)
	}
}
