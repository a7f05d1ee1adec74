//go:build !unix

package change

// openFlags are none: there are neither pipes nor links to keep away.
const openFlags = 0
