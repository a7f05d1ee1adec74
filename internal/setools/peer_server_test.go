package setools_test

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
)

// A peerServer is one process of testdata/peer_run.py. A separate process of a tool of SETools needs a second of
// processor time, most of it to start and to load the policy.
type peerServer struct {
	mu    sync.Mutex
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	tools map[string]string // name -> path
}

// run is runPeer in the server's process. If the tool ends that process, run asks a separate process.
func (s *peerServer) run(t testing.TB, tool string, args []string) answer {
	t.Helper()
	s.mu.Lock()
	a, err := s.try(t, tool, args)
	if err != nil {
		s.stop()
	}
	s.mu.Unlock()
	if err != nil {
		return runPeer(t, tool, args...)
	}
	return a
}

func (s *peerServer) try(t testing.TB, tool string, args []string) (answer, error) {
	t.Helper()
	if s.cmd == nil {
		if err := s.start(t); err != nil {
			return answer{}, err
		}
	}
	words := []string{s.tools[tool]}
	for _, arg := range args {
		words = append(words, hex.EncodeToString([]byte(arg)))
	}
	if err := json.NewEncoder(s.in).Encode(words); err != nil {
		return answer{}, err
	}
	head, err := s.out.ReadString('\n')
	if err != nil {
		return answer{}, err
	}
	var a answer
	var size int
	if _, err := fmt.Sscanf(head, "%d %d", &a.Code, &size); err != nil {
		return answer{}, err
	}
	text := make([]byte, size)
	_, err = io.ReadFull(s.out, text)
	a.Stdout = string(text)
	return a, err
}

func (s *peerServer) start(t testing.TB) error {
	t.Helper()
	s.tools = make(map[string]string)
	for _, tool := range []string{"sesearch", "seinfo", "sediff"} {
		path, err := exec.LookPath(tool)
		if err != nil {
			return err
		}
		s.tools[tool] = path
	}
	cmd := exec.Command(testenv.Interpreter(t, s.tools["sesearch"]), "testdata/peer_run.py")
	cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	s.cmd, s.in, s.out = cmd, in, bufio.NewReaderSize(out, 1<<20)
	return nil
}

func (s *peerServer) stop() {
	if s.cmd != nil {
		s.in.Close()
		s.cmd.Wait()
		s.cmd = nil
	}
}

// TestPeerServer: the shared process gives the same answers as separate processes.
func TestPeerServer(t *testing.T) {
	p := newPeers(t)
	path := testenv.Policy(t, "default")
	type question struct{ tool, args string }
	list := []question{
		{"sesearch", "-A -s httpd_t -p name_bind"}, {"sesearch", "--dontaudit -s init_t"},
		{"sesearch", "-A -s httpd_t -p name_bind"},
		{"sesearch", "--allow --role_allow -s sshd_t -p name_bind"}, {"sesearch", "-A -s nosuch_t"},
		{"sesearch", "--nosuch"},
		{"sesearch", "--help"}, {"seinfo", ""}, {"seinfo", "--constrain"},
		{"seinfo", "--version"}, {"sesearch", "-A -s ( -rs"}, {"seinfo", "-t httpd_t -x"},
	}
	if testenv.Long() {
		list = append(list, question{"seinfo", "--all"}, question{"seinfo", "--debug --constrain nosuch"})
	}
	for _, l := range list {
		args := append(strings.Fields(l.args), path)
		got, want := p.server.run(t, l.tool, args), p.alone(t, fileHash(t, path), l.tool, args)
		if got.Code != want.Code || strings.Join(normalise(l.tool, got.Stdout),
			"\n") != strings.Join(normalise(l.tool, want.Stdout), "\n") {
			t.Errorf("%s %s: exit code %d, %d bytes; a process of its own: %d, %d bytes", l.tool, l.args, got.Code,
				len(got.Stdout), want.Code, len(want.Stdout))
		}
	}
}
