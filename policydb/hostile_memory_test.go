package policydb_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/senet-selinux/senet/policydb"
)

// hostileSize is the size of a hostile policy, hostileMemory the memory in kB
// that a process may need to decode and encode it, the Go runtime included,
// orderMemory what it may need to order it, and hostileTime the time for all.
const (
	hostileSize   = 2 << 20
	hostileMemory = 64 << 10
	orderMemory   = 96 << 10
	hostileTime   = 5 * time.Second
)

// repeat fills the rest of hostileSize with records made by one.
func repeat(h *hand, section *[]byte, nprim bool, one func(i int) []byte) {
	*section = nil
	room := hostileSize - len(h.build()) - 64
	var b []byte
	n := 0
	for len(b) < room && (!nprim || n < 65535) {
		b = append(b, one(n)...)
		n++
	}
	head := u32(uint32(n))
	if nprim {
		head = u32(65535, uint32(n))
	}
	*section = append(head, b...)
}

// hostilePolicies are valid as far as Decode looks, and consist of the records
// that take the most memory or time for each byte of the file.
func hostilePolicies() []testPolicy {
	var list []testPolicy
	add := func(name string, version uint32, edit func(h *hand)) {
		h := newHand(version, false, false)
		edit(h)
		list = append(list, testPolicy{name: name, image: h.build()})
	}
	name := func(i int) string { return fmt.Sprintf("%05x", i) }
	add("users", 15, func(h *hand) {
		repeat(h, &h.users, true, func(i int) []byte { return cat(u32(1, 1), "u", bitmap()) })
	})
	add("conditionals", 16, func(h *hand) {
		repeat(h, &h.conds, false, func(i int) []byte { return u32(0, 0, 0, 0) })
	})
	add("conditional's expression", 16, func(h *hand) {
		repeat(h, &h.conds, false, func(i int) []byte { return u32(1, 1) })
		n := uint32(len(h.conds)-4) / 8
		h.conds = cat(u32(1, 0, n), h.conds[4:], u32(0, 0))
	})
	add("genfs entries", 15, func(h *hand) {
		repeat(h, &h.genfs, false, func(i int) []byte { return cat(u32(1), "/", u32(0), h.context()) })
		h.genfs = cat(u32(1), u32(4), "proc", h.genfs)
	})
	add("genfs", 15, func(h *hand) {
		repeat(h, &h.genfs, false, func(i int) []byte { return cat(u32(1), "p", u32(0)) })
	})
	add("portcons", 15, func(h *hand) {
		repeat(h, &h.ports, false, func(i int) []byte { return cat(u32(6, 1, 1), h.context()) })
	})
	add("netifcons", 15, func(h *hand) {
		repeat(h, &h.netifs, false, func(i int) []byte { return cat(u32(1), "i", h.context(), h.context()) })
	})
	add("constraints", 33, func(h *hand) {
		repeat(h, &h.classes, false, func(i int) []byte { return cat(u32(1), h.expr(attrNode(4, 1))) })
		n := uint32(len(h.classes)-4) / 20
		h.oneClass(h.classes[4:])
		copy(h.classes[bytes.Index(h.classes, []byte("filec"))-4:], u32(n))
	})
	add("a constraint's expression", 15, func(h *hand) {
		repeat(h, &h.classes, false, func(i int) []byte { return notNode })
		n := uint32(len(h.classes)-4) / 12
		h.oneClass(cat(u32(1, n+1), attrNode(4, 1), h.classes[4:]))
	})
	add("classes", 15, func(h *hand) {
		repeat(h, &h.classes, true, func(i int) []byte { return h.class("a", "", 1, 32, nil, 0, nil, 0) })
	})
	add("permissions", 15, func(h *hand) {
		perms := bytes.Repeat(perm("p", 1), 32)
		repeat(h, &h.classes, true, func(i int) []byte { return h.class("a", "", 1, 32, perms, 32, nil, 0) })
	})
	add("classes with commons", 15, func(h *hand) {
		const n = 40000
		for i := range n {
			h.commons = append(h.commons, cat(u32(5, 1, 1, 0), name(i))...)
		}
		copy(h.commons, u32(65535, n+1))
		last := name(n - 1)
		repeat(h, &h.classes, true, func(i int) []byte { return h.class("a", last, 1, 32, nil, 0, nil, 0) })
	})
	add("rules of extended permissions of one key", 33, func(h *hand) {
		repeat(h, &h.avtab, false, func(i int) []byte { return xpermRule(1, 1, 1, 0x100, 1, byte(i), 1) })
	})
	add("rules in the old layout", 18, func(h *hand) {
		repeat(h, &h.avtab, false, func(i int) []byte { return u32(7, 1, 1, 1, 7, 1, 1, 1) })
	})
	add("filename transitions of one key", 32, func(h *hand) {
		repeat(h, &h.filenames, false, func(i int) []byte { return cat(u32(1), "n", u32(uint32(i)%3+1, 1, 1, 1)) })
	})
	add("filename transitions", 32, func(h *hand) {
		repeat(h, &h.filenames, false, func(i int) []byte { return cat(u32(5), name(i), u32(1, 1, 1, 1)) })
	})
	add("filename transitions of one key, each source its own", 32, func(h *hand) {
		h.types = cat(u32(65535, 1), h.typ("t", 1, 1))
		h.attrMap = bytes.Repeat(bitmap(), 65535)
		repeat(h, &h.filenames, false, func(i int) []byte {
			return cat(u32(1), "n",
				u32(uint32(i)%65535+1, 1, 1, uint32(i)%65535+1))
		})
	})
	add("dense bitmaps", 33, func(h *hand) {
		h.types = cat(u32(65535, 1), h.typ("t", 1, 1))
		full := cat(u32(64, 65472, 1023))
		for i := range uint32(1023) {
			full = append(full, cat(u32(64*i), u64(1<<64-1))...)
		}
		h.attrMap = nil
		for len(h.attrMap) < hostileSize-65535*12-20000 {
			h.attrMap = append(h.attrMap, full...)
		}
		h.attrMap = append(h.attrMap, bytes.Repeat(bitmap(), 65535-len(h.attrMap)/len(full))...)
	})
	return list
}

