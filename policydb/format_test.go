package policydb_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/oracle"
)

// handForms lists every version that a target has, with and without MLS.
func handForms() []*hand {
	var list []*hand
	for version := uint32(policydb.MinVersion); version <= policydb.MaxVersion; version++ {
		list = append(list, newHand(version, false, false))
		if version >= 19 {
			list = append(list, newHand(version, false, true))
		}
		if version == 24 || version == 30 {
			list = append(list, newHand(version, true, false), newHand(version, true, true))
		}
	}
	return list
}

// TestHand: libsepol 3.4 reads the policy written by hand in every version it knows, and Encode
// writes the same bytes.
func TestHand(t *testing.T) {
	for _, h := range handForms() {
		t.Run(fmt.Sprintf("%d xen=%t mls=%t", h.version, h.xen, h.mls), func(t *testing.T) {
			image := h.build()
			db := decode(t, image)
			sameBytes(t, "Encode", db.Encode(), image)
			if h.version > 33 {
				return
			}
			oracle.Need(t)
			if err := oracle.Loads(tempPolicy(t, image)); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestHandTruncated: every beginning of a policy is refused, with the place.
func TestHandTruncated(t *testing.T) {
	for _, h := range handForms() {
		image := h.build()
		for n := range image {
			_, err := policydb.Decode(image[:n])
			checkDecodeError(t, err, n)
		}
	}
}

// checkDecodeError: an error names a section and an offset inside the input.
func checkDecodeError(t *testing.T, err error, size int) {
	t.Helper()
	var de *policydb.DecodeError
	switch {
	case err == nil:
		t.Errorf("input of %d bytes accepted", size)
	case !errors.As(err, &de):
		t.Errorf("%T is no *DecodeError: %v", err, err)
	case de.Section == "" || de.Offset < 0 || de.Offset > size || de.Record < -1 || de.Err == nil:
		t.Errorf("input of %d bytes: %#v", size, de)
	}
}

// A formatCase is one rule of the format: a hand-written policy, changed.
type formatCase struct {
	name    string
	version uint32
	mls     bool
	xen     bool
	edit    func(h *hand)
	// want is a part of the error, "" where the policy is accepted; the error is
	// in that section.
	want, section string
	// sepol is the answer of libsepol 3.4 where it differs from that of Decode.
	sepol string
	check func(t *testing.T, p *policydb.Policy)
}

// The ways in which libsepol's verdict may differ from Decode's.
const (
	sepolRefuses = "refuses" // Decode accepts
	sepolAccepts = "accepts" // Decode refuses
	sepolUnknown = "unknown" // a version newer than libsepol 3.4
)

func runFormatCases(t *testing.T, cases []formatCase) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			h := newHand(c.version, c.xen, c.mls)
			c.edit(h)
			image := h.build()
			db, err := policydb.Decode(image)
			if c.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				sameBytes(t, "Encode", db.Encode(), image)
				if c.check != nil {
					c.check(t, db)
				}
			} else {
				checkDecodeError(t, err, len(image))
				var de *policydb.DecodeError
				if errors.As(err, &de) && (!strings.Contains(err.Error(), c.want) || de.Section != c.section) {
					t.Errorf("got %q in section %q, want %q in %q", err, de.Section, c.want, c.section)
				}
			}
			if c.sepol == sepolUnknown {
				return
			}
			oracle.Need(t)
			refused := oracle.Loads(tempPolicy(t, image)) != nil
			if differs := refused == (err == nil); differs != (c.sepol != "") || differs &&
				(c.sepol == sepolRefuses) != refused {
				t.Errorf("libsepol refuses: %t, Decode: %v; the case says libsepol %q", refused, err, c.sepol)
			}
		})
	}
}

