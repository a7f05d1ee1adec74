package house

import (
	"bytes"
	"flag"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "list the names of the public packages anew")

// TestAPI: what api/ lists of the public packages is there, as docs/compatibility.md
// promises. What was added need not be listed before a release.
func TestAPI(t *testing.T) {
	seen := make(map[string]bool)
	for name := range packages(t) {
		if public(name) {
			file := filepath.Join("..", "..", "api", apiFile(name))
			seen[filepath.Base(file)] = true
			have := apiOf(t, filepath.Join("..", "..", name))
			if *update {
				if err := os.WriteFile(file, []byte(strings.Join(have, "\n")+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				continue // a package that is new
			}
			for want := range strings.Lines(string(text)) {
				if want = strings.TrimSuffix(want, "\n"); !slices.Contains(have, want) {
					t.Errorf("package %s no longer has: %s\n(make api lists anew; say in CHANGELOG.md what changed)",
						name, want)
				}
			}
		}
	}
	files, err := filepath.Glob("../../api/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("nothing is listed", err)
	}
	for _, file := range files {
		if !seen[filepath.Base(file)] {
			t.Errorf("%s lists a package that is gone", file)
		}
	}
}

// TestAPIFinds: a removed name and a changed type are found; comments and names that are not
// exported are ignored.
func TestAPIFinds(t *testing.T) {
	dir := t.TempDir()
	list := func(source string) string {
		if err := os.WriteFile(filepath.Join(dir, "x.go"), []byte("package x\n"+source), 0o600); err != nil {
			t.Fatal(err)
		}
		return strings.Join(apiOf(t, dir), "\n")
	}
	const before = "// T is.\ntype T struct {\n\tA int // a\n\tb int\n}\n" +
		"func (t *T) M(x int) error { return nil }\nconst C T2 = \"c\"\n"
	const want = "const C T2 = \"c\"\nfunc (t *T) M(x int) error\ntype T struct\ntype T struct, A int"
	if got := list(before); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	if list(strings.Replace(before, "b int", "c string", 1)) != want {
		t.Error("a field that is not exported is listed")
	}
	for _, change := range [][2]string{{"A int", "A int64"}, {"M(x int)", "M(y string)"}, {`"c"`, `"d"`},
		{"(t *T)", "(t T)"}} {
		if list(strings.Replace(before, change[0], change[1], 1)) == want {
			t.Errorf("%s instead of %s is not found", change[1], change[0])
		}
	}
}

func public(name string) bool {
	for _, part := range strings.Split(name, "/") {
		if part == "internal" || part == "cmd" || part == "packaging" || part == "examples" {
			return false
		}
	}
	return true
}

// apiFile is the file that lists a package.
func apiFile(name string) string {
	if name == "." {
		name = "senet"
	}
	return strings.ReplaceAll(name, "/", "_") + ".txt"
}

// apiOf lists the exported names of the package in a directory, one a line.
func apiOf(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			list = append(list, declaration(d)...)
		}
	}
	slices.Sort(list)
	return slices.Compact(list) // a name may stand in a file for each system
}

func declaration(d ast.Decl) (list []string) {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && (d.Recv == nil || ast.IsExported(receiver(d.Recv.List[0].Type))) {
			d.Body = nil
			list = append(list, text(d))
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch spec := spec.(type) {
			case *ast.ValueSpec:
				for i, name := range spec.Names {
					line := d.Tok.String() + " " + name.Name
					if spec.Type != nil {
						line += " " + text(spec.Type)
					}
					if d.Tok == token.CONST && i < len(spec.Values) {
						line += " = " + value(spec.Values[i])
					}
					if name.IsExported() {
						list = append(list, line)
					}
				}
			case *ast.TypeSpec:
				if spec.Name.IsExported() {
					list = append(list, typeLines(spec)...)
				}
			}
		}
	}
	return list
}

// typeLines lists a type, a struct with a line for each exported field.
func typeLines(spec *ast.TypeSpec) []string {
	head := "type " + spec.Name.Name
	s, ok := spec.Type.(*ast.StructType)
	if !ok {
		if spec.Assign.IsValid() {
			head += " ="
		}
		return []string{head + " " + text(spec.Type)}
	}
	list := []string{head + " struct"}
	for _, f := range s.Fields.List {
		if len(f.Names) == 0 {
			list = append(list, head+" struct, "+text(f.Type))
		}
		for _, name := range f.Names {
			if name.IsExported() {
				list = append(list, head+" struct, "+name.Name+" "+text(f.Type))
			}
		}
	}
	return list
}

// value writes the value of a constant, text that is put together as one.
func value(e ast.Expr) string {
	if s, ok := joined(e); ok {
		return strconv.Quote(s)
	}
	return text(e)
}

func joined(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		x, ok := joined(e.X)
		y, ok2 := joined(e.Y)
		return x + y, ok && ok2
	}
	return "", false
}

// receiver is the name of a method's type.
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

// text writes a part of a source on one line.
func text(n any) string {
	var b bytes.Buffer
	if err := printer.Fprint(&b, token.NewFileSet(), n); err != nil {
		return err.Error()
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
