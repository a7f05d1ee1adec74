package audit

import (
	"fmt"
	"strings"
	"testing"
)

// TestFold: what makes denials equal, what does not, the order, and the times.
func TestFold(t *testing.T) {
	line := func(sec int, edit ...string) string {
		s := `avc:  denied  { name_connect } for  pid=1 comm="x" dest=81 scontext=a:b:c_t:s0:c1,c2 tcontext=a:b:d_t:s0 tclass=tcp_socket permissive=0`
		s = strings.NewReplacer(edit...).Replace(s)
		return fmt.Sprintf("type=AVC msg=audit(%d.000:%d): %s\n", sec, sec, s)
	}
	log := line(1760000300) + line(1760000100, "pid=1", "pid=2") + line(1760000200, ":c1,c2", "") + // the same thrice: process and category do not count
		line(1760000400, "dest=81", "dest=82") + line(1760000500, "dest=81", "dest=82") +
		line(1760000600, "permissive=0", "permissive=1") +
		line(1760000700, `comm="x"`, `comm="y"`) +
		line(1760000800, "denied", "granted") +
		line(1760000900, "dest=81", `path="socket:[7]"`) + line(1760001000, "dest=81", `path="socket:[8]"`) // an inherited socket each
	r := NewReader(strings.NewReader(log), Options{})
	folded, err := Fold(r.Events(), 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, g := range folded.Groups {
		got = append(got, fmt.Sprintf("%d %s %d %s %s %s %d-%d line %d", g.Count, g.Signature.Result, g.Signature.Port, g.Signature.Object, g.Signature.Comm, g.Signature.Permissive,
			g.First.Unix()-1760000000, g.Last.Unix()-1760000000, g.Example.Line))
	}
	want := []string{
		"3 denied 81  x no 100-300 line 2", // complete before that of line 1, which is newer
		"2 denied 0 socket:[*] x no 900-1000 line 9",
		"2 denied 82  x no 400-500 line 4",
		"1 denied 81  x yes 600-600 line 6",
		"1 denied 81  y no 700-700 line 7",
		"1 granted 81  x no 800-800 line 8",
	}
	if s, w := strings.Join(got, "\n"), strings.Join(want, "\n"); s != w {
		t.Errorf("got\n%s\nwant\n%s", s, w)
	}

	// Two groups and no more: the rest is counted.
	r = NewReader(strings.NewReader(log), Options{})
	folded, _ = Fold(r.Events(), 2)
	if len(folded.Groups) != 2 || folded.Others != 5 {
		t.Errorf("%d groups and %d others", len(folded.Groups), folded.Others)
	}
}

// TestFoldSymptoms: haproxy repeats itself with every check.
func TestFoldSymptoms(t *testing.T) {
	log := strings.Repeat("dial tcp 10.0.0.7:5601: connect: permission denied\n", 3) + "dial tcp 10.0.0.7:5602: connect: permission denied\n"
	r := NewReader(strings.NewReader(log), Options{})
	folded, _ := Fold(r.Events(), 0)
	if len(folded.Symptoms) != 2 || folded.Symptoms[0].Count != 3 || folded.Symptoms[1].Example.Symptom.Port != 5602 {
		t.Errorf("%+v", folded.Symptoms)
	}
}

// TestFoldEvent: the program comes from the system call where the AVC has none.
func TestFoldEvent(t *testing.T) {
	events, _ := Parse(`type=AVC msg=audit(1760000000.000:1): avc:  denied  { name_bind } for  src=81 scontext=a:b:c_t:s0 tcontext=a:b:d_t:s0 tclass=tcp_socket permissive=0
type=SYSCALL msg=audit(1760000000.000:1): arch=c000003e syscall=49 success=no exit=-13 a0=1 pid=2 comm="nginx" exe="/usr/sbin/nginx"`, Options{})
	sig := SignatureOf(events[0], &events[0].AVCs[0])
	if sig.Comm != "nginx" || sig.Exe != "/usr/sbin/nginx" || sig.Capability != -1 {
		t.Errorf("%+v", sig)
	}
}
