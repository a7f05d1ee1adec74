package statefile_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/senet-selinux/senet/internal/statefile"
)

// TestRead: YAML and JSON say the same.
func TestRead(t *testing.T) {
	want := &statefile.State{
		Ports: []statefile.Port{
			{Type: "http_port_t", Proto: "tcp", Port: "5601"},
			{Proto: "udp", Port: "8000-8010", Range: "s0", State: "absent"},
		},
		Booleans:   map[string]bool{"a": true, "b": false},
		Nodes:      []statefile.Node{{Type: "node_t", Address: "10.0.0.0/8"}},
		Interfaces: []statefile.Interface{{Type: "netif_t", Name: "eth1"}},
		Exclusive:  []string{"port"},
	}
	for name, text := range map[string]string{
		"yaml": "ports:\n- {type: http_port_t, proto: tcp, port: 5601}\n- proto: udp\n  port: 8000-8010\n  range: " +
			"s0\n  state: absent\n" +
			"booleans: {a: on, b: no}\nnodes: [{type: node_t, address: 10.0.0.0/8}]\ninterfaces: [{type: netif_t, " +
			"name: eth1}]\nexclusive: [port]\n",
		"json": "{\n\t\"ports\": [{\"type\": \"http_port_t\", \"proto\": \"tcp\", \"port\": 5601}, {\"proto\": " +
			"\"udp\", \"port\": \"8000-8010\", \"range\": \"s0\", \"state\": \"absent\"}],\n" +
			"\"booleans\": {\"a\": true, \"b\": false}, \"nodes\": [{\"type\": \"node_t\", \"address\": " +
			"\"10.0.0.0\\/8\"}],\n" +
			"\"interfaces\": [{\"type\": \"netif_t\", \"name\": \"eth1\"}], \"exclusive\": [\"port\"]}",
	} {
		got, err := statefile.Read(name, strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		for i := range got.Ports {
			got.Ports[i].Line = 0
		}
		got.Nodes[0].Line, got.Interfaces[0].Line = 0, 0
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		var b bytes.Buffer
		if err := got.Write(&b); err != nil {
			t.Fatal(err)
		}
		again, err := statefile.Read("again", &b)
		if err != nil {
			t.Fatal(err)
		}
		for i := range again.Ports {
			again.Ports[i].Line = 0
		}
		again.Nodes[0].Line, again.Interfaces[0].Line = 0, 0
		if d := cmp.Diff(want, again); d != "" {
			t.Errorf("%s, written and read: %s", name, d)
		}
	}
}

// TestReadInvalid: the fault, and its place.
func TestReadInvalid(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"", "the file is empty"},
		{"# nothing\n", "the file is empty"},
		{"ports:\n- type: x\n  prt: 5\n", "line 3: field prt is not known"},
		{"port: []\n", "line 1: field port is not known"},
		{"ports: 5\n", "line 1"},
		{"ports: [\n", "line"},
		{"a: 1\n---\nb: 2\n", "line 1"},
		{"ports: []\n---\nports: []\n", "more than one document"},
		{"{\"ports\": [\n{\"prt\": 1}]}", "unknown field"},
		{"{\"ports\": [{\"port\": true}]}", "neither a number nor a string"},
		{"{\"ports\": []}\n{}", "line 2: text after the end"},
		{"{\"ports\":\n[", "line 2"},
		{"booleans: {a: maybe}\n", "line 1"},
		{"booleans: {a: on, a: off}\n", "already defined"},
		// One name, two values: no reader may pick one, or mix two records.
		{"{\"booleans\": {\"a\": true,\n\"a\": false}}", "line 2: \"a\" is defined twice"},
		{"{\"ports\": [{\"range\": \"s0:c1\"}],\n\"PORTS\": [{\"port\": 1}]}", "line 2: \"PORTS\" is defined twice"},
		{"ports: []\nports: []\n", "already"},
		// A value that was forgotten is not off, a record that was forgotten is not none.
		{"booleans:\n  a:\n", "line 2: booleans: a has no value"},
		{"booleans: {a: on, b: ~}\n", "b has no value"},
		{"{\"booleans\": {\"a\": null}}", "line 1: null is not a value here"},
		{"ports:\n- {proto: tcp, port: 1}\n-\n", "line 3: ports: nothing after the dash"},
		{"{\"ports\": [null]}", "null is not a value here"},
		// No word of how it is read.
		{"ports: [{port: [80]}]\n", "line 1: found a list, expected one word"},
		{"booleans: {a: 1}\n", "line 1: found `1`, expected on or off"},
		{"exclusive: port\n", "line 1: found `port`, expected a list"},
		{"schema: senet.state/2\n", "its schema is \"senet.state/2\", not \"senet.state/1\""},
		{"[ports]\n", "line 1: found a list, expected a mapping"},
		{"{\"ports\": 5}", "line 1: ports: a number is not allowed here"},
		{strings.Repeat("#", statefile.MaxSize+1), "more than 16777216 bytes"},
	} {
		_, err := statefile.Read("f.yaml", strings.NewReader(c.text))
		if err == nil || !errors.Is(err, statefile.ErrInvalid) || !strings.Contains(err.Error(), c.want) ||
			!strings.HasPrefix(err.Error(), "f.yaml: ") {
			t.Errorf("%.40q: %v, want %q", c.text, err, c.want)
		}
	}
}

// FuzzRead: no input makes it panic, and it accepts its own output for every input that it accepts.
func FuzzRead(f *testing.F) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		f.Fatal("no seeds", err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("ports: &a [*a]\n"))
	f.Add([]byte("ports: [&a {port: 1}, *a, *a]\n"))
	f.Add([]byte(`{"ports": [{"port": 80, "proto": "tcp", "type": "http_port_t"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := statefile.Read("fuzz", bytes.NewReader(text))
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := s.Write(&b); err != nil {
			t.Fatal(err)
		}
		if _, err := statefile.Read("again", &b); err != nil && !errors.Is(err, statefile.ErrInvalid) {
			t.Fatal(err)
		}
	})
}
