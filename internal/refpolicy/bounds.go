package refpolicy

import "fmt"

// The cost of headers and of an index is bounded, as headers may have interfaces that call themselves, or double their
// text with each call. Debian's headers take 8 MiB in all, and 50 KiB for the largest interface.
const (
	maxRead       = 128 << 20 // for the files, in bytes of text and of what macros in it expand to
	maxWork       = 128 << 20 // for all interfaces, in bytes of text and of sets
	maxOwnWork    = 1 << 20   // for one interface, without the interfaces that it calls
	spareFailures = 16 << 20  // what interfaces may take that are left out; each one more has
	smallOwnWork  = 64 << 10  // this instead of maxOwnWork
	maxCalls      = 10_000    // how deep interfaces may call interfaces
	maxText       = 64 << 10  // for a set or a condition
	maxBlocks     = 50        // how deep blocks may be nested
	// maxRules is the number of rules: Debian's headers make 63,000.
	maxRules = 5_000_000
)

// A TooMuchError says that the interfaces of headers are not read or not indexed, as that would take too much.
type TooMuchError struct {
	Dir  string
	What string
}

func (e *TooMuchError) Error() string {
	return fmt.Sprintf("the interfaces in %s are not searched: together they make more than %s", e.Dir, e.What)
}

// bounds counts the work of an index.
type bounds struct{ all, failed int }

// own returns the bound for the next interface.
func (b *bounds) own() int {
	if b.failed > spareFailures {
		return smallOwnWork
	}
	return maxOwnWork
}

// spend counts the work for an interface.
func (b *bounds) spend(n int, failed bool) {
	b.all += n
	if failed {
		b.failed += n
	}
}

// substituted returns the length of a text with arguments for $1 to $9, or a little more.
func substituted(text string, args []string) int {
	n := len(text)
	for i := 0; i+1 < len(text); i++ {
		if at := int(text[i+1]) - '1'; text[i] == '$' && at >= 0 && at < len(args) {
			n += len(args[at])
		}
	}
	return n
}

// check returns an error if the index takes too much.
func (b *indexer) check() error {
	x := b.x
	switch {
	case b.work.all+x.sets.bytes+x.condBytes > maxWork:
		return &TooMuchError{x.headers.Dir, fmt.Sprintf("%d MiB of text", maxWork>>20)}
	case len(x.rules) > maxRules:
		return &TooMuchError{x.headers.Dir, fmt.Sprintf("%d rules", maxRules)}
	}
	return nil
}
