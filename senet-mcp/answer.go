package main

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/senet-selinux/senet/internal/cli"
	"github.com/senet-selinux/senet/internal/shell"
)

// maxText bounds the text of one answer, in bytes. More is had by From.
const maxText = 1800

// A Page says which part of a long answer is wanted.
type Page struct {
	From int `json:"from,omitempty" jsonschema:"first line to return of a long answer, as its more says"`
}

// An Answer is what a tool returns.
type Answer struct {
	Command string `json:"command" jsonschema:"the command line that prints the whole answer"`
	Status  int    `json:"status" jsonschema:"exit status: 0 yes, 1 no, 3 it depends, 64 a mistake, 65 not readable"`
	Text    string `json:"text" jsonschema:"the answer"`
	More    int    `json:"more,omitempty" jsonschema:"the line to go on from, 0 if this is all"`
}

// ask runs a command of senet in this process and returns the part of what it prints.
func ask(command shell.Command, stdin string, page Page) Answer {
	var out, complaints bytes.Buffer
	words := command.Words()
	status := cli.Main(words, strings.NewReader(stdin), &out, &complaints)
	a := Answer{Command: command.String(), Status: status}
	a.Text, a.More = cut(complaints.String()+out.String(), max(page.From, 1))
	return a
}

// cut returns the lines from one on that fit an answer, and the line after them.
func cut(text string, from int) (part string, more int) {
	lines := strings.SplitAfter(text, "\n")
	if lines[len(lines)-1] == "" {
		lines = lines[:len(lines)-1]
	}
	if from > len(lines) {
		return fmt.Sprintf("the answer has %d lines\n", len(lines)), 0
	}
	var b strings.Builder
	for i, line := range lines[from-1:] {
		if b.Len()+len(line) > maxText && i > 0 {
			return b.String(), from + i
		}
		if len(line) > maxText {
			line = line[:maxText]
			for !utf8.ValidString(line) {
				line = line[:len(line)-1]
			}
			line += "...\n"
		}
		b.WriteString(line)
	}
	return b.String(), 0
}
