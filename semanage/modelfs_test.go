package semanage

import (
	"fmt"
	"hash/maphash"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// A modelFS carries out each operation, and keeps a model of what has reached the disk: names
// once their directory was synced, contents once the file was. From that it makes the states in
// which a power cut can leave the file system.
//
// A rename happens as a whole. Otherwise names that are not synced may be on the
// disk or not, each by itself and in any order, and contents may be missing.
type modelFS struct {
	rootFS
	inodes  int
	entries map[entry]int  // the names there are
	data    map[int]string // what files hold
	isDir   map[int]bool
	disk    map[entry]int // what is surely on the disk
	synced  map[int]bool  // contents that are
	pending []step
	// crashed is called after every step.
	crashed func(*modelFS)
}

// An entry is a name in a directory.
type entry struct {
	dir  int
	name string
}

// A step sets names: to an inode, or to 0 where the name goes.
type step struct {
	to map[entry]int
	// in are the directories whose syncing brings the step to the disk.
	in []int
}

const topDir = 1

// newModel starts with a state as relative returns it, all of it on the disk.
func newModel(s *Store, state map[string]string) *modelFS {
	m := &modelFS{rootFS: rootFS{s.root}, inodes: topDir, entries: map[entry]int{}, data: map[int]string{},
		isDir: map[int]bool{topDir: true}, synced: map[int]bool{}}
	for _, name := range slices.Sorted(maps.Keys(state)) {
		if name == "" {
			continue
		}
		id := m.newInode(m.at(name))
		m.isDir[id], m.data[id], m.synced[id] = state[name] == "directory", state[name], true
	}
	m.disk = maps.Clone(m.entries)
	s.fsys = m
	return m
}

func (m *modelFS) newInode(e entry) int {
	m.inodes++
	m.entries[e] = m.inodes
	return m.inodes
}

// at returns the entry of a path; its directory must exist.
func (m *modelFS) at(name string) entry {
	dir := topDir
	for part := range strings.SplitSeq(strings.Trim(path.Dir(name), "/"), "/") {
		if part != "" {
			dir = m.entries[entry{dir, part}]
		}
	}
	return entry{dir, path.Base(name)}
}

func (m *modelFS) inode(name string) int {
	if name == "/" {
		return topDir
	}
	return m.entries[m.at(name)]
}

// do notes a step that was made.
func (m *modelFS) do(in []int, to map[entry]int) {
	for e, id := range to {
		if id == 0 {
			delete(m.entries, e)
		} else {
			m.entries[e] = id
		}
	}
	m.pending = append(m.pending, step{to, in})
	m.crash()
}

func (m *modelFS) crash() {
	if m.crashed != nil {
		m.crashed(m)
	}
}

func (m *modelFS) create(name string, a sysroot.Attrs) (file, error) {
	f, err := m.rootFS.create(name, a)
	if err != nil {
		return nil, err
	}
	e := m.at(name)
	m.inodes++
	m.do([]int{e.dir}, map[entry]int{e: m.inodes})
	return &modelFile{m, m.inodes, f}, nil
}

type modelFile struct {
	m  *modelFS
	id int
	file
}

func (f *modelFile) Write(b []byte) (int, error) {
	f.m.data[f.id] += string(b)
	defer f.m.crash()
	return f.file.Write(b)
}

func (m *modelFS) mkdir(name string, a sysroot.Attrs) error {
	if err := m.rootFS.mkdir(name, a); err != nil {
		return err
	}
	e := m.at(name)
	m.inodes++
	m.isDir[m.inodes] = true
	m.do([]int{e.dir}, map[entry]int{e: m.inodes})
	return nil
}

func (m *modelFS) link(old, new string) error {
	if err := m.rootFS.link(old, new); err != nil {
		return err
	}
	e := m.at(new)
	m.do([]int{e.dir}, map[entry]int{e: m.inode(old)})
	return nil
}

func (m *modelFS) rename(old, new string) error {
	if err := m.rootFS.rename(old, new); err != nil {
		return err
	}
	from, to := m.at(old), m.at(new)
	m.do([]int{to.dir}, map[entry]int{from: 0, to: m.entries[from]})
	return nil
}

func (m *modelFS) exchange(a, b string) error {
	if err := m.rootFS.exchange(a, b); err != nil {
		return err
	}
	x, y := m.at(a), m.at(b)
	m.do([]int{x.dir, y.dir}, map[entry]int{x: m.entries[y], y: m.entries[x]})
	return nil
}

func (m *modelFS) remove(name string) error {
	if err := m.rootFS.remove(name); err != nil {
		return err
	}
	e := m.at(name)
	m.do([]int{e.dir}, map[entry]int{e: 0})
	return nil
}

// sync does not trouble the disk. The paths reach it in any order: the model takes
// them one by one, as they are given.
func (m *modelFS) sync(names ...string) error {
	for _, name := range names {
		id := m.inode(name)
		m.synced[id] = true
		m.settle(func(s step) bool { return slices.Contains(s.in, id) })
		m.crash()
	}
	return nil
}

func (m *modelFS) syncTree(string) error { // syncfs
	for id := range m.inodes + 1 {
		m.synced[id] = true
	}
	m.settle(func(step) bool { return true })
	m.crash()
	return nil
}

// settle brings steps to the disk. A name that an earlier step set and this one sets
// too is then as this one sets it.
func (m *modelFS) settle(now func(step) bool) {
	var left []step
	for _, s := range m.pending {
		if !now(s) {
			left = append(left, s)
			continue
		}
		for e, id := range s.to {
			set(m.disk, e, id)
			for _, before := range left {
				delete(before.to, e)
			}
		}
	}
	m.pending = left
}

func set(entries map[entry]int, e entry, id int) {
	if id == 0 {
		delete(entries, e)
	} else {
		entries[e] = id
	}
}

// states returns the states that a power cut can leave now, each once over all calls with the same
// seen: every combination of the operations that are not on the disk if there are few, else those
// with one operation more or less and some at random.
func (m *modelFS) states(random *rand.Rand, seen map[uint64]bool) []map[string]string {
	var list []map[string]string
	for _, chosen := range subsets(random, len(m.pending)) {
		entries := maps.Clone(m.disk)
		for i, s := range m.pending {
			if !chosen[i] {
				continue
			}
			for e, id := range s.to {
				set(entries, e, id)
			}
		}
		for _, written := range []bool{false, true} {
			state := map[string]string{"": "directory"}
			m.fill(state, entries, topDir, "", written)
			if sum := sumOf(state); !seen[sum] {
				seen[sum] = true
				list = append(list, state)
			}
		}
	}
	return list
}

// fill adds everything under a directory. Contents that are not on the disk are there if
// written is true, else the file is empty.
func (m *modelFS) fill(state map[string]string, entries map[entry]int, dir int, at string, written bool) {
	for e, id := range entries {
		if e.dir != dir {
			continue
		}
		name := at + "/" + e.name
		switch {
		case m.isDir[id]:
			state[name] = "directory"
			m.fill(state, entries, id, name, written)
		case m.synced[id] || written:
			state[name] = m.data[id]
		default:
			state[name] = ""
		}
	}
}

// subsets returns sets of n things.
func subsets(random *rand.Rand, n int) [][]bool {
	const all = 6 // of up to so many things every set is returned
	var list [][]bool
	if n <= all {
		for bits := range 1 << n {
			chosen := make([]bool, n)
			for i := range chosen {
				chosen[i] = bits>>i&1 == 1
			}
			list = append(list, chosen)
		}
		return list
	}
	stride := 3
	if os.Getenv("SENET_TEST_LONG") == "1" {
		stride = 1
	}
	for i := 0; i <= n; i += stride {
		prefix, one, but := make([]bool, n), make([]bool, n), make([]bool, n)
		for k := range n {
			prefix[k], one[k], but[k] = k < i, k == i, k != i
		}
		list = append(list, prefix, one, but)
	}
	for range 20 / stride {
		chosen := make([]bool, n)
		for k := range chosen {
			chosen[k] = random.IntN(2) == 1
		}
		list = append(list, chosen)
	}
	return list
}

var stateSeed = maphash.MakeSeed()

func sumOf(state map[string]string) uint64 {
	var h maphash.Hash
	h.SetSeed(stateSeed)
	for _, name := range slices.Sorted(maps.Keys(state)) {
		fmt.Fprintf(&h, "%q %d ", name, len(state[name]))
		_, _ = h.WriteString(state[name])
	}
	return h.Sum64()
}
