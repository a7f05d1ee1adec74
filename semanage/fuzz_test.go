package semanage

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/policydb"
)

func isNoSpace(err error) bool { return errors.Is(err, ErrNoSpace) }

// FuzzParseLocal: records that were read print as text that reads as the same records.
func FuzzParseLocal(f *testing.F) {
	for kind, text := range map[Kind]string{
		Ports:      "portcon tcp 80 a:b:c:s0\nportcon UDP 1 - 5 a:b:c\n# x\nportcon dccp\n7-9\na:b:c",
		Booleans:   "a=1\nb = true\nc=FALSE d\n=0",
		Nodes:      "nodecon ipv4 10.0.0.0 255.0.0.0 a:b:c:s0\nnodecon ipv6 ::1.2.3.4 ffff:: a:b:c",
		Interfaces: "netifcon eth0 a:b:c:s0 a:b:c:s0\n",
		IBPKeys:    "ibpkeycon fe80:: 1 - 5 a:b:c:s0-s1:c0.c5\n",
		IBEndPorts: "ibendportcon mlx5_0 1 a:b:c\n",
	} {
		f.Add(int(kind), text)
	}
	f.Fuzz(func(t *testing.T, kind int, text string) {
		list, err := ParseLocal(Kind(kind), "x", []byte(text))
		var parse *ParseError
		switch {
		case err != nil && !errors.Is(err, ErrSyntax) && !errors.Is(err, ErrRange) && !errors.Is(err, ErrContext):
			t.Fatal(err)
		case errors.As(err, &parse) && (parse.Line < 0 || parse.Line > 1+bytes.Count([]byte(text), []byte("\n"))):
			t.Fatal("line ", parse.Line)
		case err != nil:
			return
		}
		again, err := ParseLocal(Kind(kind), "x", FormatLocal(list))
		if err != nil || !reflect.DeepEqual(again, list) {
			t.Fatalf("%v: %v\n%v", err, list, again)
		}
	})
}

// FuzzParseUsers: no panic, and at most one user a word.
func FuzzParseUsers(f *testing.F) {
	f.Add("user web_u roles { user_r staff_r } level s0 range s0-s0:c0.c9;\nuser x roles y;")
	f.Add("user x roles {\na b\n}\nlevel s0 range s0 - s1:c1,c2 ;")
	f.Fuzz(func(t *testing.T, text string) {
		users, err := parseUsers([2]string{"x", "y"}, []byte(text), nil)
		if err == nil && len(users) > len(text) {
			t.Fatal(len(users))
		}
	})
}

// FuzzParseConfig: no panic, and sensible values.
func FuzzParseConfig(f *testing.F) {
	f.Add("module-store = direct\n# x\nsave-previous = true\n[verify kernel]\npath = " +
		"/bin/true\n[end]\nfile-mode=0640\npolicy-version = \"31\"")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseConfig("x", []byte(text))
		if err == nil && (c.FileMode == 0 || c.FileMode > 0o777 || c.StoreRoot == "") {
			t.Fatalf("%+v", c)
		}
	})
}

// FuzzParseJournal: names stay within their directory.
func FuzzParseJournal(f *testing.F) {
	f.Add(`{"senet":1,"old":7,"new":8,"tree":false,"final":"policy.33","files":[{"name":"ports.local","size":3,"crc32c":1}],"undo":[{"kind":"port","after":"portcon tcp 1 a:b:c"}]}`)
	f.Add(`{"senet":1,"final":"../x","files":[{"name":"/etc/passwd"}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		j, err := parseJournal("x", []byte(text))
		if err != nil {
			return
		}
		for _, name := range []string{j.Final, j.Files[0].Name} {
			if !plainName(name) {
				t.Fatal(name)
			}
		}
	})
}

// FuzzParseCommitNumber: a number that is printed as it was.
func FuzzParseCommitNumber(f *testing.F) {
	f.Add([]byte("7\x00\x00"))
	f.Add([]byte("-1"))
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := parseCommitNumber("x", b)
		if err != nil {
			return
		}
		if again, err := parseCommitNumber("x", formatCommitNumber(n)); n < 0 || err != nil || again != n {
			t.Fatal(n, again, err)
		}
	})
}

// FuzzParseCommand: records that were read can be exported, and the export reads as the same
// records.
func FuzzParseCommand(f *testing.F) {
	for _, line := range []string{
		"port -a -t http_port_t -r 's0' -p tcp 80-90", "boolean -m -1 x", "node -a -M /8 -p ipv4 -t node_t 10.0.0.0",
		"interface -d eth0", "ibpkey -a -t x_t -x fe80:: 0x1-0x5", "ibendport -D",
		"port --modify --type=x -p udp 7 -r \"s0 - s1\"",
	} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		c, err := ParseCommand(line)
		if err != nil || c.Action != AddRecord || c.Record.check() != nil {
			return
		}
		if again, err := ParseCommand(c.Kind.String() + " " + c.Record.exportLine()); err == nil &&
			again.Record.Key() != c.Record.Key() {
			t.Fatalf("%v, then %v", c.Record.Key(), again.Record.Key())
		}
	})
}

// FuzzRange: what libsepol would print of a range reads as the same range.
func FuzzRange(f *testing.F) {
	db, err := policydb.Decode([]byte(examples.Policy()))
	if err != nil {
		f.Fatal(err)
	}
	names := &policyNames{db: db}
	for _, s := range []string{"s0", "s0:c1,c3.c5-s0:c0.c1023", "s0-s0:c7", "s0:c0,c1,c2,c9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := names.parseRange(s)
		if err != nil {
			return
		}
		if again, err := names.parseRange(names.rangeText(r)); err != nil || again != r {
			t.Fatalf("%q prints as %q: %v", s, names.rangeText(r), err)
		}
	})
}
