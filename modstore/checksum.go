package modstore

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"

	"github.com/senet-selinux/senet/policydb"
)

// A checksum computes libsemanage's modules_checksum: a SHA-256 of the CIL of all modules. Its
// format changed with libsepol 3.6.
type checksum struct {
	hash  hash.Hash
	newer bool
}

func newChecksum(modules int, h policydb.SymbolHash) *checksum {
	c := &checksum{hash: sha256.New(), newer: h != policydb.HashShift}
	epoch := uint64(1)
	if c.newer {
		epoch = 2
	}
	c.number(epoch)
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
func (c *checksum) file(noDontAudit, tunables bool, target policydb.Target, version uint32) []byte {
	if c.newer {
		flag := map[bool]byte{true: 1}
		c.hash.Write([]byte{flag[noDontAudit], flag[tunables]})
		c.number(uint64(target))
		c.number(uint64(version))
	}
	return append([]byte("sha256:"+hex.EncodeToString(c.hash.Sum(nil))), 0)
}
