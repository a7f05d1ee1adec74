package refpolicy

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/senet-selinux/senet/internal/sysroot"
	"github.com/senet-selinux/senet/internal/usercache"
)

// An index takes a tenth of a second to make, and is kept in the user's cache, one file for each directory of headers:
//
//	the magic, the program that wrote it
//	the number of files and directories of the headers, and for each its path, size, inode, time of the last
//	change, and time of modification
//	the form of the index
//
// It is used while all of these are as they were. An index is not written if one of them changed so shortly before it
// was read that another change may have the same time.
const (
	fileMagic = "senet index file 1\n"
	filePath  = "interfaces-"
	// keptFiles is how many directories of headers are remembered.
	keptFiles = 8
	// tick is more than the granularity of times of files.
	tick = 2 * time.Second
	// maxIndex bounds the file: that of Debian's headers has 3 MB.
	maxIndex = 1 << 30
)

// OpenIndex returns the index of the headers that [OpenNamed] reads, from the user's cache if it is there. The error
// is that of [OpenNamed] or a [*TooMuchError].
func OpenIndex(root, dir string) (*Index, error) {
	tree, dir, err := named(root, dir)
	if err != nil {
		return nil, err
	}
	dir = cmp.Or(dir, Dir)
	cache := cacheFile(tree, dir)
	if x := cachedIndex(cache, tree); x != nil {
		x.open = func() (*Headers, error) { return Open(tree, dir, Override{}) }
		x.expand = x.expandBySupport(tree, dir)
		return x, nil
	}
	began := time.Now()
	h, err := Open(tree, dir, Override{})
	if err != nil {
		return nil, err
	}
	x, err := h.Index()
	if err == nil && cache != "" {
		keepIndex(cache, tree, h, x, began)
	}
	return x, err
}

// cacheFile returns the name of the file for a directory, "" if there is no cache.
func cacheFile(tree sysroot.Root, dir string) string {
	cache := usercache.Dir()
	if cache == "" {
		return ""
	}
	sum := usercache.SumOf([]byte(tree.Dir()), []byte{0}, []byte(dir))
	return filepath.Join(cache, fmt.Sprintf("%s%x", filePath, sum[:8]))
}

// A stamp is the state of a file or directory.
type stamp [4]uint64

func stampOf(tree sysroot.Root, name string) (s stamp, changed time.Time, ok bool) {
	info, err := tree.Stat(name)
	if err != nil || info.Changed().IsZero() {
		return s, time.Time{}, false
	}
	return stamp{uint64(info.Size()), info.Inode(), uint64(info.Changed().UnixNano()),
		uint64(info.ModTime().UnixNano())}, info.Changed(), true
}

// cachedIndex returns the index in a file, nil if there is none that is still right.
func cachedIndex(file string, tree sysroot.Root) *Index {
	if file == "" {
		return nil
	}
	f, err := sysroot.Root{}.Open(file, maxIndex)
	if err != nil {
		return nil
	}
	defer f.Close()
	data, release, err := mapFile(f)
	if err != nil {
		return nil
	}
	x := indexOf(data, tree)
	if x == nil {
		release()
		return nil
	}
	x.whenGone(release)
	return x
}

// indexOf returns the index in the bytes of a cache file, nil if it is not right for the headers of a system.
func indexOf(data []byte, tree sysroot.Root) *Index {
	program := usercache.Program()
	rest, ok := cut(data, fileMagic+string(program[:]))
	if !ok || program == (usercache.Sum{}) {
		return nil
	}
	count, rest, ok := uint32At(rest)
	if !ok || count == 0 {
		return nil
	}
	for range count {
		var n uint32
		if n, rest, ok = uint32At(rest); !ok || uint64(n)+uint64(binary.Size(stamp{})) > uint64(len(rest)) {
			return nil
		}
		name := string(rest[:n])
		rest = rest[n:]
		now, _, ok := stampOf(tree, name)
		if !ok {
			return nil
		}
		for _, want := range now {
			if binary.LittleEndian.Uint64(rest) != want {
				return nil
			}
			rest = rest[8:]
		}
	}
	n, rest, ok := uint32At(rest)
	if !ok || uint64(n) > uint64(len(rest)) {
		return nil
	}
	x, err := readIndex(rest[n:])
	if err != nil {
		return nil
	}
	x.Dir = string(rest[:n])
	return x
}

func cut(b []byte, prefix string) ([]byte, bool) {
	if len(b) < len(prefix) || string(b[:len(prefix)]) != prefix {
		return nil, false
	}
	return b[len(prefix):], true
}

func uint32At(b []byte) (n uint32, rest []byte, ok bool) {
	if len(b) < 4 {
		return 0, nil, false
	}
	return binary.LittleEndian.Uint32(b), b[4:], true
}

// keepIndex writes an index that was made of headers read since a time. Errors do not matter: the index is made again.
func keepIndex(file string, tree sysroot.Root, h *Headers, x *Index, began time.Time) {
	program := usercache.Program()
	if program == (usercache.Sum{}) {
		return
	}
	b := append([]byte(fileMagic), program[:]...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(h.read)))
	for _, name := range h.read {
		s, changed, ok := stampOf(tree, name)
		if !ok || changed.After(began.Add(-tick)) {
			return
		}
		b = append(binary.LittleEndian.AppendUint32(b, uint32(len(name))), name...)
		for _, n := range s {
			b = binary.LittleEndian.AppendUint64(b, n)
		}
	}
	b = append(binary.LittleEndian.AppendUint32(b, uint32(len(h.Dir))), h.Dir...)
	b = append(b, x.data...)
	if (sysroot.Root{}).AtomicWrite(filepath.ToSlash(file), b, sysroot.Attrs{Mode: 0o600}) == nil {
		forget(filepath.Dir(file))
	}
}

// forget removes the oldest indexes of a directory, and what killed processes left of one.
func forget(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	var files []fs.FileInfo
	for _, e := range entries {
		info, err := e.Info()
		switch {
		case err != nil: // another process removed it
		case strings.HasPrefix(e.Name(), filePath):
			files = append(files, info)
		case sysroot.IsBeside(e.Name()) && time.Since(info.ModTime()) > time.Hour:
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
	slices.SortFunc(files, func(a, b fs.FileInfo) int { return b.ModTime().Compare(a.ModTime()) })
	for _, old := range files[min(keptFiles, len(files)):] {
		_ = os.Remove(filepath.Join(dir, old.Name())) // another process may have been faster
	}
}
