// Package batch answers a stream of questions to a policy, one a line.
//
// Start here: [New].
package batch

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"

	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policy"
)

// A Batch answers lines of the form "SCON TCON CLASS".
type Batch struct {
	p        *policy.Policy
	d        *access.Decider
	contexts *contextCache
	classes  map[string]policy.ClassID
	asJSON   bool
	out      []byte // the answer being written
}

// New returns a batch for a policy, which answers in JSON or in text.
func New(p *policy.Policy, asJSON bool) *Batch {
	b := &Batch{p: p, d: access.NewDecider(p), contexts: newContextCache(p), classes: make(map[string]policy.ClassID),
		asJSON: asJSON}
	for id := range p.Classes() {
		b.classes[p.ClassName(id)] = id
	}
	return b
}

// An InputError says that the questions cannot be read.
type InputError struct{ Err error }

func (e *InputError) Error() string { return "standard input: " + e.Err.Error() }

func (e *InputError) Unwrap() error { return e.Err }

// maxLine is the length limit of a line in bytes; longer ones are errors.
const maxLine = 64 << 10

// Run writes an answer for every line of in to out, in order. Answers are buffered, but
// written before it waits for more input. An error of in is an *InputError.
func (b *Batch) Run(in io.Reader, out io.Writer) error {
	r, w := bufio.NewReaderSize(in, maxLine), bufio.NewWriterSize(out, maxLine)
	for {
		line, err := r.ReadSlice('\n')
		long := false
		for errors.Is(err, bufio.ErrBufferFull) {
			long = true
			_, err = r.ReadSlice('\n')
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return &InputError{err}
		}
		switch {
		case long:
			b.tooLong()
		case len(line) > 0:
			b.answer(line)
		default:
			return w.Flush() // the end
		}
		if _, werr := w.Write(b.out); werr != nil {
			return werr
		}
		if err != nil {
			return w.Flush()
		}
		if r.Buffered() == 0 {
			if werr := w.Flush(); werr != nil {
				return werr
			}
		}
	}
}

func (b *Batch) tooLong() {
	reason := "line longer than " + strconv.Itoa(maxLine-1) + " bytes"
	b.out = append(append(append(b.out[:0], "ERR "...), reason...), '\n')
	if b.asJSON {
		b.writeJSON(doc.AccessLine{Error: reason})
	}
}

// answer writes the answer to one line into b.out.
func (b *Batch) answer(line []byte) {
	var fields [4][]byte
	n := splitFields(line, &fields)
	var reason string
	var dec access.Decision
	class, known := policy.ClassID(0), false
	if n == 3 {
		source, ok1 := b.contexts.get(fields[0])
		target, ok2 := b.contexts.get(fields[1])
		class, known = b.classes[string(fields[2])]
		switch {
		case !ok1 || !ok2:
			reason = "invalid context"
		case !known:
			reason = "unknown class"
		default:
			dec = b.d.Decide(*source, *target, class)
		}
	} else {
		reason = "invalid context"
	}
	if b.asJSON {
		b.answerJSON(line, n, &fields, class, dec, reason)
		return
	}
	b.out = b.out[:0]
	if n == 3 {
		for _, f := range fields[:3] {
			b.out = append(append(b.out, f...), ' ')
		}
	} else if rest := bytes.Join(bytes.Fields(line), []byte(" ")); len(rest) > 0 {
		b.out = append(append(b.out, rest...), ' ')
	}
	if reason != "" {
		b.out = append(append(append(b.out, "ERR "...), reason...), '\n')
		return
	}
	b.out = append(strconv.AppendUint(b.out, uint64(dec.Allowed), 16), ' ')
	b.out = append(strconv.AppendUint(b.out, uint64(dec.AuditAllow), 16), ' ')
	b.out = append(strconv.AppendUint(b.out, uint64(dec.AuditDeny), 16), ' ')
	b.out = append(strconv.AppendUint(b.out, uint64(dec.Flags), 10), '\n')
}

func (b *Batch) answerJSON(line []byte, n int, fields *[4][]byte, class policy.ClassID, dec access.Decision,
	reason string) {
	out := doc.AccessLine{Error: reason}
	if n == 3 {
		out.Source, out.Target, out.Class = string(fields[0]), string(fields[1]), string(fields[2])
	} else {
		out.Line = string(bytes.TrimRight(line, "\r\n"))
	}
	if reason == "" {
		vectors := doc.WordsOf(dec)
		out.Words, out.Perms = &vectors, doc.PermsOf(b.p, class, dec.Allowed)
	}
	b.writeJSON(out)
}

func (b *Batch) writeJSON(v doc.AccessLine) {
	var buf bytes.Buffer
	if err := words.WriteJSON(&buf, v, ""); err != nil {
		panic(err) // strings and numbers cannot fail
	}
	b.out = append(b.out[:0], buf.Bytes()...)
}

// splitFields splits a line at blanks into fields, at most four of them, and
// returns how many there are.
func splitFields(line []byte, fields *[4][]byte) int {
	n := 0
	for i := 0; i < len(line); {
		for i < len(line) && isBlank(line[i]) {
			i++
		}
		first := i
		for i < len(line) && !isBlank(line[i]) {
			i++
		}
		if i > first && n < len(fields) {
			fields[n] = line[first:i]
			n++
		}
	}
	return n
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }
