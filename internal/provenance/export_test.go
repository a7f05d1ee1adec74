package provenance

import "github.com/senet-selinux/senet/cil/compile"

// Options are those that files are compiled with.
func Options(mls bool) compile.Options { return options(mls) }

// OfResult finds the statements of what was compiled of files.
func OfResult(r *compile.Result) *Finder { return ofFiles(r) }
