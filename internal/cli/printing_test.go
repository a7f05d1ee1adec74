package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestPrinting holds what makes printed text inert in the sources of this package and
// of package say:
// text goes out by package words alone, its formats are constants, what is called laid
// out is ours, and commands are put together by package shell alone.
func TestPrinting(t *testing.T) {
	var files []string
	for _, pattern := range []string{"*.go", "../say/*.go"} {
		list, err := filepath.Glob(pattern)
		if err != nil || len(list) == 0 {
			t.Fatal(pattern, err)
		}
		files = append(files, list...)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || name == "usage.go" { // help texts, which are constants
			continue
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, complaint := range printingComplaints(set, file) {
			t.Error(complaint)
		}
	}
}

// TestPrintingRules shows that each rule finds a violation.
func TestPrintingRules(t *testing.T) {
	for _, code := range []string{
		`fmt.Fprintf(w, "x")`,
		`fmt.Println("x")`,
		`io.WriteString(w, name)`,
		`os.Stdout.WriteString(name)`,
		`b.Printf(name)`,
		`b.Line("why", name)`,
		`_ = words.Sprintf("next " + name)`,
		`_ = words.Format(name)`,
		`_ = words.Lines(name)`,
		`_ = "senet can " + name`,
		`_ = words.Sprintf("senet fix %s", name)`,
		`_ = words.Format("try: semanage port -d %s", name)`,
		`b.Printf("next  %s\n", name)`,
	} {
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, "x.go", "package x\nfunc f() { "+code+" }", 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(printingComplaints(set, file)) == 0 {
			t.Errorf("no complaint about %s", code)
		}
	}
}

var (
	// formats are the functions whose first string is a format, with the number of
	// arguments before it.
	formats = map[string]int{"b.Printf": 0, "words.Sprintf": 0, "words.Format": 0, "words.Errorf": 0,
		"words.Fprintf": 1, "words.WrapFormat": 1, "b.Line": 1}
	// laidOut are the expressions that may be called laid out: CIL, whose writer
	// quotes, the forms of package form, the book's own paragraphs.
	laidOut = []string{"rootHelp()", "d.Text()", "cil.Format(nodes)", "m.CIL", "way.Text", "undo", "text",
		"a.forms(fix)[0].Text", "noInputHint",
		"strings.TrimSpace(a.forms(f)[0].Text)", "words.Safe(strings.Join(groups[k], \", \"))"}
	program = regexp.MustCompile(`(^|[:;,] |\n *|next +|undo +)(sudo|senet|semanage|semodule|setsebool|restorecon) `)
	// sentence is a text about a command, not one to paste.
	sentence = regexp.MustCompile(
		` takes |: what is to be done| has no verb|an earlier senet fix|since senet fix|none of senet| export ` +
			`shows| changed nothing|^senet %s\n|^semodule %s: |^senet why explains: | --undo takes it back`)
	labelled = regexp.MustCompile(`^(next|undo|do|also) +%`)
)

func printingComplaints(set *token.FileSet, file *ast.File) (list []string) {
	complain := func(n ast.Node, text string) { list = append(list, set.Position(n.Pos()).String()+": "+text) }
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if s, ok := constant(n.X); ok && n.Op == token.ADD && program.MatchString(s) && !sentence.MatchString(s) {
				if _, ok := constant(n.Y); !ok {
					complain(n, "a command is put together as a string: use shell.New")
				}
			}
		case *ast.CallExpr:
			callComplaints(n, complain)
		}
		return true
	})
	return list
}

func callComplaints(call *ast.CallExpr, complain func(ast.Node, string)) {
	room, name := "", ""
	switch f := call.Fun.(type) {
	case *ast.SelectorExpr:
		name = f.Sel.Name
		if x, ok := f.X.(*ast.Ident); ok {
			room = x.Name
		} else if x, ok := f.X.(*ast.SelectorExpr); ok && x.Sel.Name == "b" {
			room = "b"
		} else if x, ok := f.X.(*ast.SelectorExpr); ok && x.Sel.Name == "Stdout" || ok && x.Sel.Name == "Stderr" {
			complain(call, "a stream is written to past package words")
		}
	case *ast.Ident:
		name = f.Name
	}
	switch {
	case room == "fmt" && (strings.HasPrefix(name, "Fprint") || strings.HasPrefix(name, "Print")),
		room == "io" && name == "WriteString":
		complain(call, "printed past package words: use words.Page or words.Fprintf")
	case room == "words" && name == "Lines":
		if _, ok := constant(call.Args[0]); !ok && !slices.Contains(laidOut, source(call.Args[0])) {
			complain(call, "words.Lines of "+source(call.Args[0])+": use words.Format")
		}
	}
	i, ok := formats[room+"."+name]
	if !ok || len(call.Args) <= i {
		return
	}
	format, isConstant := constant(call.Args[i])
	if id, ok := call.Args[i].(*ast.Ident); ok && id.Name == "format" {
		return // of a function that is itself in formats
	}
	switch {
	case !isConstant:
		complain(call, "the format is not a constant")
	case strings.Contains(format, "%") && program.MatchString(format) && !sentence.MatchString(format):
		complain(call, "a command is put together by a format: use shell.New")
	case labelled.MatchString(format) && len(call.Args) > i+1:
		for _, arg := range call.Args[i+1:] {
			if id, ok := arg.(*ast.Ident); ok && id.Name != "next" && id.Name != "command" {
				complain(call, "a command that is a string: use Page.Command")
			}
		}
	}
}

// constant returns the value of a string literal, or of several put together.
func constant(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil
	case *ast.BinaryExpr:
		x, ok := constant(e.X)
		y, ok2 := constant(e.Y)
		return x + y, ok && ok2
	}
	return "", false
}

// source writes the kinds of expressions that laidOut has.
func source(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.BasicLit:
		return e.Value
	case *ast.SelectorExpr:
		return source(e.X) + "." + e.Sel.Name
	case *ast.IndexExpr:
		return source(e.X) + "[" + source(e.Index) + "]"
	case *ast.CallExpr:
		args := make([]string, len(e.Args))
		for i, arg := range e.Args {
			args[i] = source(arg)
		}
		return source(e.Fun) + "(" + strings.Join(args, ", ") + ")"
	}
	return "?"
}
