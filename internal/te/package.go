package te

import (
	"fmt"
	"strings"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/internal/pp"
)

// Package compiles a source and makes a package with file contexts, nil for none, as checkmodule
// and semodule_package do. o.Contexts names the file of the contexts, for messages.
func Package(text string, contexts []byte, o Options) (*pp.Package, []*compile.Diagnostic, error) {
	r, err := Compile(text, o)
	if err != nil {
		return nil, nil, err
	}
	if found := checkContexts(string(contexts), o.Contexts); len(found.List) > 0 {
		return nil, r.Warnings, found
	}
	data, err := r.Module.Encode()
	if err != nil {
		return nil, r.Warnings, fmt.Errorf("module %s in version %d: %w", r.Module.Name, r.Module.Version, err)
	}
	m, err := pp.DecodeModule(data)
	if err != nil {
		return nil, r.Warnings, err
	}
	p := &pp.Package{Module: m.Repacked()}
	if len(contexts) > 0 {
		p.FileContexts = contexts
	}
	return p, r.Warnings, nil
}

// fileKinds are the kinds of files in the second field of file contexts.
var fileKinds = &wordSet{text: "-- -d -c -b -s -p -l"}

// checkContexts finds invalid lines of file contexts.
func checkContexts(text, file string) *compile.Errors {
	found := &compile.Errors{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\n")
		words := strings.Fields(line)
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		msg := ""
		label := words[len(words)-1]
		switch parts := strings.SplitN(label, ":", 4); {
		case strings.Contains(line, "gen_context("):
			msg = "gen_context(...) is a macro of refpolicy, which m4 must replace first"
		case len(words) < 2 || len(words) > 3:
			msg = "a line must have a path, optionally a kind of file, and a context"
		case len(words) == 3 && !fileKinds.has(words[1]):
			msg = fmt.Sprintf("%q is not a kind of file: -- -d -c -b -s -p or -l", words[1])
		case label != "<<none>>" && len(parts) < 3:
			msg = fmt.Sprintf("%q is not a context: user:role:type:level, or <<none>>", label)
		default:
			continue
		}
		column := len(line) - len(strings.TrimLeft(line, " \t")) + 1
		found.List = append(found.List, &compile.Diagnostic{File: file, Pos: cil.Pos{Line: n, Column: column},
			Source: line, Msg: msg})
		if len(found.List) == maxErrors {
			break
		}
	}
	return found
}
