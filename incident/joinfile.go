package incident

import (
	"iter"
	"path"
	"slices"
	"strings"

	"github.com/senet-selinux/senet/audit"
)

// fileLooks returns what the denial of a file may look like: of the file, of a directory of its path, the nearest
// first, or of one that the record does not name.
func fileLooks(name string) (looks []look) {
	files, permission := isFile, ""
	relative := !path.IsAbs(name) && strings.Contains(name, "/")
	for ; name != "" && name != "/" && name != "."; name = path.Dir(name) {
		looks = append(looks, look{class: files, permission: permission, file: true,
			path: "/" + strings.TrimPrefix(name, "/"), relative: relative && len(looks) == 0})
		if len(looks) == maxDirectories {
			break
		}
		if len(looks) > 1 { // of the directories above that of the file only the way through is asked for
			permission = "search"
		}
		files = oneOf("dir", "lnk_file")
	}
	return append(looks, look{class: isFile, file: true, nameless: true, vague: true})
}

// permissionsOf returns the permissions that an operation on a file may be refused, nil if that is not known. A search
// of a directory comes before each of them.
func permissionsOf(operation string) []string {
	const inDirectory = "search write add_name remove_name"
	var perms string
	switch operation {
	case "open":
		perms = "open read write append create map getattr lock " + inDirectory
	case "read", "list":
		perms = "search open read map getattr lock ioctl"
	case "write":
		perms = "open append create lock ioctl " + inDirectory
	case "create", "mkdir":
		perms = "open create setattr " + inDirectory
	case "unlink", "rmdir":
		perms = "unlink rmdir " + inDirectory
	case "rename":
		perms = "rename reparent unlink rmdir " + inDirectory
	case "link":
		perms = "link create " + inDirectory
	case "chown", "chmod", "utime":
		perms = "setattr write search"
	case "stat":
		perms = "getattr search"
	case "chdir", "search":
		perms = "search"
	case "execute":
		perms = "execute execute_no_trans entrypoint map open read search"
	case "mmap":
		perms = "map open read search"
	case "map", "execmod":
		perms = "map execute execmod open read search"
	default:
		return nil
	}
	return strings.Fields(perms)
}

// socketPermissions returns the permissions that an operation on a UNIX socket may be refused on its file.
func socketPermissions(operation string) []string {
	if operation == "connect" {
		return []string{"write"}
	}
	return []string{"create", "unlink", "setattr"}
}

// otherLooks returns what the denial of a complaint may look like by what the program did: to another file of the same
// directory, to a file that the complaint does not name, to a file system, or to itself. Only a denial of the same
// program counts.
func otherLooks(name string, said *audit.Symptom) (looks []look) {
	switch said.Operation {
	case "mount", "unmount":
		looks = append(looks, look{class: oneOf("filesystem"), permissions: []string{said.Operation, "remount"},
			vague: true})
		if said.Operation == "mount" {
			looks = append(looks, look{class: oneOf("dir", "file"), permissions: []string{"mounton"}, vague: true})
		}
		return looks
	case "execstack":
		return []look{{class: oneOf("process"), permissions: []string{"execstack", "execmem"}, vague: true}}
	}
	perms := permissionsOf(said.Operation)
	if perms == nil || said.Program == "" || name == "" && said.Path != "" {
		return nil
	}
	if name == "" {
		return []look{{class: isFile, permissions: perms, nearest: sameName, vague: true}}
	}
	if said.Operation == "execute" { // it starts this program and no other
		return nil
	}
	class := isFile
	if said.Class != "" {
		class = oneOf(said.Class)
	}
	return []look{{class: class, permissions: perms, beside: name, nearest: sameName, vague: true}}
}

// modeLooks returns what the denial of a complaint about a file may look like whose owner or mode refused the program:
// it was to do without them by a capability. Only a denial of the same program counts.
func modeLooks(said *audit.Symptom) []look {
	if said.Program == "" || said.Operation == "" && !path.IsAbs(said.Path) ||
		said.Operation != "" && permissionsOf(said.Operation) == nil {
		return nil
	}
	class := oneOf("capability", "cap_userns")
	return []look{
		{class: class, permissions: []string{"dac_override"}, nearest: sameName, vague: true},
		{class: class, permissions: []string{"dac_read_search"}, nearest: sameName, vague: true},
	}
}

// otherMode returns the denial of the other capability for modes, of the same domain: the kernel asks for both, one
// after the other, where the owner or mode of one file refuses the program.
func otherMode(kinds []audit.Kind, sig audit.Signature) (list []audit.Signature) {
	other := map[string]string{"dac_override": "dac_read_search", "dac_read_search": "dac_override"}[sig.Permissions]
	if other == "" {
		return nil
	}
	for i := range kinds {
		k := &kinds[i].Signature
		if k.Permissions == other && k.Class == sig.Class && k.SourceType == sig.SourceType && k.Result == sig.Result {
			list = append(list, *k)
		}
	}
	return list
}

// maxDirectories bounds the directories of a path that are looked for.
const maxDirectories = 32

// isFile reports whether a class is one of files, but for sockets.
func isFile(class string) bool {
	switch class {
	case "file", "dir", "lnk_file", "fifo_file", "chr_file", "blk_file":
		return true
	}
	return false
}

// A fileIndex has the places of the denials of files in a list of kinds: by the last part of a name in their records,
// and those without a name.
type fileIndex struct {
	named    map[string][]int
	nameless []int
}

// indexFiles makes the index of a list of kinds.
func (x *examination) indexFiles(kinds []audit.Kind) *fileIndex {
	index := &fileIndex{named: make(map[string][]int)}
	for i := range kinds {
		sig := kinds[i].Signature
		if sig.Result == audit.Granted || !isFile(sig.Class) {
			continue
		}
		g, ok := x.log.folder.Find(sig)
		if ok && len(g.Objects) == 0 {
			index.nameless = append(index.nameless, i)
		}
		for _, o := range g.Objects {
			name := baseName(strings.TrimRight(o, "/"))
			if list := index.named[name]; len(list) == 0 || list[len(list)-1] != i {
				index.named[name] = append(list, i)
			}
		}
	}
	return index
}

// likely yields the places of the kinds that may look so: of those of files only the ones with the name.
func (x *examination) likely(kinds []audit.Kind, l *look) iter.Seq[int] {
	if !l.file {
		return func(yield func(int) bool) {
			for i := range kinds {
				if !yield(i) {
					return
				}
			}
		}
	}
	if x.files == nil {
		x.files = x.indexFiles(kinds)
	}
	if l.nameless {
		return slices.Values(x.files.nameless)
	}
	return slices.Values(x.files.named[baseName(l.path)])
}
