package host

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/senet-selinux/senet/internal/sysroot"
)

// savedSchema names the layout of a saved file.
const savedSchema = "senet.facts/1"

// maxSaved bounds a saved file in bytes. Even with thousands of booleans and rules it is below 1
// MiB.
const maxSaved = 16 << 20

// ErrNotFacts is wrapped by errors about files without saved facts.
var ErrNotFacts = errors.New("not a file of saved host facts")

type saved struct {
	Schema string `json:"schema"`
	Facts  Facts  `json:"facts"`
}

// Encode returns facts as the text of a saved file.
func Encode(f Facts) ([]byte, error) {
	b, err := json.MarshalIndent(saved{savedSchema, f}, "", "  ")
	return append(b, '\n'), err
}

// Decode reads the text of a saved file. It is strict: an unknown member, a second value and a
// reversed port range are errors.
func Decode(b []byte) (Facts, error) {
	if len(b) > maxSaved {
		return Facts{}, fmt.Errorf("%w: %w", ErrNotFacts, sysroot.ErrTooLarge)
	}
	var head struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(b, &head); err != nil {
		return Facts{}, fmt.Errorf("%w: %w", ErrNotFacts, err)
	}
	if head.Schema != savedSchema {
		return Facts{}, fmt.Errorf("%w: its schema is %.60q, not %q", ErrNotFacts, head.Schema, savedSchema)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	var s saved
	if err := d.Decode(&s); err != nil {
		return Facts{}, fmt.Errorf("%w: %w", ErrNotFacts, err)
	}
	if _, err := d.Token(); err != io.EOF {
		return Facts{}, fmt.Errorf("%w: there is text after the facts", ErrNotFacts)
	}
	if err := s.Facts.check(); err != nil {
		return Facts{}, fmt.Errorf("%w: %w", ErrNotFacts, err)
	}
	return s.Facts, nil
}

// check refuses impossible facts.
func (f *Facts) check() error {
	switch {
	case f.Source == "":
		return errors.New("member source is missing")
	case f.LocalPorts.Low == 0 || f.LocalPorts.Low > f.LocalPorts.High:
		return fmt.Errorf("ip_local_port_range %d-%d is not a range of ports", f.LocalPorts.Low, f.LocalPorts.High)
	}
	return nil
}

// Load reads a saved file.
func Load(file string) (Facts, error) {
	b, err := Root{}.ReadFile(file, maxSaved)
	if err != nil {
		return Facts{}, err
	}
	f, err := Decode(b)
	if err != nil {
		return Facts{}, fmt.Errorf("%s: %w", file, err)
	}
	return f, nil
}

// Save writes facts to a file that Load reads. The file always has the complete old or new
// contents. Only a regular file is replaced.
func Save(file string, f Facts) error {
	b, err := Encode(f)
	if err != nil {
		return err
	}
	return sysroot.Root{}.AtomicWrite(file, b, sysroot.Attrs{Mode: 0o644})
}
