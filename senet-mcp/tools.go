package main

import (
	"context"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"github.com/senet-selinux/senet/internal/shell"
	"github.com/senet-selinux/senet/internal/version"
)

// Where says which policy and machine a question is about.
type Where struct {
	Policy string   `json:"policy,omitempty" jsonschema:"path of a binary policy, or example"`
	Root   string   `json:"root,omitempty" jsonschema:"directory that holds a system, such as an unpacked image"`
	Bools  []string `json:"bools,omitempty" jsonschema:"booleans to ask as if set so: NAME=on or NAME=off"`
}

// Operation is what a process would do.
type Operation struct {
	Subject string `json:"subject" jsonschema:"domain such as haproxy_t, context, pid:812, unit:haproxy.service"`
	Action  string `json:"action" jsonschema:"connect, bind, listen, send or recv"`
	Target  string `json:"target" jsonschema:"protocol, address if it matters, port: tcp/5601, tcp/10.0.0.7:443"`
}

type canInput struct {
	Operation
	Where
	Page
}

type whoInput struct {
	Action string `json:"action" jsonschema:"connect, bind, listen, send or recv"`
	Target string `json:"target" jsonschema:"protocol and port: tcp/5601"`
	Where
	Page
}

type portsInput struct {
	Subject  string `json:"subject" jsonschema:"domain such as haproxy_t"`
	Protocol string `json:"protocol,omitempty" jsonschema:"tcp, which is the default, udp, sctp or dccp"`
	Where
	Page
}

type whyInput struct {
	Log string `json:"log" jsonschema:"lines of a log with denials, or a program's complaint"`
	Where
	Page
}

type fixInput struct {
	Operation
	All bool `json:"all,omitempty" jsonschema:"list every fix, also those that open far more than was asked"`
	Where
	Page
}

type explainInput struct {
	Word string `json:"word" jsonschema:"code such as SN-NO-RULE, type, boolean, permission, or topic such as layers"`
	Where
	Page
}

type diffInput struct {
	Before string   `json:"before" jsonschema:"path of a policy or of a system, or running, installed, example"`
	After  string   `json:"after" jsonschema:"the same, of the policy to compare with"`
	Bools  []string `json:"bools,omitempty" jsonschema:"booleans to set in the second policy: NAME=on or NAME=off"`
	Rules  bool     `json:"rules,omitempty" jsonschema:"list the rules that differ"`
	Page
}

type checkInput struct {
	Name  string   `json:"name" jsonschema:"unit or program such as haproxy, or file of configuration within root"`
	Root  string   `json:"root" jsonschema:"directory that holds a system, such as an unpacked image"`
	Bools []string `json:"bools,omitempty" jsonschema:"booleans to ask as if set so: NAME=on or NAME=off"`
	Page
}

type searchInput struct {
	Source string `json:"source,omitempty" jsonschema:"type or attribute of the subject"`
	Target string `json:"target,omitempty" jsonschema:"type or attribute of the object"`
	Class  string `json:"class,omitempty" jsonschema:"object class"`
	Perms  string `json:"perms,omitempty" jsonschema:"permissions, divided by commas; rules with any of them"`
	Policy string `json:"policy,omitempty" jsonschema:"path of a binary policy, or example"`
	Page
}

type infoInput struct {
	Port   string `json:"port,omitempty" jsonschema:"list the port records that hold for a port or range"`
	Type   string `json:"type,omitempty" jsonschema:"a type with its attributes and aliases"`
	Bool   string `json:"bool,omitempty" jsonschema:"a boolean with its value"`
	Policy string `json:"policy,omitempty" jsonschema:"path of a binary policy, or example"`
	Page
}

// newServer makes the server with its tools.
func newServer(dirs allowed) *mcp.Server {
	s := mcp.NewServer(&mcp.Implementation{Name: "senet", Version: version.Get().Version}, &mcp.ServerOptions{
		Instructions: "Senet says what SELinux lets a process do on the network, why, and what the least " +
			"harmful change would be. Start with why if there is a log, else with can; then fix. Nothing is " +
			"changed: each answer has the command for a person to run.",
	})
	add(s, "can", "May a process connect, bind, listen, send or receive? Layer by layer, with the rules.",
		func(in canInput) (shell.Command, string, Page, error) {
			c, err := in.Operation.command("can")
			if err != nil {
				return c, "", in.Page, err
			}
			c, err = in.Where.flags(dirs, c)
			return c, "", in.Page, err
		})
	add(s, "who", "Which domains may use a port, and through which rules?",
		func(in whoInput) (shell.Command, string, Page, error) {
			c, err := in.Where.flags(dirs, shell.New("senet", "who").Arg(in.Action, in.Target))
			return c, "", in.Page, err
		})
	add(s, "ports", "Which ports may a domain bind and connect to?",
		func(in portsInput) (shell.Command, string, Page, error) {
			c := shell.New("senet", "ports").Arg(in.Subject)
			if in.Protocol != "" {
				c = c.Option("--protocol", in.Protocol)
			}
			c, err := in.Where.flags(dirs, c)
			return c, "", in.Page, err
		})
	add(s, "why", "What do these log lines mean: which check refused what, why, and what would help?",
		func(in whyInput) (shell.Command, string, Page, error) {
			c, err := in.Where.flags(dirs, shell.New("senet", "why").Arg("-"))
			return c, in.Log, in.Page, err
		})
	add(s, "fix", "Every change that would let a refused operation succeed, with what else it opens. Changes nothing.",
		func(in fixInput) (shell.Command, string, Page, error) {
			c, err := in.Operation.command("fix")
			if err != nil {
				return c, "", in.Page, err
			}
			if in.All {
				c = c.Flag("--all")
			}
			c, err = in.Where.flags(dirs, c)
			return c, "", in.Page, err
		})
	add(s, "explain", "A page of plain words about a code, type, boolean, permission, interface or topic.",
		func(in explainInput) (shell.Command, string, Page, error) {
			c, err := in.Where.flags(dirs, shell.New("senet", "explain").Arg(in.Word))
			return c, "", in.Page, err
		})
	add(s, "diff", "What changes from one policy to another: ports gained and lost, dangers, rules.",
		func(in diffInput) (shell.Command, string, Page, error) { return in.command(dirs) })
	add(s, "check", "What will SELinux refuse a daemon that starts with the configuration it has in a system?",
		func(in checkInput) (shell.Command, string, Page, error) { return in.command(dirs) })
	add(s, "search_rules", "The allow rules with a source, target, class and permissions, as sesearch prints them.",
		func(in searchInput) (shell.Command, string, Page, error) { return in.command(dirs) })
	add(s, "policy_info", "The label of a port, a type, a boolean, or a summary of the policy.",
		func(in infoInput) (shell.Command, string, Page, error) { return in.command(dirs) })
	return s
}

// add adds a tool whose answer is that of a command of senet.
func add[In any](s *mcp.Server, name, does string, command func(In) (shell.Command, string, Page, error)) {
	closed := false
	mcp.AddTool(s, &mcp.Tool{
		Name: name, Description: does,
		Annotations: &mcp.ToolAnnotations{ReadOnlyHint: true, IdempotentHint: true, OpenWorldHint: &closed},
	}, func(_ context.Context, _ *mcp.CallToolRequest, in In) (*mcp.CallToolResult, Answer, error) {
		c, stdin, page, err := command(in)
		if err != nil {
			return nil, Answer{}, err
		}
		a := ask(c, stdin, page)
		return &mcp.CallToolResult{
			Content: []mcp.Content{&mcp.TextContent{Text: a.text()}},
			IsError: a.Status >= 64,
		}, a, nil
	})
}
