package say

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/change"
	"github.com/senet-selinux/senet/internal/records"
	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/portset"
	"github.com/senet-selinux/senet/semanage"
)

func tcp(low, high uint16, typ, rng string) semanage.Port {
	return semanage.Port{Protocol: semanage.TCP, Low: low, High: high, Context: semanage.Context{Type: typ, Range: rng}}
}

// TestDifference: a record that is added, deleted or changed, the range where it is
// not s0.
func TestDifference(t *testing.T) {
	node := semanage.Node{Addr: netip.MustParseAddr("10.0.0.0"), Mask: netip.MustParseAddr("255.0.0.0"),
		Context: semanage.Context{Type: "a_t"}}
	for _, c := range []struct {
		before, after semanage.Record
		want          string
	}{
		{nil, tcp(80, 90, "a_t", "s0"), "+ tcp/80-90 a_t"},
		{tcp(80, 80, "a_t", "s0:c1"), nil, "- tcp/80 a_t:s0:c1"},
		{tcp(80, 80, "a_t", ""), tcp(80, 80, "b_t", ""), "~ tcp/80 a_t -> b_t"},
		{nil, semanage.Boolean{Name: "b", On: true}, "+ b on"},
		{nil, node, "+ node 10.0.0.0/8 a_t"},
		{nil, semanage.Interface{Name: "eth0", Context: semanage.Context{Type: "a_t"}}, "+ interface eth0 a_t"},
	} {
		if got := Difference(semanage.Difference{Before: c.before, After: c.after}); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// TestDifferences: twenty records are listed, and how many more there are.
func TestDifferences(t *testing.T) {
	var list []semanage.Difference
	for i := range uint16(23) {
		list = append(list, change.Set(tcp(100+i, 100+i, "a_t", "")))
	}
	var short, long words.Page
	Differences(&short, list, 6, false, " (all with -v)")
	Differences(&long, list, 0, true, "")
	if !strings.HasSuffix(short.String(), "      + tcp/119 a_t\n      and 3 more records (all with -v)\n") {
		t.Error(short.String())
	}
	if strings.Count(long.String(), "\n") != 23 || strings.Contains(long.String(), "more") {
		t.Error(long.String())
	}
}

// TestLabels: the types of a range of ports, that of most ports first.
func TestLabels(t *testing.T) {
	run := func(low, high uint16, typ string) records.Run {
		return records.Run{Range: portset.Range{Low: low, High: high}, Context: semanage.Context{Type: typ}}
	}
	for _, c := range []struct {
		runs       []records.Run
		want, most string
	}{
		{nil, "", ""},
		{[]records.Run{run(1, 9, "a_t")}, "a_t", "a_t"},
		{[]records.Run{run(1, 1, "a_t"), run(2, 9, "b_t"), run(10, 10, "a_t")}, "b_t (8 ports) and a_t (1, 10)",
			"b_t and 1 other type"},
		{[]records.Run{run(1, 1, "a_t"), run(2, 2, "b_t")}, "a_t (1) and b_t (2)", "a_t and 1 other type"},
	} {
		if got := Labels(c.runs); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
		if got := MostLabels(c.runs); got != c.most {
			t.Errorf("most: %q, want %q", got, c.most)
		}
	}
}

// TestConflict: the ways out of an overlap are commands for the store that was named.
func TestConflict(t *testing.T) {
	edit := PortEdit{Verb: "add", Type: "new_t", Store: shell.Command{}.Option("--root", "/mnt")}
	key := semanage.PortKey{Protocol: semanage.TCP, Low: 8005, High: 8020}
	text := string(edit.Conflict(&records.ConflictError{Key: key,
		Others: []semanage.Port{tcp(8000, 8010, "old_t", "s0")}}))
	for _, want := range []string{
		"split   senet port add --split -t new_t tcp/8005-8020 --root /mnt\n",
		"          senet port delete tcp/8000-8010 --root /mnt\n",
		"          senet port add -t old_t tcp/8000-8004 --root /mnt\n",
		"          senet port add -t new_t tcp/8005-8020 --root /mnt\n",
		"skip    add the free ports, or change nothing:\n          senet port add -t new_t tcp/8011-8020 --root /mnt\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
}
