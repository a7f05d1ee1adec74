package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// TestNoDocuments: no exported type of a public package has JSON tags: the documents are those
// of internal/doc. The facts that host.Save writes are a file of package host's own.
func TestNoDocuments(t *testing.T) {
	for name := range packages(t) {
		top, _, _ := strings.Cut(name, "/")
		if top == "cmd" || strings.Contains("/"+name+"/", "/internal/") || name == "host" {
			continue
		}
		files, err := filepath.Glob(filepath.Join("../..", name, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatal(name, err)
		}
		for _, file := range files {
			parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(parsed, func(n ast.Node) bool {
				spec, ok := n.(*ast.TypeSpec)
				if !ok || !spec.Name.IsExported() {
					return true
				}
				ast.Inspect(spec, func(n ast.Node) bool {
					if f, ok := n.(*ast.Field); ok && f.Tag != nil && strings.Contains(f.Tag.Value, "json:") {
						t.Errorf("%s: type %s has the tag %s", file, spec.Name, f.Tag.Value)
					}
					return true
				})
				return true
			})
		}
	}
}
