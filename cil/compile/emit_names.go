package compile

import "github.com/senet-selinux/senet/policydb"

// fileNames collects the type transitions of file names. It mirrors
// policydb_filetrans_insert.
type fileNames struct {
	e     *emitter
	keys  []fileKeyed
	index map[fileKeyed]int
	lists [][]fileResult
}

type fileKeyed struct {
	target, class uint32
	name          string
}

type fileResult struct {
	result  uint32
	sources bitset
}

func newFileNames(e *emitter) *fileNames {
	return &fileNames{e: e, index: make(map[fileKeyed]int)}
}

func (f *fileNames) add(r *typeRule) {
	e := f.e
	name := e.names[e.data[r.fileName].name]
	srcs := e.members(r.src)
	tgts := srcs
	if r.tgt != 0 {
		tgts = e.members(r.tgt)
	}
	for _, class := range e.expandClass(r.class) {
		for i, s := range srcs {
			if r.tgt == 0 {
				f.insert(r, uint32(s), fileKeyed{uint32(tgts[i]), e.val[class], name})
				continue
			}
			for _, t := range tgts {
				f.insert(r, uint32(s), fileKeyed{uint32(t), e.val[class], name})
			}
		}
	}
}

func (f *fileNames) insert(r *typeRule, source uint32, key fileKeyed) {
	e := f.e
	result := e.val[r.result]
	n, ok := f.index[key]
	if !ok {
		n = len(f.keys)
		f.index[key] = n
		f.keys = append(f.keys, key)
		f.lists = append(f.lists, nil)
	}
	for i := range f.lists[n] {
		l := &f.lists[n][i]
		if l.sources.has(source - 1) {
			if l.result != result {
				d := e.failStmt(r.stmt, "another rule gives %s %s %s of the name %q the type %s, not %s",
					e.fqn(e.typeOf[source]),
					e.fqn(e.typeOf[key.target]), e.fqn(e.classOf[key.class]), key.name, e.fqn(e.typeOf[l.result]),
					e.fqn(r.result))
				d.Kind = Conflict
			}
			return
		}
		if l.result == result {
			l.sources.set(source - 1)
			return
		}
	}
	set := newBitset(e.pol.Types.NPrim)
	set.set(source - 1)
	f.lists[n] = append(f.lists[n], fileResult{result, set})
}

func (f *fileNames) table() policydb.FilenameTransTab {
	var list []policydb.FilenameTrans
	for n, key := range f.keys {
		for _, l := range f.lists[n] {
			list = append(list, policydb.FilenameTrans{
				Target: key.target, Class: key.class, Name: key.name, Result: l.result,
				Sources: policydb.BitmapOfWords(l.sources),
			})
		}
	}
	return policydb.NewFilenameTrans(f.e.pol.Version, list)
}
