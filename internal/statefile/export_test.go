package statefile

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/senet-selinux/senet/internal/testenv"
	"github.com/senet-selinux/senet/semanage"
	"github.com/senet-selinux/senet/test/stores"
)

// TestExportApplied: what is exported of a store with random records is read as the same,
// and making it so changes nothing; a store without local records gets the same by it. All
// are other than the policy's own, which nothing is done for.
func TestExportApplied(t *testing.T) {
	rounds := 20
	if testenv.Long() {
		rounds = 400
	}
	root := stores.Usual(t, "default")
	s, err := semanage.Open(semanage.Options{Root: root, NoReload: true})
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(testenv.Seed(t), 5))
	total := 0
	for range rounds {
		tx, err := s.Look()
		if err != nil {
			t.Fatal(err)
		}
		for range rng.IntN(12) {
			// What is there already, or is none of the policy, is refused.
			_, _ = tx.Import(strings.NewReader(randomLine(rng)))
		}
		records := recordsOf(tx)
		total += len(records)
		var text bytes.Buffer
		if err := Of(records).Write(&text); err != nil {
			t.Fatal(err)
		}
		for _, target := range []*semanage.Tx{tx, look(t, s)} {
			state, err := Read("export", bytes.NewReader(text.Bytes()))
			if err == nil && text.Len() > 3 {
				err = state.Put(target)
			}
			if err != nil {
				t.Fatalf("%v\n%s", err, &text)
			}
			if got := recordsOf(target); !slices.Equal(sortedText(got), sortedText(records)) {
				t.Fatalf("%s\nmakes\n%q\nnot\n%q", &text, got, records)
			}
			target.Close()
		}
	}
	if total < rounds {
		t.Errorf("only %d records", total)
	}
}

func look(t *testing.T, s *semanage.Store) *semanage.Tx {
	t.Helper()
	tx, err := s.Look()
	if err != nil {
		t.Fatal(err)
	}
	return tx
}

func recordsOf(tx *semanage.Tx) (list []semanage.Record) {
	for _, kind := range Kinds() {
		list = append(list, tx.Records(kind)...)
	}
	return list
}

func sortedText(list []semanage.Record) []string {
	var out []string
	for _, r := range list {
		out = append(out, r.String())
	}
	slices.Sort(out)
	return out
}

func randomLine(rng *rand.Rand) string {
	pick := func(list ...string) string { return list[rng.IntN(len(list))] }
	level := pick("", "", " -r s0:c1,c5.c7", " -r s0-s0:c0.c1023")
	switch rng.IntN(8) {
	case 0:
		return "login -a -s " + pick("user_u", "web_u", "staff_u") + level + " " + pick("ann", "%staff", "bob")
	case 1:
		return "user -a -R '" + pick("user_r", "user_r staff_r", "sysadm_r") + "'" + level + " " + pick("web_u", "x_u")
	case 2, 3:
		return "fcontext -a -f " + pick("a", "d", "f", "p") + " -t " + pick("etc_t", "usr_t", "<<none>>", "nosuch_t") +
			level + " '" + pick("/srv/a", "/srv/b(/.*)?", "/srv/etc", `/opt/x\.d`, "/srv/\"q\"") + "'"
	case 4:
		return "fcontext -a -e " + pick("/usr", "/var/www") + " " + pick("/srv/www", "/opt/own")
	case 5:
		return "boolean -m --on " + pick("httpd_can_network_connect", "ftp_home_dir")
	case 6:
		return "node -a -M /8 -p ipv4 -t node_t" + level + " " + pick("10.0.0.0", "9.0.0.0")
	}
	return fmt.Sprintf("port -a -t http_port_t -p %s%s %d", pick("tcp", "sctp"), level, 5000+rng.IntN(40))
}
