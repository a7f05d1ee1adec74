package host

import (
	"encoding/binary"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
)

// recordedNFT holds the answers of a kernel, on a little-endian machine: the payloads of the
// messages.
type recordedNFT struct {
	Tables, Chains, Sets, Rules [][]byte
	Elements                    map[string][][]byte // by family, table and set
}

func (r *recordedNFT) dump() *nftDump {
	of := func(list [][]byte) (messages []netlinkMessage) {
		for _, b := range list {
			messages = append(messages, netlinkMessage{Payload: b})
		}
		return messages
	}
	return &nftDump{tables: of(r.Tables), chains: of(r.Chains), sets: of(r.Sets), rules: of(r.Rules),
		elements: func(family byte, table, set string) ([]netlinkMessage, error) {
			return of(r.Elements[nftFamily(family)+" "+table+" "+set]), nil
		}}
}

func readRecorded(t testing.TB) *recordedNFT {
	t.Helper()
	b, err := os.ReadFile("testdata/nftables.json")
	if err != nil {
		t.Fatal(err)
	}
	r := new(recordedNFT)
	if err := json.Unmarshal(b, r); err != nil {
		t.Fatal(err)
	}
	return r
}

// text writes a chain for people, one rule a line.
func (c *Chain) text() string {
	var b strings.Builder
	b.WriteString(c.Family + " " + c.Table + " " + c.Name)
	if c.Hook != "" {
		b.WriteString(" " + c.Hook + " " + c.Policy)
	}
	for _, r := range c.Rules {
		b.WriteString("\n ")
		for _, s := range r.Steps {
			not := ""
			if s.Not {
				not = "!"
			}
			switch {
			case s.Do != "":
				b.WriteString(strings.TrimRight(" "+s.Do+" "+s.Arg, " "))
			default:
				b.WriteString(" " + s.Field + not + "=" + strings.Join(s.Values, ","))
			}
		}
	}
	return b.String()
}

// TestRecordedNFT reads a kernel's dump of testdata/nftables.nft, and of rules of iptables-nft, whose text is
// beside each.
func TestRecordedNFT(t *testing.T) {
	chains, err := parseNFTFilter(readRecorded(t).dump(), binary.LittleEndian)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range chains {
		got = append(got, chains[i].text())
	}
	want, err := os.ReadFile("testdata/nftables.want")
	if err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(got, "\n") + "\n"; text != string(want) {
		t.Errorf("got\n%s\nwant\n%s", text, want)
	}
}

// attr makes one attribute in little endian.
func attr(typ uint16, content []byte) []byte {
	return appendAttribute(nil, binary.LittleEndian, typ, content)
}

func n32(n uint32) []byte { return binary.BigEndian.AppendUint32(nil, n) }

func text(s string) []byte { return append([]byte(s), 0) }

// A secmark object labels by name, or by a map from ports.
func TestSecmarkObjects(t *testing.T) {
	const inet = 1
	nfgen := func(attributes ...[]byte) netlinkMessage {
		return netlinkMessage{Payload: slices.Concat(append([][]byte{{inet, 0, 0, 0}}, attributes...)...)}
	}
	expr := func(name string, data ...[]byte) []byte {
		return attr(nftAElement, slices.Concat(attr(nftAExprName, text(name)),
			attr(nftAExprData, slices.Concat(data...))))
	}
	d := &nftDump{
		chains: []netlinkMessage{nfgen(attr(1, text("t")), attr(3, text("out")),
			attr(4, slices.Concat(attr(1, n32(3)), attr(2, n32(50)))))},
		objects: []netlinkMessage{nfgen(attr(nftATable, text("t")), attr(nftAName, text("web")),
			attr(nftAObjType, n32(nftObjSecmark)), attr(nftAObjData, attr(nftASecmarkCtx, text("u:r:web_t"))))},
		sets: []netlinkMessage{nfgen(attr(1, text("t")), attr(2, text("m")), attr(3, n32(8|0x40)), attr(5, n32(2)),
			attr(15, n32(nftObjSecmark)))},
		rules: []netlinkMessage{
			nfgen(attr(nftATable, text("t")), attr(nftAName, text("out")),
				attr(3, binary.BigEndian.AppendUint64(nil, 7)),
				attr(nftAExpressions, expr("objref", attr(1, n32(nftObjSecmark)), attr(2, text("web"))))),
			nfgen(attr(nftATable, text("t")), attr(nftAName, text("out")), attr(nftAExpressions, slices.Concat(
				expr("payload", attr(1, n32(1)), attr(2, n32(2)), attr(3, n32(2)), attr(4, n32(2))),
				expr("objref", attr(3, n32(1)), attr(4, text("m")))))),
		},
		elements: func(byte, string, string) ([]netlinkMessage, error) {
			return []netlinkMessage{nfgen(attr(3, attr(1,
				slices.Concat(attr(1, attr(1, []byte{0, 80})), attr(9, text("web"))))))}, nil
		},
	}
	chains, err := parseNFTFilter(d, binary.LittleEndian)
	if err != nil || len(chains) != 1 {
		t.Fatal(chains, err)
	}
	if got, want := chains[0].text(),
		"inet t out output accept\n  secmark u:r:web_t\n  dport=80 secmark u:r:web_t"; got != want ||
		chains[0].Rules[0].Name != "handle 7" {
		t.Errorf("%s\nwant %s", got, want)
	}
}