func TestFormatHeader(t *testing.T) {
	runFormatCases(t, []formatCase{
		{name: "a module is not a kernel policy", version: 33, want: "policy module", section: "header",
			edit: func(h *hand) { h.magic = 0xf97cff8d }},
		{name: "nor is a package of one", version: 33, want: "policy module", section: "header",
			edit: func(h *hand) { h.magic = 0xf97cff8f }},
		{name: "another magic number", version: 33, want: "magic number", section: "header",
			edit: func(h *hand) { h.magic = 0x20796c6c }},
		{name: "the kernel's identity with a longer length", version: 33, want: "target", section: "header",
			edit: func(h *hand) { h.idLen, h.id = 9, "SE Linux9" }},
		{name: "length of the identity beyond all sense", version: 33, want: "target", section: "header",
			edit: func(h *hand) { h.idLen = 0xffffffff }},
		{name: "version below the first", version: 15, want: "unsupported policy version", section: "header",
			edit: func(h *hand) { h.version = 14 }},
		{name: "version beyond the last", version: 35, want: "unsupported policy version", section: "header",
			edit: func(h *hand) { h.version = 36 }},
		{name: "Xen before its first version", version: 24, xen: true, want: "unsupported policy version",
			section: "header",
			edit:    func(h *hand) { h.version = 23 }},
		{name: "MLS before version 19", version: 18, want: "MLS in version 18", section: "header",
			edit: func(h *hand) { h.config = 1 }},
		{name: "unknown bits of the config word are kept", version: 33,
			edit: func(h *hand) { h.config = 0x80000000 | 4 },
			check: func(t *testing.T, p *policydb.Policy) {
				if p.HandleUnknown() != policydb.UnknownAllow || p.MLS() {
					t.Errorf("handle unknown %v, MLS %t", p.HandleUnknown(), p.MLS())
				}
			}},
		{name: "reject and allow together reject", version: 33, sepol: sepolRefuses,
			edit: func(h *hand) { h.config = 6 },
			check: func(t *testing.T, p *policydb.Policy) {
				if p.HandleUnknown() != policydb.UnknownReject {
					t.Errorf("handle unknown %v", p.HandleUnknown())
				}
			}},
		{name: "number of symbol tables", version: 33, want: "symbol tables", section: "header",
			edit: func(h *hand) { h.symbols = 7 }},
		{name: "number of ocontexts of an older version", version: 33, want: "kinds of ocontexts", section: "header",
			edit: func(h *hand) { h.ocontexts = 7 }},
		{name: "number of ocontexts of a newer version", version: 30, want: "kinds of ocontexts", section: "header",
			edit: func(h *hand) { h.ocontexts = 9 }},
		{name: "ocontexts of SELinux under Xen", version: 30, xen: true, want: "kinds of ocontexts", section: "header",
			edit: func(h *hand) { h.ocontexts = 7 }},
		{name: "bytes after the last section are kept", version: 33,
			edit: func(h *hand) { h.trailing = []byte("left over\x00") },
			check: func(t *testing.T, p *policydb.Policy) {
				if p.Trailing != "left over\x00" {
					t.Errorf("trailing %q", p.Trailing)
				}
			}},
		{name: "a policy capability that nobody knows", version: 33,
			edit: func(h *hand) { h.policycaps = cat(u32(64, 4096, 1, 4032), u64(1<<63|1)) },
			check: func(t *testing.T, p *policydb.Policy) {
				if !p.PolicyCaps.Has(4095) || !p.PolicyCaps.Has(4032) || p.PolicyCaps.Count() != 2 {
					t.Error("capability 4095 lost")
				}
			}},
		{name: "a permissive type that does not exist", version: 33, sepol: sepolRefuses,
			edit: func(h *hand) { h.permissive = bitmap(40) }},
		{name: "neveraudit types, version 35", version: 35, sepol: sepolUnknown,
			edit: func(h *hand) { h.neveraudit = bitmap(handT, handU) },
			check: func(t *testing.T, p *policydb.Policy) {
				if !p.NeverAudit.Has(handT) || !p.NeverAudit.Has(handU) || p.NeverAudit.Has(handA) {
					t.Error("wrong set")
				}
			}},
	})
	for _, empty := range []string{"", "\x8c", "\x8c\xff\x7c"} {
		_, err := policydb.Decode([]byte(empty))
		checkDecodeError(t, err, len(empty))
	}
	for _, text := range []string{"policy_module(web, 1.0)\n", "(block web)", "BZh91AY&SY"} {
		if _, err := policydb.Decode([]byte(text)); !errors.Is(err, policydb.ErrNotPolicy) {
			t.Errorf("%q: %v", text, err)
		}
	}
	h := newHand(33, false, false)
	h.version = 36
	if _, err := policydb.Decode(h.build()); !errors.Is(err, policydb.ErrUnsupportedVersion) {
		t.Errorf("version 36: %v", err)
	}
}

// TestFormatBitmap: the malformations of an ebitmap, in the place of the policy
// capabilities, where its bits mean nothing.
func TestFormatBitmap(t *testing.T) {
	node := func(start uint32, word uint64) []byte { return cat(u32(start), u64(word)) }
	set := func(b ...[]byte) func(h *hand) {
		return func(h *hand) {
			h.policycaps = nil
			for _, part := range b {
				h.policycaps = append(h.policycaps, part...)
			}
		}
	}
	const section = "policycaps"
	runFormatCases(t, []formatCase{
		{name: "empty", version: 33, edit: set(u32(64, 0, 0))},
		{name: "two nodes with a gap", version: 33, edit: set(u32(64, 256, 2), node(0, 1), node(192, 1))},
		{name: "unit of 32 bits", version: 33, want: "unit", section: section, edit: set(u32(32, 32, 1), node(0, 1))},
		{name: "high bit is no multiple of 64", version: 33, want: "high bit", section: section,
			edit: set(u32(64, 65, 1), node(0, 1))},
		{name: "high bit without nodes", version: 33, want: "high bit", section: section, edit: set(u32(64, 64, 0))},
		// libsepol and the kernel ignore the number of nodes where the high bit is 0.
		{name: "number of nodes without a high bit", version: 33, want: "high bit", section: section,
			sepol: sepolAccepts, edit: set(u32(64, 0, 1))},
		{name: "node beyond the high bit", version: 33, want: "high bit", section: section,
			edit: set(u32(64, 64, 1), node(64, 1))},
		{name: "high bit beyond the last node", version: 33, sepol: sepolRefuses,
			edit: set(u32(64, 128, 1), node(0, 1))},
		{name: "first bit is no multiple of 64", version: 33, want: "first bit", section: section,
			edit: set(u32(64, 128, 1), node(32, 1))},
		{name: "nodes out of order", version: 33, want: "first bit", section: section,
			edit: set(u32(64, 128, 2), node(64, 1), node(0, 1))},
		{name: "node twice", version: 33, want: "first bit", section: section,
			edit: set(u32(64, 128, 2), node(64, 1), node(64, 1))},
		{name: "node without bits", version: 33, want: "without bits", section: section,
			edit: set(u32(64, 64, 1), node(0, 0))},
		{name: "more nodes than bytes", version: 33, want: "remain", section: section,
			edit: set(u32(64, 0xffffffc0, 0xffffffff))},
		{name: "bits near the end of 32 bits", version: 33, edit: set(u32(64, 0xffffffc0, 1), node(0xffffff80, 1<<63)),
			check: func(t *testing.T, p *policydb.Policy) {
				if !p.PolicyCaps.Has(0xffffffbf) || p.PolicyCaps.Count() != 1 {
					t.Error("bit lost")
				}
				for bit := range p.PolicyCaps.All() {
					if bit != 0xffffffbf {
						t.Errorf("bit %#x", bit)
					}
				}
			}},
	})
}
