// Package personality lists the programs that senet can act as, when it is called by their names.
//
// Start here: [Find] and [Tool.Main].
package personality

import (
	"io"

	"github.com/senet-selinux/senet/internal/kernelcli"
	"github.com/senet-selinux/senet/internal/modulecli"
	"github.com/senet-selinux/senet/internal/secilccli"
	"github.com/senet-selinux/senet/internal/semanagecli"
	"github.com/senet-selinux/senet/internal/semodulecli"
	"github.com/senet-selinux/senet/internal/sepolgencli"
	"github.com/senet-selinux/senet/internal/setools"
)

// A Tool is a program that senet can act as, when it is called by its name or has the name as
// its first argument.
type Tool struct {
	Name string
	// Dir is where distributions install the original.
	Dir string
	// Short says what the tool is for.
	Short string
	// One of these runs it.
	main   func(args []string, stdin io.Reader, stdout, stderr io.Writer) int
	silent func(args []string, stdout, stderr io.Writer) int // reads no standard input
}

const bin, sbin = "/usr/bin", "/usr/sbin"

// Tools returns all programs that senet can act as.
func Tools() []Tool {
	list := tools()
	return list[:]
}

// tools returns the table as an array, so that looking a name up allocates nothing.
func tools() [15]Tool {
	return [...]Tool{
		{Name: "audit2allow", Dir: bin, Short: "rules that would allow denials", main: sepolgencli.Audit2allow},
		{Name: "audit2why", Dir: bin, Short: "why something was denied", main: sepolgencli.Audit2why},
		{Name: "checkmodule", Dir: bin, Short: "compiles the source of a module", silent: modulecli.Checkmodule},
		{Name: "genhomedircon", Dir: sbin, Short: "makes the labels of home directories anew",
			silent: semodulecli.Genhomedircon},
		{Name: "getsebool", Dir: sbin, Short: "shows booleans of the kernel", silent: kernelcli.GetSEBool},
		{Name: "load_policy", Dir: sbin, Short: "gives the kernel the policy anew", silent: kernelcli.LoadPolicy},
		{Name: "secilc", Dir: bin, Short: "compiles CIL", silent: secilccli.Main},
		{Name: "sediff", Dir: bin, Short: "compares two policies", silent: setools.Sediff},
		{Name: "seinfo", Dir: bin, Short: "lists the components of a policy", silent: setools.Seinfo},
		{Name: "semanage", Dir: sbin, Short: "changes local records of the policy store", main: semanagecli.Main},
		{Name: "semodule", Dir: sbin, Short: "changes the modules of the policy store", silent: semodulecli.Main},
		{Name: "semodule_package", Dir: bin, Short: "puts a package of a module together", silent: modulecli.Package},
		{Name: "semodule_unpackage", Dir: bin, Short: "takes a package of a module apart",
			silent: modulecli.Unpackage},
		{Name: "sesearch", Dir: bin, Short: "searches the rules of a policy", silent: setools.Sesearch},
		{Name: "setsebool", Dir: sbin, Short: "sets booleans", silent: kernelcli.SetSEBool},
	}
}

// Find returns the tool of a name: the name of the binary or its first argument.
func Find(name string) (found Tool, ok bool) {
	list := tools()
	for i := range list {
		if list[i].Name == name {
			return list[i], true
		}
	}
	return Tool{}, false
}

// Main runs the tool with the arguments after its name, and returns its exit code.
func (t Tool) Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if t.main != nil {
		return t.main(args, stdin, stdout, stderr)
	}
	return t.silent(args, stdout, stderr)
}
