package compile_test

import (
	"errors"
	"fmt"

	"github.com/senet-selinux/senet/cil"
	"github.com/senet-selinux/senet/cil/compile"
)

// What is wrong with a source, with its place.
func ExampleCompile() {
	file, err := cil.ParseFile("web.cil", "(type web_t)\n(allow web_t nosuch_t (file (read)))\n")
	if err != nil {
		panic(err)
	}
	_, err = compile.Compile([]*cil.File{file}, compile.Options{})
	var found *compile.Errors
	if errors.As(err, &found) {
		fmt.Println(found.List[0])
	}
	// Output:
	// web.cil:2:14: no type or attribute is called nosuch_t
}
