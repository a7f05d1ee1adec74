package pp

import (
	"bytes"
	"testing"
)

// FuzzDecode: no file makes the reader or the conversion panic, and what was read is
// written as it was.
func FuzzDecode(f *testing.F) {
	f.Add([]byte{0x8f, 0xff, 0x7c, 0xf9})
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Decode(data)
		if err != nil {
			return
		}
		out, err := p.Encode()
		if err != nil {
			return // logins beside a module that is no base
		}
		again, err := Decode(out)
		if err != nil {
			t.Fatal("what was written is not read: ", err)
		}
		if twice, err := again.Encode(); err != nil || !bytes.Equal(twice, out) {
			t.Fatal("what is read is not what was written: ", err)
		}
		a, err := p.cil(Release34, 1<<20)
		if err != nil {
			return
		}
		if b, err := again.cil(Release34, 1<<20); err != nil || !bytes.Equal(a.Text, b.Text) {
			t.Fatal("the text is another: ", err)
		}
	})
}
