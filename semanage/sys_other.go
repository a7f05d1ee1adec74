//go:build !linux

package semanage

import "os"

// Stores can be read on other systems, and changed where nothing else does: there
// are no labels, and nobody to lock out.

func flock(*os.File, bool) error { return nil }

func isSELinuxFS(string) bool { return false }
