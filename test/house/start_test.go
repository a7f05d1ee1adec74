package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestStart: no package of the program builds a map or compiles a regular expression when the program starts, and none
// has a func init: each start of senet would pay for it.
func TestStart(t *testing.T) {
	list := exec.Command("go", "list", "-deps", "-f",
		`{{if and .Module .Module.Main}}{{$dir := .Dir}}{{range .GoFiles}}{{$dir}}/{{.}} {{end}}{{end}}`, "./cmd/senet")
	list.Dir = "../.."
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	names := strings.Fields(string(out))
	if len(names) < 500 {
		t.Errorf("only %d files", len(names))
	}
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, what := range startWork(t, src) {
			t.Errorf("%s: %s: it is no work for the start", name, what)
		}
	}
}

// startWork returns the names of what a file would do when a program starts.
func startWork(t *testing.T, src []byte) (found []string) {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), "", src, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil && d.Name.Name == "init" {
				found = append(found, "init")
			}
		case *ast.GenDecl:
			for _, s := range d.Specs {
				v, ok := s.(*ast.ValueSpec)
				if ok && slices.ContainsFunc(v.Values, buildsAtStart) {
					found = append(found, v.Names[0].Name)
				}
			}
		}
	}
	return found
}

// buildsAtStart reports whether a value has a map, or an expression of package regexp, outside of a function.
func buildsAtStart(e ast.Expr) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.MapType:
			found = true
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && x.Name == "regexp" {
				found = true
			}
		}
		return !found
	})
	return found
}

// TestStartFinds: what works at the start is found, and what works later is not.
func TestStartFinds(t *testing.T) {
	const src = `package p
var a = map[string]int{"x": 1}
var b = []struct{ m any }{{map[int]int{}}}
var c = regexp.MustCompile("x")
var d = sync.OnceValue(func() map[string]int { return map[string]int{} })
var e map[string]int
var f = make(map[string]bool)
func init() {}
func (t) init() {}
`
	if got := strings.Join(startWork(t, []byte(src)), " "); got != "a b c f init" {
		t.Errorf("found %q", got)
	}
}
