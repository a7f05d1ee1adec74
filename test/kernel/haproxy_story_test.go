package kernel

import (
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/senet-selinux/senet/test/kernel/wire"
)

const (
	backend  = "127.0.0.1:5601"
	frontend = "127.0.0.1:80"

	// downLine and upLine are haproxy's messages about a server that is down and up.
	downLine = `Server kibana/app1 is DOWN, reason: Layer4 connection problem, info: "General socket error ` +
		`(Permission denied)", check duration: 0ms. ` +
		`0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.`
	upLine = `Server kibana/app1 is UP, reason: Layer4 check passed, check duration: 0ms. ` +
		`1 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.`

	// interval is that of the checks in haproxy.cfg. Emulated machines are slow.
	interval = 2 * time.Second
	patience = interval + 3*time.Second
)

// An lb is a machine with a load balancer.
type lb struct {
	t  *testing.T
	vm *VM
	b  *balancer
	session
}

func (l *lb) check(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
}

// setUp has senet load the policy by load_policy's name, labels the files, starts the server
// behind the balancer, and makes the system enforcing.
func (l *lb) setUp() {
	l.t.Helper()
	l.run(0, "load_policy -i")
	var labels []wire.Label
	for _, file := range slices.Sorted(maps.Keys(l.b.labels)) {
		labels = append(labels, wire.Label{Path: file, Context: "system_u:object_r:" + l.b.labels[file] + ":s0"})
	}
	_, err := l.vm.system(wire.System{Quiet: true, Labels: labels, Listen: backend, Enforce: "on"})
	l.check(err)
}

// run has the shell run a command, checks its exit status, and returns its output.
func (l *lb) run(want int, command string) string {
	l.t.Helper()
	out, err := l.vm.Command(5*time.Minute, "/bin/sh", "-c", command)
	l.check(err)
	l.t.Logf("%s (%d, %v)\n%s%s", command, out.Code, out.Took.Round(time.Millisecond), out.Stdout, out.Stderr)
	if out.Code != want {
		l.t.Fatalf("%s: exit status %d, want %d", command, out.Code, want)
	}
	return string(out.Stdout) + string(out.Stderr)
}

// A wayOut is a command that lets haproxy through, and the one that takes it
// back.
type wayOut struct{ do, undo string }

func waysOut() []wayOut {
	return []wayOut{
		{"senet fix haproxy_t connect tcp/5601 --apply 1 --yes", "senet undo --yes"},
		{"senet port --add --type http_port_t --proto tcp 5601 --yes", "senet undo --yes"},
		{"senet bool haproxy_connect_any=on --yes", "senet undo --yes"},
	}
}

// play plays the story, without a program of policycoreutils.
func (l *lb) play() {
	l.run(0, "semodule -l")
	// A boolean that is set in the kernel alone stays so, whatever is loaded.
	l.run(0, "setsebool httpd_can_network_relay on")
	start := &wire.Start{Name: path.Base(haproxyProgram), Context: "system_u:system_r:haproxy_t:s0",
		Args: []string{haproxyProgram, "-db", "-f", "/etc/haproxy/haproxy.cfg"}}
	_, err := l.vm.Log("", 0)
	l.check(err)
	l.run(0, ": > /var/log/syslog")
	_, err = l.vm.system(wire.System{Start: start})
	l.check(err)
	if n := l.down(); n != 1 {
		l.t.Errorf("%d denials at the first check", n)
	}
	l.show(0, "grep -E 'avc|DOWN' /var/log/syslog")
	l.show(0, "senet why /var/log/syslog")
	l.show(0, "senet fix haproxy_t connect tcp/5601")
	for _, way := range waysOut() {
		l.in(way.do, func() { l.through(way) })
	}
}

// in runs part of the story as a test of its own.
func (l *lb) in(name string, f func()) {
	outer := l.t
	defer func() { l.t = outer }()
	outer.Run(name, func(t *testing.T) {
		l.t = t
		f()
	})
}

// through goes a way out, and back.
func (l *lb) through(way wayOut) {
	const last = "grep 'Server kibana' /var/log/syslog | tail -n 1"
	l.show(0, way.do)
	l.up()
	l.show(0, last)
	l.show(0, way.undo)
	l.down()
	l.show(0, last)
	if got := l.run(0, "getsebool httpd_can_network_relay haproxy_connect_any"); got != "httpd_can_network_relay "+
		"--> on\nhaproxy_connect_any --> off\n" {
		l.t.Errorf("the kernel's booleans after %s: %s", way.undo, got)
	}
}

// down waits until haproxy says that the server is down, and checks that the
// kernel says why and has refused haproxy nothing else. It returns how often.
func (l *lb) down() int {
	l.t.Helper()
	n := l.log("is DOWN", downLine)
	if n == 0 {
		l.t.Error("the kernel has not said so")
	}
	l.status(503)
	return n
}

// up waits until haproxy says that the server is up, and checks that it stays so
// and the kernel refuses it nothing any more.
func (l *lb) up() {
	l.t.Helper()
	l.log("is UP", upLine)
	l.status(200)
	time.Sleep(interval + interval/4)
	if n := l.log("", ""); n > 0 {
		l.t.Errorf("%d denials while it is up", n)
	}
	l.status(200)
}

// log waits for a line of haproxy's and returns how often the kernel has refused
// it the port since the last call. There must be no other denial, and no other
// line about the server.
func (l *lb) log(text, want string) (denials int) {
	l.t.Helper()
	lines, err := l.vm.Log(text, patience)
	l.check(err)
	l.t.Log(strings.Join(lines, "\n"))
	said := ""
	for _, line := range lines {
		if _, about, ok := strings.Cut(normalised(line), "]: Server kibana/app1 "); ok {
			said += "Server kibana/app1 " + about
		}
		if !strings.Contains(line, "avc:  denied") {
			continue
		}
		if denials++; !strings.Contains(line, "denied  { name_connect } for  pid=") ||
			!strings.Contains(line,
				` comm="haproxy" dest=5601 scontext=system_u:system_r:haproxy_t:s0 `+
					`tcontext=system_u:object_r:unreserved_port_t:s0 tclass=tcp_socket permissive=0`) {
			l.t.Errorf("denied beside: %s", line)
		}
	}
	if said != want {
		l.t.Errorf("haproxy says %q, want %q", said, want)
	}
	return denials
}

// status checks the answer that a client of haproxy gets.
func (l *lb) status(want int) {
	l.t.Helper()
	reply, err := l.vm.system(wire.System{Get: frontend})
	l.check(err)
	if reply.Status != want {
		l.t.Errorf("haproxy answers %d, want %d", reply.Status, want)
	}
}
