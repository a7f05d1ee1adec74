// Command compat writes what the package senet-compat is made of into a directory: a link to
// senet for each program that senet can act as, the script that makes them alternatives,
// what packages run when they are installed and removed, and the file for nfpm.
//
//	compat DIR
package main

import (
	"embed"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"text/template"

	"github.com/senet-selinux/senet/internal/personality"
)

//go:embed register.sh nfpm.yaml deb-postinst deb-prerm rpm-post rpm-preun
var files embed.FS

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "compat:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: compat DIR")
	}
	out, tools := args[0], personality.Tools()
	links := filepath.Join(out, "tree", "compat")
	if err := os.MkdirAll(links, 0o755); err != nil {
		return err
	}
	for _, t := range tools {
		if err := os.Symlink("../../../bin/senet", filepath.Join(links, t.Name)); err != nil {
			return err
		}
	}
	if err := fill(filepath.Join(out, "tree", "register"), "register.sh", tools); err != nil {
		return err
	}
	config := struct {
		Out   string
		Tools []personality.Tool
	}{out, tools}
	if err := fill(filepath.Join(out, "nfpm.yaml"), "nfpm.yaml", config); err != nil {
		return err
	}
	for _, script := range []string{"deb-postinst", "deb-prerm", "rpm-post", "rpm-preun"} {
		if err := fill(filepath.Join(out, script), script, nil); err != nil {
			return err
		}
	}
	return nil
}

// fill writes a template with its data into a file that may be run.
func fill(name, of string, data any) error {
	t, err := template.ParseFS(files, of)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		return err
	}
	if err := t.Execute(f, data); err != nil {
		_ = f.Close() // the first error says more
		return fmt.Errorf("%s: %w", of, err)
	}
	return f.Close()
}
