package argparse

import (
	"slices"
	"strings"
)

const (
	helpWidth  = 80
	helpColumn = 26 // where the descriptions begin
)

// UsageText returns the usage line, with its newline.
func (p *Parser) UsageText() string {
	return "usage: " + p.Prog + " " + p.Usage + "\n"
}

// HelpText returns the whole help: usage, description, positionals, the groups of options, epilog.
func (p *Parser) HelpText() string {
	var b strings.Builder
	b.WriteString(p.UsageText())
	if p.Description != "" {
		b.WriteString("\n")
		wrap(&b, p.Description, 0, 0)
	}
	if len(p.Positionals) > 0 {
		b.WriteString("\nArguments\n")
		for _, a := range p.Positionals {
			row(&b, a.Dest, a.Help)
		}
	}
	var groups []string
	for _, o := range p.Options {
		if o.Help != "" && !slices.Contains(groups, o.Group) {
			groups = append(groups, o.Group)
		}
	}
	for _, g := range groups {
		b.WriteString("\n" + g + "\n")
		for _, o := range p.Options {
			if o.Help != "" && o.Group == g {
				row(&b, o.synopsis(), o.Help)
			}
		}
	}
	if p.Epilog != "" {
		b.WriteString("\n")
		wrap(&b, p.Epilog, 0, 0)
	}
	return b.String()
}

func (o *Option) synopsis() string {
	names := o.Names
	if len(names) == 0 {
		names = o.LateNames
	}
	text := strings.Join(names, ", ")
	switch o.Arity {
	case One, ListOne:
		text += " " + o.Metavar
	case Optional:
		text += " [" + o.Metavar + "]"
	}
	return text
}

func row(b *strings.Builder, left, right string) {
	b.WriteString("  " + left)
	column := 2 + len(left)
	if column > helpColumn-2 {
		b.WriteString("\n")
		column = 0
	}
	b.WriteString(strings.Repeat(" ", helpColumn-column))
	wrap(b, right, helpColumn, helpColumn)
}

// wrap writes text in lines of at most helpWidth; The first one begins at column, the others at
// indent.
func wrap(b *strings.Builder, text string, column, indent int) {
	first := true
	for _, field := range strings.Fields(text) {
		switch {
		case first:
			first = false
		case column+1+len(field) > helpWidth:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			column = indent
		default:
			b.WriteString(" ")
			column++
		}
		b.WriteString(field)
		column += len(field)
	}
	b.WriteString("\n")
}
