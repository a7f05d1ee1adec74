package semanage

import (
	"cmp"
	"slices"
	"strings"
)

// Export returns the commands with which semanage import makes the local records
// of the given kinds, in the text and the order of semanage export: first what
// deletes them all, then the records of each kind, sorted.
func Export(records map[Kind][]Record) []byte {
	var out []byte
	for _, kind := range Kinds() {
		if _, ok := records[kind]; ok && kind != Equivalences { // which go with the file contexts
			out = append(out, kind.String()+" -D\n"...)
		}
	}
	for _, kind := range Kinds() {
		for _, line := range ExportLines(records[kind]) {
			out = append(append(out, line...), '\n')
		}
	}
	return out
}

// ExportLines returns the commands that make the records, sorted as semanage
// sorts those of their kind. Of several records with one key the last counts.
func ExportLines(records []Record) []string {
	known := byKey(records)
	list := slices.DeleteFunc(slices.Clone(records), func(r Record) bool { return known[r.Key()] != r })
	slices.SortStableFunc(list, compareExport)
	var lines []string
	var last Key
	for _, r := range list {
		if r.Key() == last {
			continue // the same record twice
		}
		last = r.Key()
		if line := r.exportLine(); line != "" {
			lines = append(lines, r.Kind().exportCommand()+" "+line)
		}
	}
	return lines
}

// exportCommand returns the subcommand that makes records of the kind.
func (k Kind) exportCommand() string {
	if k == Equivalences {
		k = FileContexts
	}
	return k.String()
}

// compareExport orders records as the keys of seobject.py's dictionaries sort.
func compareExport(a, b Record) int {
	if a.Kind() != b.Kind() {
		return cmp.Compare(a.Kind(), b.Kind())
	}
	switch a := a.(type) {
	case Port:
		b := b.(Port)
		return cmp.Or(cmp.Compare(a.Low, b.Low), cmp.Compare(a.High, b.High),
			strings.Compare(a.Protocol.String(), b.Protocol.String()))
	case Node:
		b := b.(Node)
		return cmp.Or(strings.Compare(addrText(a.Addr), addrText(b.Addr)),
			strings.Compare(addrText(a.Mask), addrText(b.Mask)),
			strings.Compare(family(a.Addr), family(b.Addr)))
	case IBPKey:
		b := b.(IBPKey)
		return cmp.Or(cmp.Compare(a.Low, b.Low), cmp.Compare(a.High, b.High),
			strings.Compare(subnetText(a.Subnet), subnetText(b.Subnet)))
	case FileContext:
		b := b.(FileContext)
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(FilesName(a.Files), FilesName(b.Files)))
	case Equivalence: // as they stand
		return 0
	case IBEndPort:
		b := b.(IBEndPort)
		return cmp.Or(cmp.Compare(a.Port, b.Port), strings.Compare(a.Device, b.Device))
	}
	return strings.Compare(a.Key().String(), b.Key().String())
}
