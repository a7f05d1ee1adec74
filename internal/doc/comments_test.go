package doc_test

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
)

const module = "github.com/senet-selinux/senet"

// comments has what the sources of packages say of types: their comments, and the
// values of named strings.
type comments struct {
	packages map[string]bool
	texts    map[string]string   // of package.Type and package.Type.Field
	strings  map[string][]string // the constants of package.Type
}

func newComments() *comments {
	return &comments{packages: map[string]bool{}, texts: map[string]string{}, strings: map[string][]string{}}
}

func (c *comments) ofType(t reflect.Type) string {
	c.read(t)
	return c.texts[t.String()]
}

func (c *comments) ofField(t reflect.Type, field string) string {
	c.read(t)
	return c.texts[t.String()+"."+field]
}

// closed are the types whose values are all there are: of others the constants are
// not listed, for more may come.
var closed = map[string]bool{
	"network.Verdict": true, "network.Operation": true, "network.Protocol": true, "diagnose.Verdict": true,
	"remedy.Action": true, "remedy.Applicability": true, "change.Status": true, "explain.Asked": true,
}

// values returns the values of a named string, nil where others may come.
func (c *comments) values(t reflect.Type) []string {
	if !closed[t.String()] {
		return nil
	}
	c.read(t)
	return c.strings[t.String()]
}

// read reads the sources of a type's package.
func (c *comments) read(t reflect.Type) {
	path, ours := strings.CutPrefix(t.PkgPath(), module)
	if c.packages[t.PkgPath()] || !ours {
		return
	}
	c.packages[t.PkgPath()] = true
	dir := filepath.Join("..", "..", filepath.FromSlash(path))
	p, err := build.ImportDir(dir, 0)
	if err != nil {
		return // of this test
	}
	for _, name := range p.GoFiles {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, name), nil, parser.ParseComments)
		if err != nil {
			continue // it would not have been compiled
		}
		for _, d := range file.Decls {
			if d, ok := d.(*ast.GenDecl); ok {
				c.declaration(p.Name, d)
			}
		}
	}
}

func (c *comments) declaration(room string, d *ast.GenDecl) {
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.ValueSpec:
			typ, ok := spec.Type.(*ast.Ident)
			if d.Tok != token.CONST || !ok {
				continue
			}
			for _, v := range spec.Values {
				if lit, ok := v.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					text, _ := strconv.Unquote(lit.Value)
					c.strings[room+"."+typ.Name] = append(c.strings[room+"."+typ.Name], text)
				}
			}
		case *ast.TypeSpec:
			name := room + "." + spec.Name.Name
			c.texts[name] = oneLine(d.Doc, spec.Doc)
			s, ok := spec.Type.(*ast.StructType)
			if !ok {
				continue
			}
			for _, f := range s.Fields.List {
				for _, id := range f.Names {
					c.texts[name+"."+id.Name] = oneLine(f.Doc, f.Comment)
				}
			}
		}
	}
}

// oneLine joins comments to a line.
func oneLine(groups ...*ast.CommentGroup) string {
	var words []string
	for _, g := range groups {
		words = append(words, strings.Fields(g.Text())...)
	}
	return strings.Join(words, " ")
}
