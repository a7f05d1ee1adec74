package sepolgencli

import (
	"fmt"
	"os"

	"github.com/senet-selinux/senet/internal/modfile"
	"github.com/senet-selinux/senet/internal/te"
)

// mlsFile says whether the kernel's policy has levels.
const mlsFile = "/sys/fs/selinux/mls"

// pack writes NAME.te and compiles it to NAME.pp.
func (t *run) pack(text string) error {
	name := *t.o.pack
	if err := os.WriteFile(name+".te", []byte(text), 0o666); err != nil {
		return &stop{code: exitFailed, complain: "could not write output file: " + pythonError(err, name+".te") + "\n"}
	}
	mls := t.o.reference
	if on, err := os.ReadFile(mlsFile); err == nil {
		mls = len(on) > 0 && on[0] == '1'
	}
	built, err := modfile.Build(name+".te", name+".pp", modfile.Options{Options: te.Options{MLS: mls}})
	if err != nil {
		return &stop{code: exitFailed, text: fmt.Sprintf("compilation failed:\n%s\n", err)}
	}
	if err := os.WriteFile(name+".pp", built.Data, 0o666); err != nil {
		return &stop{code: exitFailed, text: fmt.Sprintf("packaging failed [%s]\n", err)}
	}
	_, err = fmt.Fprintf(t.stdout, "******************** IMPORTANT ***********************\n"+
		"To make this policy package active, execute:\n\nsemodule -i %s.pp\n\n", name)
	return err
}
