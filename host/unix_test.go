package host

import (
	"fmt"
	"testing"
)

// TestParseUnix reads a table as unix_seq_show writes it.
func TestParseUnix(t *testing.T) {
	const table = `Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01 20514 /run/app.sock
0000000000000000: 00000003 00000000 00000000 0001 03 20515 /run/app.sock
0000000000000000: 00000002 00000000 00000000 0002 01 11210 /run/with blank
0000000000000000: 00000002 00000000 00010000 0005 01 11211 /run/udev/control
0000000000000000: 00000002 00000000 00010000 0001 01 11212 @/tmp/abstract
0000000000000000: 00000002 00000000 00010000 0001 01 x /run/broken
`
	const want = "[{/run/app.sock stream 20514 } {/run/with blank dgram 11210 } {/run/udev/control seqpacket 11211 }]"
	if got := fmt.Sprint(parseUnix(table)); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
