package modstore

import (
	"errors"
	"fmt"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/semanage"
)

// The errors that a caller may want to handle. Errors of this package wrap these.
var (
	// ErrNoModule: the store has no such module.
	ErrNoModule = errors.New("no such module")
	// ErrNoModules: no module is enabled, so there is no policy to build.
	ErrNoModules = errors.New("the store has no enabled modules")
	// ErrName: a module cannot have that name, language or priority.
	ErrName = errors.New("invalid module name")
	// ErrCompile: the modules do not compile; see [CompileError].
	ErrCompile = errors.New("the modules do not compile")
	// ErrConvert: a module that is not CIL could not be converted.
	ErrConvert = errors.New("the module cannot be converted to CIL")
	// ErrContexts: the file contexts are invalid.
	ErrContexts = semanage.ErrContexts
	// ErrDamaged: a file of the store's modules is damaged.
	ErrDamaged = errors.New("the module store is damaged")
	// ErrVerify: semanage.conf names programs to verify modules, which are not run here.
	ErrVerify = errors.New("semanage.conf has programs that verify modules")
)

// A ModuleError adds the module to an error.
type ModuleError struct {
	Op  string // "read", "install", "remove", "enable", "disable", "convert"
	Key Key
	Err error
}

func (e *ModuleError) Error() string { return fmt.Sprintf("%s module %s: %v", e.Op, e.Key, e.Err) }

func (e *ModuleError) Unwrap() error { return e.Err }

// A CompileError holds the reasons why modules do not compile. It wraps ErrCompile.
type CompileError struct {
	Errors *compile.Errors
}

func (e *CompileError) Error() string { return ErrCompile.Error() + ": " + e.Errors.Error() }

// Unwrap returns ErrCompile and the compiler's errors.
func (e *CompileError) Unwrap() []error { return []error{ErrCompile, e.Errors} }
