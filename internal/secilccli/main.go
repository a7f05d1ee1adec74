// Package secilccli is the secilc personality: the flags, files and exit codes
// of secilc 3.4. The messages are senet's.
package secilccli

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/senet-selinux/senet/cil/compile"
)

// The exit codes of secilc: libsepol's return value, of which a process has the
// lowest byte, or 1 for a mistake in the command line.
const (
	exitDone     = 0
	exitUsage    = 1
	exitFailed   = 0xff // SEPOL_ERR
	exitMissing  = 0xfe // SEPOL_ENOENT
	exitConflict = 0xef // SEPOL_EEXIST
	exitOverflow = 0xb5 // -EOVERFLOW
)

// Main compiles as secilc does; args are the process's arguments without its
// name. The result is the exit code.
func Main(args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if err != nil {
		if !errors.Is(err, errHelp) {
			fmt.Fprintf(stderr, "%s\n", err)
		}
		io.WriteString(stdout, usage)
		return exitUsage
	}
	modules, err := compile.ReadModules(o.files, o.compile)
	if err == nil {
		var result *compile.Result
		if result, err = compile.Build(modules, o.compile); err == nil {
			err = o.write(result)
		}
	}
	return report(err, stderr)
}

// report prints an error and returns its exit code.
func report(err error, stderr io.Writer) int {
	if err == nil {
		return exitDone
	}
	var found *compile.Errors
	if !errors.As(err, &found) {
		found = compile.FromSyntax(err)
	}
	if found == nil {
		fmt.Fprintf(stderr, "secilc: %s\n", err)
		return exitFailed
	}
	for _, d := range found.List {
		io.WriteString(stderr, d.Text())
	}
	if found.More > 0 {
		fmt.Fprintf(stderr, "and %d more errors\n", found.More)
	}
	switch found.List[0].Kind {
	case compile.Missing:
		return exitMissing
	case compile.Conflict:
		return exitConflict
	case compile.Overflow:
		return exitOverflow
	}
	return exitFailed
}

// write writes the policy and the file contexts, as secilc does: in place.
func (o *options) write(r *compile.Result) error {
	policy := o.output
	if policy == "" {
		policy = fmt.Sprintf("policy.%d", r.Policy.Version)
	}
	if err := os.WriteFile(policy, r.Policy.Encode(), 0o666); err != nil {
		return err
	}
	contexts := o.contexts
	if contexts == "" {
		contexts = "file_contexts"
	}
	return os.WriteFile(contexts, r.FileContexts, 0o666)
}

var errHelp = errors.New("help is asked for")

const usage = `Usage: secilc [OPTION]... FILE...

  -o, --output FILE            the policy (policy.VERSION without it)
  -f, --filecontexts FILE      the file contexts (file_contexts without it)
  -t, --target selinux|xen     the system that the policy is for
  -M, --mls true|false         whether the policy has levels
  -c, --policyversion VERSION  the version of the policy, 15 to 33 (33)
  -U, --handle-unknown deny|allow|reject
                               what becomes of unknown classes and permissions
  -D, --disable-dontaudit      leave dontaudit rules out
  -P, --preserve-tunables      tunables become booleans
  -Q, --qualified-names        names have dots, and there are no blocks
  -m, --multiple-decls         types and attributes may be declared again
  -N, --disable-neverallow     do not check neverallow rules and bounds
  -G, --expand-generated       take generated attributes out
  -X, --expand-size SIZE       take attributes with fewer types out
  -O, --optimize               take rules out that others contain
  -v, --verbose                duplicate labels are errors
  -h, --help                   this
`
