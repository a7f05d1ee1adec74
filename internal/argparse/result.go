package argparse

// Value is one noted occurrence of an option or a positional.
type Value struct {
	Dest string
	Text string
	// Given is false where no word was taken: an optional value left out, and the value `--`, which argparse removes
	// (`-s--` and `--source=--` leave an empty list in Python 3.11).
	Given bool
}

// Result is a parsed line: every occurrence in the order in which argparse acts on them.
type Result struct {
	Values []Value
}

// Has reports whether dest occurred.
func (r *Result) Has(dest string) bool {
	_, ok := r.Last(dest)
	return ok
}

// Last returns the last occurrence of dest, which is the one that counts for an option that stores.
func (r *Result) Last(dest string) (Value, bool) {
	for i := len(r.Values) - 1; i >= 0; i-- {
		if r.Values[i].Dest == dest {
			return r.Values[i], true
		}
	}
	return Value{}, false
}

// Text returns the text of the last occurrence of dest, "" if dest does not occur or has no text.
func (r *Result) Text(dest string) string {
	v, _ := r.Last(dest)
	return v.Text
}
