package pp

import (
	"encoding/binary"
	"errors"
	"fmt"
)

const (
	magicPackage  = 0xf97cff8f
	magicContexts = 0xf97cff90
	magicLogins   = 0x097cff91
	magicUsers    = 0x097cff92
	magicFilter   = 0x097cff93

	packageVersion = 1
	maxSections    = 100
)

// A Package is a module policy with other files. A nil file is not in the package; an empty one is.
type Package struct {
	Version uint32
	Module  *Module
	// FileContexts are the lines of file_contexts.
	FileContexts []byte
	// Seusers, UserExtra and Netfilter are the logins, the prefixes of users and the
	// contexts of packets of a base module.
	Seusers, UserExtra, Netfilter []byte
}

var (
	errNoModule = errors.New("there is no module in the package")
	errBaseOnly = errors.New("logins and users are for a base module only")
)

// Decode reads a package. It skips sections of unknown kinds, as libsepol does. The error is an
// [*Error].
func Decode(data []byte) (*Package, error) {
	p := &Package{}
	moduleAt, err := p.frame(data, func(text string) (err error) {
		p.Module, err = decodeModule(text)
		return err
	})
	if err != nil {
		return nil, err
	}
	if moduleAt == 0 {
		return nil, &Error{"package", -1, errNoModule}
	}
	return p, nil
}

// Info returns the name and the version of the module in a package, and reads only its beginning.
// Both are empty for a base module.
func Info(data []byte) (name, version string, err error) {
	p := &Package{}
	at, err := p.frame(data, func(text string) error {
		c, m := &codec{reading: true, in: text, section: "header"}, &Module{}
		if c.header(m) && !m.Base {
			c.name(&m.Name)
			c.name(&m.ModuleVersion)
		}
		name, version = m.Name, m.ModuleVersion
		return c.err
	})
	if err == nil && at == 0 {
		err = &Error{"package", -1, errNoModule}
	}
	return name, version, err
}

// frame reads the sections of a package and returns where the module is. The function module reads
// the module.
func (p *Package) frame(data []byte, module func(string) error) (int, error) {
	fail := func(off int, format string, args ...any) error {
		return &Error{"package", off, fmt.Errorf(format, args...)}
	}
	le := binary.LittleEndian
	if len(data) < 12 {
		return 0, &Error{"package", 0, errTruncated}
	}
	if magic := le.Uint32(data); magic != magicPackage {
		return 0, fail(0, "this is not a policy package: it begins with %#08x", magic)
	}
	n := int(le.Uint32(data[8:]))
	if n > maxSections {
		return 0, fail(8, "%d sections are too many", n)
	}
	if len(data) < 12+4*n {
		return 0, &Error{"package", len(data), errTruncated}
	}
	p.Version = le.Uint32(data[4:])
	seen := map[uint32]bool{}
	moduleAt := 0
	for i := range n {
		start, end := int(le.Uint32(data[12+4*i:])), len(data)
		if i+1 < n {
			end = int(le.Uint32(data[16+4*i:]))
		}
		if start > end || end > len(data) {
			return 0, fail(12+4*i, "section %d is from byte %d to %d of %d", i, start, end, len(data))
		}
		if end-start < 4 {
			return 0, fail(start, "section %d has no kind", i)
		}
		magic, text := le.Uint32(data[start:]), data[start+4:end:end]
		switch magic {
		case magicModule, magicContexts, magicLogins, magicUsers, magicFilter:
			if seen[magic] {
				return 0, fail(start, "section %d is the second of its kind", i)
			}
			seen[magic] = true
		}
		switch magic {
		case magicContexts:
			p.FileContexts = text
		case magicLogins:
			p.Seusers = text
		case magicUsers:
			p.UserExtra = text
		case magicFilter:
			p.Netfilter = text
		case magicModule:
			// libsepol reads the module to its own end, wherever the next section begins.
			moduleAt = start
			if err := module(string(data[start:])); err != nil {
				return 0, err
			}
		}
	}
	return moduleAt, nil
}

// Encode returns the bytes of the package, as semodule_package writes them.
func (p *Package) Encode() ([]byte, error) {
	if (p.Seusers != nil || p.UserExtra != nil) && !p.Module.Base {
		return nil, &Error{"package", -1, errBaseOnly}
	}
	module, err := p.Module.Encode()
	if err != nil {
		return nil, err
	}
	le := binary.LittleEndian
	sections := [][]byte{module}
	for _, s := range []struct {
		magic uint32
		text  []byte
	}{{magicContexts, p.FileContexts}, {magicLogins, p.Seusers}, {magicUsers, p.UserExtra},
		{magicFilter, p.Netfilter}} {
		if s.text != nil {
			sections = append(sections, append(le.AppendUint32(nil, s.magic), s.text...))
		}
	}
	version := p.Version
	if version == 0 {
		version = packageVersion
	}
	out := le.AppendUint32(nil, magicPackage)
	out = le.AppendUint32(out, version)
	out = le.AppendUint32(out, uint32(len(sections)))
	at := 12 + 4*len(sections)
	for _, s := range sections {
		out = le.AppendUint32(out, uint32(at))
		at += len(s)
	}
	for _, s := range sections {
		out = append(out, s...)
	}
	return out, nil
}
