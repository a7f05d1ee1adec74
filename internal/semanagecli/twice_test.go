package semanagecli

import (
	"testing"

	"github.com/senet-selinux/senet/test/stores"
)

// TestRecordTwice: a record that somebody wrote twice by hand makes every change of ports fail, in semanage as
// well. Deletions, one copy at a time, still work.
func TestRecordTwice(t *testing.T) {
	t.Parallel()
	theirs, own := stores.Copy(t, "default"), stores.Copy(t, "default")
	p := startPeer(t, theirs, "default")
	line := []string{"port", "-a", "-N", "-t", "http_port_t", "-p", "tcp", "5601"}
	if want, got := p.run("", line...), ours(own, "", line...); want.code != 0 || got.code != 0 {
		t.Fatalf("%+v, semanage %+v", got, want)
	}
	const record = "portcon tcp 5601 system_u:object_r:http_port_t:s0\n"
	for _, root := range []string{theirs, own} {
		stores.Write(t, root+"/var/lib/selinux/default/active/ports.local", record+record)
	}
	line[len(line)-1] = "5602"
	if want, got := p.run("", line...), ours(own, "", line...); want.code != 1 ||
		got != (answer{1, "", "ValueError: Could not commit semanage transaction: ports.local has tcp/5601 twice\n"}) {
		t.Errorf("%+v, semanage %+v", got, want)
	}
	for _, line := range [][]string{{"port", "-d", "-N", "-p", "tcp", "5601"}, line} {
		if want, got := p.run("", line...), ours(own, "", line...); want.code != 0 || got.code != 0 {
			t.Errorf("%q: %+v, semanage %+v", line, got, want)
		}
		sameLocals(t, theirs, own, "default")
	}
}
