package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/senet-selinux/senet/policy"
	"github.com/senet-selinux/senet/policydb"
	"github.com/senet-selinux/senet/test/policies"
)

// benchDiff times the comparison of two policies beside sediff, by processor time:
// one run of sediff takes forty seconds, and the machine may be busy.
func benchDiff(senet string) error {
	senet, err := filepath.Abs(senet)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "senet-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	debian, mls := debianDefault().path, "/etc/selinux/mls/policy/policy.33"
	fedora, err := policies.FedoraSize()
	if err != nil {
		return err
	}
	changed := filepath.Join(dir, "fedora")
	if err := writeEdited(fedora, changed); err != nil {
		return err
	}
	port := filepath.Join(dir, "port")
	if err := writeEdited(debian, port); err != nil {
		return err
	}
	fmt.Printf("\nTwo policies compared, processor time, the best of %d runs of senet.\n\n", pairs)
	fmt.Printf("%-52s %10s %10s %8s %9s\n", "policies", "sediff ms", "senet ms", "ratio", "RSS MiB")
	for _, c := range []struct {
		name, before, after string
		peer                bool
		args                []string
	}{
		{"identical, rules", debian, debian, true, []string{"diff", "--rules"}},
		{"identical, for people", debian, debian, true, []string{"diff"}},
		{"default, mls: rules", debian, mls, true, []string{"diff", "--rules"}},
		{"default, mls: for people", debian, mls, true, []string{"diff"}},
		{"one port and one rule", debian, port, false, []string{"diff"}},
		{"Fedora-size, one port and one rule", fedora, changed, false, []string{"diff"}},
		{"Fedora-size, one port and one rule: rules", fedora, changed, false, []string{"diff", "--rules"}},
	} {
		own := measured{cpu: time.Hour, time: time.Hour, faults: math.MaxInt64}
		for range pairs {
			m, err := measure(senet, append(c.args, c.before, c.after))
			if err != nil {
				return err
			}
			own = own.best(m)
		}
		line := fmt.Sprintf("%10s %10.1f %8s %9.1f", "-", ms(own.cpu), "-", float64(own.rss)/1024)
		if c.peer {
			peer, err := measure("sediff", []string{c.before, c.after})
			if err != nil {
				return err
			}
			line = fmt.Sprintf("%10.0f %10.1f %7.0fx %9.1f", ms(peer.cpu), ms(own.cpu),
				float64(peer.cpu)/float64(own.cpu), float64(own.rss)/1024)
		}
		fmt.Printf("%-52s %s\n", c.name, line)
	}
	return benchNeverallow(senet, dir)
}

// benchNeverallow times senet test on the neverallow rules of the base module of Debian's policy, held against the
// binary policy. No other program does that.
func benchNeverallow(senet, dir string) error {
	debian := debianDefault().path
	b, err := os.ReadFile(debian)
	if err != nil {
		return err
	}
	db, err := policydb.Decode(b)
	if err != nil {
		return err
	}
	p := policy.New(db)
	rules, err := policies.DebianNeverallows(func(name string) bool {
		_, ok := p.TypeOrAttribute(name)
		return ok
	})
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Println("not run: neverallow rules:", err)
		return nil
	}
	if err != nil {
		return err
	}
	text, err := json.Marshal(map[string]any{"tests": []map[string]string{{"neverallow": rules}}})
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "neverallow.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		return err
	}
	own := measured{cpu: time.Hour, time: time.Hour, faults: math.MaxInt64}
	for range pairs {
		m, err := measure(senet, []string{"test", file, "--policy", debian})
		if err != nil {
			return err
		}
		own = own.best(m)
	}
	name := fmt.Sprintf("senet test: %d neverallow rules of Debian's base", strings.Count(rules, "(neverallow "))
	fmt.Printf("%-52s %10s %10.1f %8s %9.1f\n", name, "-", ms(own.cpu), "-", float64(own.rss)/1024)
	return nil
}

// writeEdited writes a policy with one port and one rule more.
func writeEdited(from, to string) error {
	b, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	db, err := policydb.Decode(b)
	if err != nil {
		return err
	}
	label := db.OContexts.Ports[0].Context
	if err := db.AddPort(policydb.PortCon{Protocol: 6, Low: 5601, High: 5601, Context: label}); err != nil {
		return err
	}
	if err := db.AddAllow(label.Type, label.Type, 1, 1); err != nil {
		return err
	}
	return os.WriteFile(to, db.Encode(), 0o600)
}
