package contextfile

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// FuzzEncode: a file of contexts is compiled or refused, and its compiled form is no larger than its lines need.
func FuzzEncode(f *testing.F) {
	for _, s := range []string{"/srv(/.*)?\tsystem_u:object_r:srv_t:s0\n", "/x[a-\\w]\t--\t<<none>>\n", "/a{2,1}\n",
		"/\\Q.*\\E -d a:b:c:s0\n# x\n(?#c)(*VERB)/x* -l a:b:c:s0"} {
		f.Add([]byte(s))
	}
	l := &library{order: binary.LittleEndian}
	f.Fuzz(func(t *testing.T, b []byte) {
		_ = CheckExpressions(b) // ends, and refuses or not
		out, err := l.encode(File{Name: "file_contexts", Data: b})
		if (err == nil) != (out != nil) {
			t.Errorf("%d bytes and %v", len(out), err)
		}
		if lines := bytes.Count(b, []byte("\n")) + 1; len(out) > 64+4*len(b)+64*lines {
			t.Errorf("%d bytes of %d", len(out), len(b))
		}
	})
}