const hostileVariable = "SENET_TEST_HOSTILE_CHILD"

// TestHostileMemory runs a child process for each hostile policy, which
// decodes, orders and encodes it, and says how much memory it needed at most.
func TestHostileMemory(t *testing.T) {
	if os.Getenv(hostileVariable) != "" {
		hostileChild(t)
		return
	}
	for _, p := range hostilePolicies() {
		t.Run(p.name, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=^TestHostileMemory$", "-test.v")
			cmd.Env = append(os.Environ(), "GOGC=100", hostileVariable+"="+tempPolicy(t, p.image)) // as programs run
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%.2000s", err, out)
			}
			took := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime() // not of other programs
			kb := []int{0, 0}
			_, rest, _ := strings.Cut(string(out), "VmHWM")
			if n, err := fmt.Sscan(rest, &kb[0], &kb[1]); n != 2 {
				t.Fatalf("no VmHWM: %v: %.2000s", err, out)
			}
			t.Logf("%d bytes: %d kB, in all %d kB, %v", len(p.image), kb[0], kb[1], took.Round(time.Millisecond))
			if kb[0] > hostileMemory || kb[1] > orderMemory || took > hostileTime {
				t.Errorf("at most %d kB, in all %d kB and %v are allowed", hostileMemory, orderMemory, hostileTime)
			}
		})
	}
}

func hostileChild(t *testing.T) {
	image, err := os.ReadFile(os.Getenv(hostileVariable))
	if err != nil {
		t.Fatal(err)
	}
	sameBytes(t, "Encode", decode(t, image).Encode(), image)
	decoded := hwm(t)
	policydb.Canonical(decode(t, image))
	t.Logf("VmHWM %d %d", decoded, hwm(t))
}

// hwm returns the most memory that this process has needed, in kB.
func hwm(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(status), "VmHWM:")
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kb
}
