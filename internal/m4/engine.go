package m4

import (
	"fmt"
	"maps"
)

// Options bound the cost of an expansion. Zero means the default of each.
type Options struct {
	// Work bounds the bytes that macros expand to in one call of Expand, plus 16 for each macro (64
	// MiB).
	Work int
	// Depth bounds how deep calls may be nested in the arguments of calls (500).
	Depth int
	// Args bounds the bytes of arguments that are held at a time (16 MiB).
	Args int
}

// A Call is the argument of a [Handler]: a called macro and its arguments, which are valid until
// the handler returns.
type Call struct {
	Name string
	// Args are the arguments; nil for a call without parentheses.
	Args [][]byte
	// Start and End are offsets in the file. For a call inside an expansion, both are the end of
	// the outermost call, where the file continues.
	Start, End int
	// Mark is the mark given to DefineMarked, or -1.
	Mark int
}

// A Handler returns the text that a call expands to; the text is expanded again.
type Handler func(Call) ([]byte, error)

// A Message is a text of errprint.
type Message struct {
	File string
	Line int // the line of the macro call in the expanded file
	Text string
}

// maxMessages bounds the messages that are kept.
const maxMessages = 1000

// An Engine has definitions and expands texts. It is not safe for concurrent use. Engines that are
// forked from one engine may be used at the same time, as long as that one defines nothing more.
type Engine struct {
	o      Options
	base   *Engine
	macros names
	// OnMarked, if set, handles calls of macros that DefineMarked defined; a nil result lets the
	// macro expand as it is defined.
	OnMarked Handler
	// Missing, if set, returns the text of a macro that neither the engine nor one that is forked from it defines. It
	// is asked before the engine's base. The engine keeps what it returns: it is asked once for each macro.
	Missing func(name []byte) (text string, ok bool)

	in       input
	file     string
	arena    []byte
	ends     []int
	depth    int
	work     int
	divert   int
	messages []Message
	dollar   []byte // for the text of a built-in macro
}

// New returns an engine that knows m4's built-in macros.
func New(o Options) *Engine {
	if o.Work == 0 {
		o.Work = 64 << 20
	}
	if o.Depth == 0 {
		o.Depth = 500
	}
	if o.Args == 0 {
		o.Args = 16 << 20
	}
	e := &Engine{o: o}
	for i := range builtins {
		e.macros.set(builtins[i].name, &macro{builtin: builtins[i].is, mark: -1})
	}
	e.Define("__gnu__", "")
	e.Define("__unix__", "")
	return e
}

// Bound sets Options.Work anew, for e and the engines that are forked from it from now on.
func (e *Engine) Bound(work int) { e.o.Work = work }

// Work returns how much of Options.Work the last call of Expand took.
func (e *Engine) Work() int { return e.work }

// Fork returns an engine with the same definitions. Its own definitions do not change e. Handlers
// and messages are not copied.
func (e *Engine) Fork() *Engine { return &Engine{o: e.o, base: e} }

func (e *Engine) lookup(name []byte) *macro {
	at := hash(name)
	for ; e != nil; e = e.base {
		if m, ok := e.macros.get(name, at); ok {
			return m
		}
		if e.Missing == nil {
			continue
		}
		if text, ok := e.Missing(name); ok {
			m := &macro{text: text, mark: -1}
			m.parse()
			e.macros.set(string(name), m)
			return m
		}
	}
	return nil
}

// Define gives a name a text, with $1, $2 and so on for the arguments.
func (e *Engine) Define(name, text string) { e.DefineMarked(name, text, -1) }

// DefineMarked is Define for a macro whose calls OnMarked handles. mark, a number from 0 on, tells
// OnMarked which macro it is.
func (e *Engine) DefineMarked(name, text string, mark int) {
	m := &macro{text: text, mark: mark}
	if old := e.lookup([]byte(name)); old != nil {
		m.under = old.under
	}
	m.parse()
	e.macros.set(name, m)
}

// Handle makes a name a macro whose text a function returns. Without parentheses after it, the name
// is not a call.
func (e *Engine) Handle(name string, h Handler) {
	e.macros.set(name, &macro{builtin: handled, handler: h, mark: -1})
}

// Defined reports whether a name is a macro.
func (e *Engine) Defined(name string) bool { return e.lookup([]byte(name)) != nil }

// Text returns the text that a name is defined as. ok is false for names that are not macros, and
// for built-in macros.
func (e *Engine) Text(name string) (text string, ok bool) {
	m := e.lookup([]byte(name))
	if m == nil || m.builtin != 0 {
		return "", false
	}
	return m.text, true
}

// Names returns the names that this engine itself defines or hides.
func (e *Engine) Names() map[string]bool {
	all := make(map[string]bool, len(e.macros.all))
	for name, m := range maps.All(e.macros.all) {
		all[name] = m != nil
	}
	return all
}

// Messages returns the messages of errprint so far.
func (e *Engine) Messages() []Message { return e.messages }

// An Error is a mistake in a text, with its line in the expanded file.
type Error struct {
	File   string
	Line   int
	Offset int // in the file, in bytes
	Msg    string
}

func (e *Error) Error() string {
	if e.File == "" {
		return fmt.Sprintf("line %d: %s", e.Line, e.Msg)
	}
	return fmt.Sprintf("%s:%d: %s", e.File, e.Line, e.Msg)
}

// errorAt makes an error at an offset of the file.
func (e *Engine) errorAt(offset int, format string, args ...any) error {
	return &Error{File: e.file, Line: e.in.lineAt(offset), Offset: offset, Msg: fmt.Sprintf(format, args...)}
}

// Expand expands a text. file is its name in messages. Definitions stay for the next call.
func (e *Engine) Expand(file, text string) ([]byte, error) {
	return e.Append(make([]byte, 0, len(text)), file, text)
}

// Append is Expand, but appends to out.
func (e *Engine) Append(out []byte, file, text string) ([]byte, error) {
	e.file, e.depth, e.work, e.divert = file, 0, 0, 0
	e.arena, e.ends = e.arena[:0], e.ends[:0]
	e.in.reset(text)
	for {
		rest := e.in.rest()
		if len(rest) == 0 {
			return out, nil
		}
		was := len(out)
		var err error
		if out, err = e.step(out, rest); err != nil {
			return nil, err
		}
		if e.divert != 0 {
			out = out[:was]
		}
	}
}
