package policytest

import (
	"errors"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
)

// FuzzRead: no file of tests makes the reader panic, and its rules can be held against
// a policy.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		"tests:\n  - {may: a_t connect tcp/1}\n",
		"states:\n  - {name: x, booleans: {b: on}}\ntests:\n  - {only: [a, b], may_do: bind tcp/1-9}\n",
		"for_each: {policies: [p, example], hosts: h, booleans: [{}, {b: on}]}\nstates: [{name: x, host: h}]\n" +
			"tests: [{empty: a, in: x}]\n",
		"tests: [{exactly: a, may_do: bind udp, ports: '1, 3-4'}, {empty: x}]",
		"tests: [{nobody_but: [], may_do: connect sctp}]",
		"tests: [{neverallow: '{ domain -init_t } ~{ port_type self } : { file tcp_socket } ~{ read };'}]",
		"tests: [{neverallow: 'neverallowxperm domain self:tcp_socket ioctl ~{ 0x10-0x20 7 };'}]",
		"tests: [{neverallow: \"(neverallow n self (file (not (read))))" +
			"(typeattributeset n (and domain (not (init_t))))\"}]",
		"tests: [{neverallow: '(neverallowx domain notself (ioctl file ((range 0x10 0x20) 7)))'}]",
		"tests: [{read_only_programs: {exempt_files: [a_t], exempt_users: b_t, exempt_writers: []}}]",
		"# c\n[DEFAULT]\ndesc: d\n[a]\ncheck_type = assert_te\nsource: a_t\nexempt_source = b_t\n  c_t\n",
		"[a]\ncheck_type=ro_execs\ndisable = x\n[b]\ncheck_type=empty_typeattr\nattr=x\nmissing_ok=yes\n",
	} {
		f.Add(text)
	}
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		f.Fatal(err)
	}
	p := policy.New(db)
	f.Fuzz(func(t *testing.T, text string) {
		file, err := Read("fuzz", strings.NewReader(text))
		if err != nil {
			if !errors.Is(err, ErrInvalid) {
				t.Fatal(err)
			}
			return
		}
		for i := range file.Tests {
			test := &file.Tests[i]
			if test.Name == "" || test.Kind == "" {
				t.Fatalf("%+v", test)
			}
			if test.Kind == Neverallow {
				_, _ = (&runner{p: p}).neverallow(test)
			}
		}
	})
}
