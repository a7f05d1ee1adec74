package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/senet-selinux/senet/internal/cli"
	"github.com/senet-selinux/senet/internal/explain"
	"github.com/senet-selinux/senet/internal/manpage"
)

// pages makes all pages, in the order of the commands.
func pages() ([]manpage.Page, error) {
	book, err := explain.Open()
	if err != nil {
		return nil, err
	}
	root := cli.Tree()
	first, err := overview(root, book)
	if err != nil {
		return nil, err
	}
	list := []manpage.Page{first}
	for _, cmd := range root.Commands() {
		switch {
		case cmd.Name() == "help":
		case cmd.DisableFlagParsing:
			help, err := printed(cmd.Name())
			if err != nil {
				return nil, err
			}
			see := []string{"senet(1)", "sesearch(1)", "seinfo(1)"}
			list = append(list, ofPersonality(cmd.Name(), cmd.Short, help, see))
		default:
			list = append(list, ofCommand(cmd, seeAlso(cmd)))
		}
	}
	file, err := stateFile(book)
	if err != nil {
		return nil, err
	}
	answers, err := codes(book)
	return append(list, file, answers, compat()), err
}

// overview is senet(1).
func overview(root *cobra.Command, book *explain.Book) (manpage.Page, error) {
	p := ofCommand(root, nil)
	p.Synopsis = []string{"senet COMMAND [ARGUMENT...] [flags]"}
	var lead string
	lead, p.Text, _ = strings.Cut(p.Text, "\n\n")
	p.Parts = append(p.Parts, manpage.Part{Title: "questions", Text: p.Text})
	p.Text = lead
	var list strings.Builder
	for _, cmd := range root.Commands() {
		p.See = append(p.See, "senet-"+cmd.Name()+"(1)")
		list.WriteString("  " + cmd.Name() + "  " + cmd.Short + "\n")
	}
	p.Parts = append(p.Parts, manpage.Part{Title: "commands", Text: list.String()})
	_, text, err := ofTopic(book, "system-files")
	if err != nil {
		return p, err
	}
	p.Parts = append(p.Parts, manpage.Part{Title: "files and variables", Text: text})
	_, p.Exit, err = ofTopic(book, "exit-status")
	p.See = append(p.See, "senet.yaml(5)", "senet-codes(7)", "senet-compat(7)")
	p.See = append(p.See, "selinux(8)", "sesearch(1)", "semanage(8)")
	return p, err
}

// seeAlso names the pages that lead on from a command: those its help speaks of.
func seeAlso(cmd *cobra.Command) []string {
	see := []string{"senet(1)"}
	for _, other := range cmd.Root().Commands() {
		if other != cmd && strings.Contains(cmd.Long+cmd.Example, "senet "+other.Name()) {
			see = append(see, "senet-"+other.Name()+"(1)")
		}
	}
	if cmd.Name() == "plan" || cmd.Name() == "apply" {
		see = append(see, "senet.yaml(5)")
	}
	return append(see, "senet-codes(7)")
}

// printed is the help that a command without a tree prints.
func printed(name string) (string, error) {
	var out bytes.Buffer
	if code := cli.Main([]string{"senet", name, "--help"}, strings.NewReader(""), &out, io.Discard); code != 0 {
		return "", fmt.Errorf("senet %s --help: exit status %d", name, code)
	}
	return out.String(), nil
}
