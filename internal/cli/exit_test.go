package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/subject"
)

// TestCodeOf: 64 for a person's mistake, 65 for the content of a file, and 70, a mistake in senet,
// for unknown errors.
func TestCodeOf(t *testing.T) {
	for _, c := range []struct {
		err  error
		code int
	}{
		{errNo, 1}, {errPending, 2}, {errDepends, 3},
		{usage(errors.New("x"), ""), 64},
		{fmt.Errorf("outer: %w", usage(errors.New("x"), "")), 64},
		{fmt.Errorf("outer: %w", subject.ErrUnknown), 64},
		{&semanage.RecordError{Err: semanage.ErrType}, 64},
		{unreadable(errors.New("x"), ""), 65},
		{&fs.PathError{Op: "open", Path: "x", Err: fs.ErrNotExist}, 65},
		{&policydb.DecodeError{}, 65},
		{semanage.ErrLocked, 65},
		{semanage.ErrNoUndo, 1},
		{errors.New("what is this?"), 70},
		{fmt.Errorf("outer: %w", semanage.ErrFinished), 70}, // a transaction that was used after its end
	} {
		if got := codeOf(c.err); got != c.code {
			t.Errorf("%v: %d, want %d", c.err, got, c.code)
		}
	}
	var stderr bytes.Buffer
	if code := exitCode(errors.New("what is this?"), &stderr); code != 70 ||
		stderr.String() != "senet: what is this?\n       this is a bug in senet: please report it\n" {
		t.Errorf("%d %s", code, stderr.String())
	}
}

// TestErrorJSON: with --json a mistake of every kind is a document on standard output,
// and its text is on standard error as ever.
func TestErrorJSON(t *testing.T) {
	for _, c := range []struct {
		args string
		code int
	}{
		{"can httpd_t connect", 64},                                     // too few arguments
		{"can no_such_t connect tcp/80 --policy example", 64},           // a name
		{"can httpd_t connect tcp/80 --policy /no/such", 65},            // a file
		{"can httpd_t connect tcp/80 --nonsense", 64},                   // a flag
		{"can httpd_t connect tcp/80 --policy example --bool x", 64},    // a flag's value
		{"can httpd_t connect nonsense --policy example", 64},           // a target
		{"who nonsense tcp/80 --policy example", 64},                    // an action
		{"explain no_such_page --policy example", 64},                   // a topic
		{"why /no/such/log --policy example", 65},                       // a log
		{"access a b c --policy example", 64},                           // a context
		{"port list --root /no/such", 65},                               // a store
		{"plan /no/such.yaml", 65},                                      // a state file
		{"host --host /no/such", 65},                                    // facts
		{"ports no_such_t --policy example", 64},                        // a subject
		{"fix httpd_t connect tcp/5601 --policy example --apply x", 64}, // no store
		{"ps nonsense", 64},                                             // an argument too many
		{"nonsense", 64},                                                // a command
	} {
		var stdout, stderr bytes.Buffer
		code := Main(append([]string{"senet"}, append(strings.Fields(c.args), "--json")...), strings.NewReader(""),
			&stdout, &stderr)
		var doc doc.Error
		err := json.Unmarshal(stdout.Bytes(), &doc)
		if code != c.code || err != nil || doc.Schema != "senet.error/1" || doc.Code != code || doc.Error == "" {
			t.Errorf("senet %s: exit status %d, %v: %s", c.args, code, err, stdout.String())
		}
		if !strings.HasPrefix(stderr.String(), "senet: "+doc.Error) {
			t.Errorf("senet %s: standard error has %s", c.args, stderr.String())
		}
	}
	// What was answered already is not followed by an error.
	out := words.NewStream(&bytes.Buffer{})
	if _, err := out.Write([]byte("{}\n")); err != nil {
		t.Fatal(err)
	}
	if err := writeErrorJSON(out, errors.New("x")); err != nil || out.Flush() != nil {
		t.Error(err)
	}
}
