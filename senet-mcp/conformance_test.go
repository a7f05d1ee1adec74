package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/senet-selinux/senet/internal/testenv"
)

// A message is what the server writes for a request.
type message struct {
	JSONRPC string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Result  map[string]any  `json:"result"`
	Error   *struct {
		Code    int    `json:"code"`
		Message string `json:"message"`
	} `json:"error"`
}

func build(t *testing.T) (program string) {
	t.Helper()
	program = filepath.Join(t.TempDir(), "senet-mcp")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return program
}

// talk starts the program, writes lines to its standard input, ends it, and returns the answers by their ids. Each
// line of standard output has to be a message.
func talk(t *testing.T, program string, lines ...string) map[string]message {
	t.Helper()
	cmd := exec.Command(program)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	answers := make(map[string]message)
	decoder := json.NewDecoder(out)
	for _, line := range lines {
		if _, err := io.WriteString(in, line+"\n"); err != nil {
			t.Fatal(err)
		}
		var request struct{ ID json.RawMessage }
		if err := json.Unmarshal([]byte(line), &request); err != nil || request.ID == nil {
			continue // a notification
		}
		var m message
		if err := decoder.Decode(&m); err != nil {
			t.Fatalf("after %s: %v %s", line, err, complaints.String())
		}
		if m.JSONRPC != "2.0" || (m.Result == nil) == (m.Error == nil) {
			t.Errorf("%s: %+v", line, m)
		}
		answers[string(m.ID)] = m
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(io.MultiReader(decoder.Buffered(), out))
	if err != nil || strings.TrimSpace(string(rest)) != "" {
		t.Errorf("%v: more on standard output: %s", err, rest)
	}
	if err := cmd.Wait(); err != nil || complaints.Len() > 0 {
		t.Errorf("at the end of input: %v: %s", err, complaints.String())
	}
	return answers
}

func hello(version string) []string {
	return []string{
		`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"` + version +
			`","capabilities":{},"clientInfo":{"name":"c","version":"1"}}}`,
		`{"jsonrpc":"2.0","method":"notifications/initialized"}`,
	}
}

// TestProtocol: the program as a client starts it, byte by byte: what the specification says of a server that has
// tools alone.
func TestProtocol(t *testing.T) {
	program := build(t)
	testVersions(t, program)
	const example = `"arguments":{"subject":"haproxy_t","action":"connect","target":"tcp/5601","policy":"example"}`
	answers := talk(t, program, append(hello("2025-06-18"),
		`{"jsonrpc":"2.0","id":"two","method":"tools/list"}`, // params may be missing, an id may be a text
		`{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"can",`+example+`}}`,
		`{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"apply","arguments":{}}}`,
		`{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"can","arguments":{"subject":"haproxy_t"}}}`,
		`{"jsonrpc":"2.0","id":6,"method":"tools/call","params":{"name":"can","arguments":{"subject":7}}}`,
		`{"jsonrpc":"2.0","id":7,"method":"no/such/method"}`,
		`{"jsonrpc":"2.0","id":8,"method":"ping"}`,
		`{"jsonrpc":"2.0","id":9,"method":"tools/call","params":{"name":"explain","arguments":{"word":"SN-NO-RULE",`+
			`"depth":2}}}`,
	)...)
	first := answers["1"].Result
	if first["protocolVersion"] != "2025-06-18" || first["instructions"] == "" {
		t.Errorf("initialize: %v", first)
	}
	if server, _ := first["serverInfo"].(map[string]any); server["name"] != "senet" || server["version"] == "" {
		t.Errorf("serverInfo: %v", server)
	}
	capabilities, _ := first["capabilities"].(map[string]any)
	if _, ok := capabilities["tools"]; !ok || capabilities["resources"] != nil || capabilities["prompts"] != nil {
		t.Errorf("capabilities: %v", capabilities)
	}
	tools, _ := answers[`"two"`].Result["tools"].([]any)
	for _, one := range tools {
		tool, _ := one.(map[string]any)
		for _, key := range []string{"inputSchema", "outputSchema"} {
			if schema, _ := tool[key].(map[string]any); schema["type"] != "object" {
				t.Errorf("%v: %s is %v", tool["name"], key, schema)
			}
		}
	}
	if len(tools) != 10 {
		t.Errorf("%d tools", len(tools))
	}
	can := answers["3"].Result
	content, _ := can["content"].([]any)
	structured, _ := can["structuredContent"].(map[string]any)
	if len(content) != 1 || structured["status"] != 1.0 || can["isError"] == true {
		t.Errorf("tools/call: %v", can)
	}
	if part, _ := content[0].(map[string]any); part["type"] != "text" {
		t.Errorf("content: %v", part)
	}
	for id, code := range map[string]int{"4": -32602, "7": -32601} { // invalid params, no such method
		if e := answers[id].Error; e == nil || e.Code != code {
			t.Errorf("%s: %+v, want error %d", id, answers[id], code)
		}
	}
	// What a schema refuses is an answer that the model can read, or an error of the protocol: no result.
	for _, id := range []string{"5", "6", "9"} {
		if a := answers[id]; a.Error == nil && a.Result["isError"] != true {
			t.Errorf("%s: %+v", id, a)
		}
	}
	if a := answers["8"]; a.Error != nil || len(a.Result) != 0 {
		t.Errorf("ping: %+v", a)
	}
}

// testVersions: a version of the protocol that is known is answered by the same, another by one that is known.
func testVersions(t *testing.T, program string) {
	t.Helper()
	for _, version := range []string{"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"} {
		if got := talk(t, program, hello(version)...)["1"].Result["protocolVersion"]; got != version {
			t.Errorf("%s is answered by %v", version, got)
		}
	}
	got, _ := talk(t, program, hello("1999-01-01")...)["1"].Result["protocolVersion"].(string)
	if got < "2025-06-18" {
		t.Errorf("an unknown version is answered by %q", got)
	}
}

// TestConformance runs the protocol's own conformance tests, those for a server that has tools alone, which are
// had from the registry of npm. They speak HTTP, so the test lends the server a transport.
func TestConformance(t *testing.T) {
	if !testenv.Long() {
		t.Skip("installed for the long run")
	}
	testenv.Need(t, "npm")
	dir, err := testenv.CacheDir("mcp-conformance")
	if err != nil {
		t.Fatal(err)
	}
	suite := filepath.Join(dir, "node_modules/@modelcontextprotocol/conformance/dist/index.js")
	node := filepath.Join(dir, "node_modules/node/bin/node")
	if _, err := os.Stat(suite); err != nil {
		out, err := exec.Command("npm", "install", "--no-save", "--prefix", dir,
			"@modelcontextprotocol/conformance@0.1.16", "node@22").CombinedOutput()
		if err != nil {
			testenv.Missing(t, "npm install: "+err.Error()+": "+string(out))
		}
	}
	handler := mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return newServer(nil) }, nil)
	server := httptest.NewServer(handler)
	defer server.Close()
	for _, scenario := range []string{"server-initialize", "ping", "tools-list"} {
		cmd := exec.Command(node, suite, "server", "--url", server.URL, "--scenario", scenario)
		cmd.Dir = t.TempDir()
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "0 failed") {
			t.Errorf("%s: %v\n%s", scenario, err, out)
		}
	}
}
