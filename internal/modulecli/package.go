package modulecli

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/senet-selinux/senet/internal/getopt"
	"github.com/senet-selinux/senet/internal/pp"
)

const packageUsage = `usage: semodule_package -o FILE -m MODULE [-f CONTEXTS]

  -o, --outfile FILE        the package
  -m, --module FILE         the module policy, as checkmodule writes it
  -f, --fc FILE             file contexts
  -s, --seuser FILE         logins, for a base module
  -u, --user_extra FILE     prefixes of users, for a base module
  -n, --nc FILE             netfilter contexts
  -h, --help                this
`

var packageOptions = []getopt.Option{
	{Letter: 'm', Long: "module", Value: true}, {Letter: 'f', Long: "fc", Value: true},
	{Letter: 's', Long: "seuser", Value: true}, {Letter: 'u', Long: "user_extra", Value: true},
	{Letter: 'n', Long: "nc", Value: true}, {Letter: 'o', Long: "outfile", Value: true}, {Letter: 'h', Long: "help"},
}

// Package puts a module and the files beside it into a package, as semodule_package
// does.
func Package(args []string, stdout, stderr io.Writer) int {
	given := map[byte]string{}
	words, _ := getopt.Parse(args, packageOptions)
	for _, w := range words {
		switch _, twice := given[w.Letter]; {
		case w.Bad != "":
			fmt.Fprintf(stderr, "semodule_package: %s\n", w.Bad) // and passed over
			continue
		case w.Letter == 'h':
			io.WriteString(stdout, packageUsage)
			return exitFailed
		case twice:
			fmt.Fprintf(stderr, "semodule_package: --%s is given twice\n", w.Long)
			return exitFailed
		}
		given[w.Letter] = w.Given
	}
	_, module := given['m']
	_, output := given['o']
	if !module || !output {
		io.WriteString(stdout, packageUsage)
		return exitFailed
	}
	if err := pack(given); err != nil {
		fmt.Fprintf(stderr, "semodule_package:  %s\n", err)
		return exitFailed
	}
	return exitDone
}

// pack reads the files and writes the package. A file that is empty is left out.
func pack(given map[byte]string) error {
	p := &pp.Package{}
	for _, part := range []struct {
		letter byte
		to     *[]byte
	}{{'f', &p.FileContexts}, {'s', &p.Seusers}, {'u', &p.UserExtra}, {'n', &p.Netfilter}} {
		file, ok := given[part.letter]
		if !ok {
			continue
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if len(data) > 0 {
			*part.to = data
		}
	}
	data, err := os.ReadFile(given['m'])
	if err != nil {
		return err
	}
	m, err := pp.DecodeModule(data)
	if err != nil {
		return fmt.Errorf("%s: %w", given['m'], err)
	}
	p.Module = m.Repacked()
	out, err := os.Create(given['o'])
	if err != nil {
		return err
	}
	if data, err = p.Encode(); err == nil {
		_, err = out.Write(data)
	}
	return errors.Join(err, out.Close())
}

const unpackageUsage = "usage: semodule_unpackage PACKAGE MODULE [CONTEXTS]\n"

// Unpackage takes the module out of a package, and its file contexts, as
// semodule_unpackage does.
func Unpackage(args []string, stdout, stderr io.Writer) int {
	if len(args) < 2 {
		io.WriteString(stdout, unpackageUsage)
		return exitFailed
	}
	if err := unpack(args); err != nil {
		fmt.Fprintf(stderr, "semodule_unpackage:  %s\n", err)
		return exitFailed
	}
	return exitDone
}

func unpack(args []string) error {
	data, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	p, err := pp.Decode(data)
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	if data, err = p.Module.Repacked().Encode(); err != nil {
		return err
	}
	if err := os.WriteFile(args[1], data, 0o666); err != nil {
		return err
	}
	if len(args) < 3 || len(p.FileContexts) == 0 {
		return nil
	}
	return os.WriteFile(args[2], p.FileContexts, 0o666)
}
