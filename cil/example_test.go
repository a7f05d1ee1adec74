package cil_test

import (
	"fmt"

	"github.com/senet-selinux/senet/cil"
)

// The canonical layout of a source.
func ExampleLayout() {
	text, err := cil.Layout("(type   web_t)(allow web_t self (process (fork)))")
	fmt.Print(text, err, "\n")
	// Output:
	// (type web_t)
	// (allow web_t self (process (fork)))
	// <nil>
}

// Statements that a program makes.
func ExampleFormat() {
	fmt.Print(cil.Format([]cil.Node{cil.Call("type", cil.Sym("web_t")),
		cil.Call("roletype", cil.Sym("system_r"), cil.Sym("web_t"))}))
	// Output:
	// (type web_t)
	// (roletype system_r web_t)
}
