package contextfile

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// FuzzWithoutCode: any bytes are read or refused, and what is read stays when it is read again.
func FuzzWithoutCode(f *testing.F) {
	file := File{Name: "file_contexts", Data: []byte("/srv(/.*)?\tu:r:t\n/a/b -d u:r:t\n/a/b/c/d/e.*\t<<none>>\n")}
	for _, l := range []*library{
		{pcre: "10.42", arch: "8-8-el", order: binary.LittleEndian}, {order: binary.BigEndian}, {tree: true},
	} {
		form, err := l.encode(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(form)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		out := withoutCode(b)
		if len(out) > len(b) || out != nil && !bytes.Equal(withoutCode(out), out) {
			t.Errorf("%d bytes of %d", len(out), len(b))
		}
	})
}

// FuzzEncode: a file of contexts is compiled or refused, and its compiled form is no larger than its lines need.
func FuzzEncode(f *testing.F) {
	for _, s := range []string{"/srv(/.*)?\tsystem_u:object_r:srv_t:s0\n", "/x[a-\\w]\t--\t<<none>>\n", "/a{2,1}\n",
		"/\\Q.*\\E -d a:b:c:s0\n# x\n(?#c)(*VERB)/x* -l a:b:c:s0"} {
		f.Add([]byte(s))
	}
	l := &library{order: binary.LittleEndian}
	f.Fuzz(func(t *testing.T, b []byte) {
		_ = CheckExpressions(b, "") // ends, and refuses or not
		out, err := l.encode(File{Name: "file_contexts", Data: b})
		if (err == nil) != (out != nil) {
			t.Errorf("%d bytes and %v", len(out), err)
		}
		tree, errTree := (&library{tree: true}).encode(File{Name: "file_contexts", Data: b})
		if errTree == nil && (err != nil || len(tree) > 64+8*len(b)+128*(bytes.Count(b, []byte("\n"))+1)) {
			t.Errorf("%d bytes in a tree, and %v", len(tree), err)
		}
		if lines := bytes.Count(b, []byte("\n")) + 1; len(out) > 64+4*len(b)+64*lines {
			t.Errorf("%d bytes of %d", len(out), len(b))
		}
	})
}
