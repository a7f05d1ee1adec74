package modstore

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"

	"github.com/senet-selinux/senet/cil/compile"
	"github.com/senet-selinux/senet/policydb"
)

// A checksum computes libsemanage's modules_checksum: a SHA-256 of the CIL of all modules. Its
// format changed with libsemanage 3.6.
type checksum struct{ hash hash.Hash }

// newChecksum begins the checksum of a number of modules that are compiled with options. It mirrors
// semanage_compile_hll_modules of libsemanage/src/direct_api.c.
func newChecksum(modules int, o compile.Options) *checksum {
	c := &checksum{sha256.New()}
	if o.Libsepol.SymbolHash() == policydb.HashShift {
		c.number(1)
	} else {
		flag := map[bool]byte{true: 1}
		c.number(2)
		c.hash.Write([]byte{flag[o.DisableDontAudit], flag[o.PreserveTunables]})
		c.number(uint64(o.Target))
		c.number(uint64(o.Version))
	}
	c.number(uint64(modules))
	return c
}

func (c *checksum) number(n uint64) {
	c.hash.Write(binary.LittleEndian.AppendUint64(nil, n))
}

// module adds the CIL of a module.
func (c *checksum) module(text []byte) {
	c.number(uint64(len(text)))
	c.hash.Write(text)
}

// file returns the contents of the file.
func (c *checksum) file() []byte {
	return append([]byte("sha256:"+hex.EncodeToString(c.hash.Sum(nil))), 0)
}
