package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/examples"
	"github.com/senet-selinux/senet/host"
	"github.com/senet-selinux/senet/internal/doc"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/portset"
)

// labelling returns machines that label packets in several ways.
func labelling() map[string]host.Facts {
	bare := host.Standard()
	bare.Assumed = false
	bare.Interfaces = []host.Interface{
		{Index: 1, Name: "lo", Loopback: true, Up: true, Addresses: []string{"127.0.0.1/8", "::1/128"}},
		{Index: 2, Name: "eth0", Up: true, Addresses: []string{"10.0.0.2/24"}},
	}
	secmark := bare
	secmark.Secmark = true
	secmark.SecmarkRules = []host.SecmarkRule{{Family: "inet", Table: "f", Chain: "out",
		Context: "system_u:object_r:http_client_packet_t:s0"}}
	static := bare
	static.PeerLabelling = true
	static.NetLabel = &host.NetLabel{Supported: true, AcceptUnlabelled: true,
		Static: []host.StaticLabel{{Interface: "lo", Addresses: "127.0.0.0/8",
			Context: "system_u:object_r:netlabel_peer_t:s0"}}}
	permissive := secmark
	permissive.Enforcing = false
	return map[string]host.Facts{"bare": bare, "secmark": secmark, "static": static, "permissive": permissive}
}

// TestLibrary: the library and the commands give the same answers, with and without the flags for
// packets.
func TestLibrary(t *testing.T) {
	dir := t.TempDir()
	db, err := policydb.DecodeString(examples.Policy())
	if err != nil {
		t.Fatal(err)
	}
	db.PolicyCaps = db.PolicyCaps.With(uint32(policy.CapAlwaysCheckNetwork))
	always := filepath.Join(dir, "always.policy")
	if err := os.WriteFile(always, db.Encode(), 0o644); err != nil {
		t.Fatal(err)
	}
	verdicts := make(map[network.Verdict]int)
	for name, facts := range labelling() {
		file := filepath.Join(dir, name+".json")
		text, err := json.Marshal(map[string]any{"schema": "senet.facts/1", "facts": facts})
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{senet.Example, always} {
			s, err := senet.Open(context.Background(), senet.Options{Policy: path, Host: &facts})
			if err != nil {
				t.Fatal(err)
			}
			for i, q := range libraryQuestions() {
				t.Run(fmt.Sprintf("%s/%s/%d", name, filepath.Base(path), i), func(t *testing.T) {
					verdicts[compareCan(t, s, q, "--policy", path, "--host", file)]++
				})
			}
		}
	}
	if len(verdicts) != 3 {
		t.Errorf("the questions lack a verdict: %v", verdicts)
	}
}

func libraryQuestions() []senet.Query {
	loopback := func(t senet.Target) senet.Target {
		t.Addr = netip.MustParseAddr("127.0.0.1")
		return t
	}
	many := senet.TCP(80)
	many.Ports = portset.Range{Low: 80, High: 9000}
	targets := []senet.Target{senet.TCP(80), loopback(senet.TCP(80)), loopback(senet.TCP(5601)), senet.UDP(53),
		loopback(many), many, senet.TCP(40000)}
	packets := []senet.Packets{
		{}, {Peer: "haproxy_t"}, {Packet: "http_client_packet_t"},
		{Packet: "system_u:object_r:unlabeled_t:s0", Peer: "httpd_t"},
		{Netif: "lo"}, {Netif: "eth0", From: netip.MustParseAddr("10.0.0.9")},
		{From: netip.MustParseAddr("127.0.0.1"), Peer: "sshd_t"},
	}
	var list []senet.Query
	for _, who := range []string{"haproxy_t", "httpd_t"} {
		for _, op := range network.Operations() {
			for _, target := range targets {
				for _, p := range packets {
					list = append(list, senet.Query{Subject: who, Operation: op, Target: target, Packets: p})
				}
			}
		}
	}
	return list
}

// compareCan asks both and returns the verdict.
func compareCan(t *testing.T, s *senet.Session, q senet.Query, flags ...string) network.Verdict {
	t.Helper()
	args := append([]string{"can", q.Subject, string(q.Operation), q.Target.String(), "--json"}, flags...)
	for flag, value := range map[string]string{"--peer": q.Packets.Peer, "--netif": q.Packets.Netif,
		"--packet": q.Packets.Packet} {
		if value != "" {
			args = append(args, flag, value)
		}
	}
	if q.Packets.From.IsValid() {
		args = append(args, "--from", q.Packets.From.String())
	}
	_, out, stderr := runSenet(t, args...)
	var want doc.Can
	if err := json.Unmarshal([]byte(out), &want); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, stderr)
	}
	got, err := s.Can(context.Background(), q)
	if err != nil {
		t.Fatalf("%s: %v", strings.Join(args, " "), err)
	}
	if got.Together() != want.Verdict || got.Verdict != want.OwnVerdict {
		t.Errorf("%s: %s and %s, the library %s and %s", strings.Join(args, " "), want.Verdict, want.OwnVerdict,
			got.Together(), got.Verdict)
	}
	if (got.Other == nil) != (want.Peer == nil) || got.Other != nil && got.Other.Verdict != want.Peer.Verdict {
		t.Errorf("%s: the other end is %+v, of the library %+v", strings.Join(args, " "), want.Peer, got.Other)
	}
	if d := cmp.Diff(want.Assumptions, doc.AssumptionsOf(got.Assumptions)); d != "" {
		t.Errorf("%s: assumptions: %s", strings.Join(args, " "), d)
	}
	return want.Verdict
}
