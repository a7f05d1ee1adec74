package house

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// maxExample is the largest length of an Example, in lines.
const maxExample = 30

// TestExamples: each public package says in its comment where to start, and has an Example
// that is run and that a reader takes in at a glance.
func TestExamples(t *testing.T) {
	for name := range packages(t) {
		if !public(name) && name != "examples" {
			continue
		}
		dir := filepath.Join("../..", name)
		comment, found := "", 0
		eachFile(t, dir, func(set *token.FileSet, file *ast.File, test bool) {
			if !test {
				comment += file.Doc.Text()
				return
			}
			for _, e := range doc.Examples(file) {
				if e.Output == "" && !e.EmptyOutput {
					t.Errorf("%s: Example%s has no output, so it is not run", name, e.Name)
				}
				found++
			}
			for _, d := range file.Decls {
				f, ok := d.(*ast.FuncDecl)
				if !ok || !strings.HasPrefix(f.Name.Name, "Example") {
					continue
				}
				// Between the braces: what a reader of the documentation sees.
				lines := set.Position(f.Body.Rbrace).Line - set.Position(f.Body.Lbrace).Line - 1
				if lines > maxExample {
					t.Errorf("%s: %s has %d lines", name, f.Name.Name, lines)
				}
			}
		})
		if found == 0 {
			t.Errorf("%s has no Example", name)
		}
		if !strings.Contains(comment, "Start here:") {
			t.Errorf("the comment of %s does not say where to start", name)
		}
	}
}

// eachFile parses the files of a directory, those of the tests too.
func eachFile(t *testing.T, dir string, see func(set *token.FileSet, file *ast.File, test bool)) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(names) == 0 {
		t.Fatal(dir, err)
	}
	for _, name := range names {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, source, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		see(set, file, strings.HasSuffix(name, "_test.go"))
	}
}
