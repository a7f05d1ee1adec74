package doc

import (
	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/access"
	"github.com/senet-selinux/senet/internal/check"
	"github.com/senet-selinux/senet/internal/daemonconf"
	"github.com/senet-selinux/senet/internal/say"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// Check is the document of senet check --json: schema senet.check/1.
type Check struct {
	Head
	// Verdict is denied if an endpoint is denied, else depends if one depends or something could
	// not be read.
	Verdict  network.Verdict `json:"verdict"`
	Services []CheckService  `json:"services"`
	// Unread are the services whose configuration senet does not read.
	Unread []string `json:"unread"`
	// Notes name what of the running system could not be read; only with --changed.
	Notes []string `json:"notes,omitempty"`
}

// A CheckService is one program as it would be started.
type CheckService struct {
	// Name is the name of the unit or of the file.
	Name    string          `json:"name"`
	Program string          `json:"program"`
	Verdict network.Verdict `json:"verdict"`
	// Context is the context of the process, "" if it is not known; Error says why.
	Context string        `json:"context"`
	Error   string        `json:"error,omitempty"`
	Steps   []SubjectStep `json:"steps,omitempty"` // how the context was found

	Endpoints []CheckEndpoint `json:"endpoints"`
	Sockets   []CheckSocket   `json:"sockets"`
	Files     []CheckFile     `json:"files"`
	Problems  []CheckProblem  `json:"problems"`
	// Same counts the endpoints that --changed left out: the running system has their sockets.
	Same int `json:"same,omitempty"`
	// Gone are sockets that wait and that the configuration does not name; only with --changed.
	Gone []CheckGone `json:"gone,omitempty"`
	// Read are the files that were read.
	Read []string `json:"read"`
}

// A CheckGone is a socket of a service that its configuration does not name.
type CheckGone struct {
	Protocol string `json:"protocol"`
	Host     string `json:"host"`
	Port     uint16 `json:"port"`
	PID      int    `json:"pid"`
	Comm     string `json:"comm"`
	Context  string `json:"context,omitempty"` // of the process
}

// A CheckPlace is a line of a file; the line is 0 for a default, which is in no file.
type CheckPlace struct {
	File string `json:"file"`
	Line int    `json:"line"`
}

// A CheckEndpoint is an address that a program binds or connects to.
type CheckEndpoint struct {
	CheckPlace
	Verdict  network.Verdict      `json:"verdict"`
	Action   daemonconf.Operation `json:"action"`
	Protocol string               `json:"protocol"`
	// Host is the address or name as it is written, "" for any address.
	Host string `json:"host,omitempty"`
	// Low and High are the ports, 0 if Open names what decides them.
	Low  uint16 `json:"low"`
	High uint16 `json:"high"`
	Open string `json:"open,omitempty"`
	// If is the condition under which the endpoint is used, if it is not known whether it holds.
	If        string `json:"if,omitempty"`
	Directive string `json:"directive,omitempty"`
	Note      string `json:"note,omitempty"`
	// By is who makes the calls: "" for the program, manager for process 1, runtime for a
	// container runtime.
	By daemonconf.Actor `json:"by,omitempty"`
	// Subject is the context whose label decides, Port the deciding port of a range.
	Subject string `json:"subject,omitempty"`
	Port    uint16 `json:"port,omitempty"`
	// Reason is the code of the check that denies, or SN-GRANTED; Text the same in words.
	Reason access.Code `json:"reason,omitempty"`
	Text   string      `json:"reason_text,omitempty"`

	Fix *CheckFix `json:"fix,omitempty"`
}

// A CheckFix is the first fix of a refused endpoint; senet fix shows all of them.
type CheckFix struct {
	Name    string `json:"name"`
	Change  string `json:"change"`  // in words, which may change in later versions
	Command string `json:"command"` // the command that makes it
}

// A CheckSocket is a UNIX socket that a configuration names.
type CheckSocket struct {
	CheckPlace
	Action    daemonconf.Operation `json:"action"`
	Path      string               `json:"path"` // @NAME for an abstract one
	Directive string               `json:"directive,omitempty"`
	CheckLabels
}

// A CheckFile is a file that a configuration names.
type CheckFile struct {
	CheckPlace
	Path      string         `json:"path"`
	Use       daemonconf.Use `json:"use"`
	Directive string         `json:"directive,omitempty"`
	CheckLabels
}

// CheckLabels are the labels of a file or a socket, and whether the process may use it.
type CheckLabels struct {
	// Subject is the context of the process: the service's, or that of a program that it starts.
	Subject string `json:"subject,omitempty"`
	// Want is the label that file_contexts has for the path, Have the one on the system.
	Want string `json:"want,omitempty"`
	Have string `json:"have,omitempty"`
	// Missing says that the system has no such file.
	Missing bool            `json:"missing,omitempty"`
	Verdict network.Verdict `json:"verdict"`
	// Denied is the first check that is refused.
	Denied *CheckDenied `json:"denied,omitempty"`
}

// A CheckDenied is a refused check on a file, or on a directory above it.
type CheckDenied struct {
	Path   string      `json:"path"`
	Class  string      `json:"class"`
	Target string      `json:"target"` // the label
	Perm   string      `json:"permission"`
	Reason access.Code `json:"reason"`
}

// A CheckProblem is a reason why an answer is not complete.
type CheckProblem struct {
	CheckPlace
	Text string `json:"text"`
}

// CheckOf returns the document of the checked services.
func CheckOf(policyName string, m *senet.Machine, c *say.Check) Check {
	d := Check{
		Head:    HeadOf("senet.check/1", policyName, &m.Host, m.Assumptions()),
		Verdict: check.Worst(c.Services), Services: []CheckService{}, Unread: OrEmpty(c.Unread),
	}
	if c.Running != nil {
		d.Notes = c.Running.Notes
	}
	p := c.Decider.Policy()
	for _, s := range c.Services {
		out := CheckService{
			Name: s.Name, Program: s.Program, Verdict: s.Verdict(), Steps: list(s.Subject.Steps, subjectStepOf),
			Endpoints: []CheckEndpoint{}, Sockets: []CheckSocket{}, Files: []CheckFile{}, Problems: []CheckProblem{},
			Read: OrEmpty(s.Read), Same: s.Same,
		}
		for i := range s.Gone {
			g := &s.Gone[i]
			out.Gone = append(out.Gone, CheckGone{g.Protocol, g.Local.Addr().String(), g.Local.Port(), g.Process.PID,
				g.Process.Comm, g.Process.Context})
		}
		if s.Unknown != nil {
			out.Error = s.Unknown.Error()
		} else if s.Subject.Context.Type != 0 {
			out.Context = p.FormatContext(s.Subject.Context)
		}
		for i := range s.Items {
			item := &s.Items[i]
			e := CheckEndpoint{
				CheckPlace: checkPlace(item.Pos), Verdict: item.Verdict, Action: item.Op, Protocol: item.Protocol,
				Host: item.Host, Low: item.Low, High: item.High, Open: item.Open, If: item.If,
				Directive: item.Directive, Note: item.Note, By: item.By,
			}
			if o := c.Operation(item); o != nil {
				reason := ReasonOf(o)
				e.Subject, e.Port = p.FormatContext(item.Who.Context), item.Question.Port
				e.Reason, e.Text = reason.Code, reason.Text
				if f := item.Fix; f != nil {
					e.Fix = &CheckFix{Name: f.Name(p), Change: say.FixTitle(p, f),
						Command: o.Command("fix", c.Again).Option("--apply", f.Name(p)).String()}
				}
			}
			out.Endpoints = append(out.Endpoints, e)
		}
		for i := range s.Objects {
			x := &s.Objects[i]
			labels := checkLabels(p, x)
			if x.Op != "" {
				out.Sockets = append(out.Sockets, CheckSocket{checkPlace(x.Pos), x.Op, x.Path, x.Directive, labels})
			} else {
				out.Files = append(out.Files, CheckFile{checkPlace(x.Pos), x.Path, x.Use, x.Directive, labels})
			}
		}
		for _, x := range s.Problems {
			out.Problems = append(out.Problems, CheckProblem{checkPlace(x.Pos), x.Text})
		}
		d.Services = append(d.Services, out)
	}
	return d
}

// checkLabels returns the labels of a file or a socket.
func checkLabels(p *policy.Policy, o *check.Object) CheckLabels {
	out := CheckLabels{Want: o.Want, Have: o.Have, Missing: o.Missing, Verdict: o.Verdict}
	if o.Who.Context.Type != 0 {
		out.Subject = p.FormatContext(o.Who.Context)
	}
	if d := o.Denied; d != nil {
		out.Denied = &CheckDenied{d.Path, d.Class, p.FormatContext(d.Target), d.Name, d.Reason.Code}
	}
	return out
}

func checkPlace(at daemonconf.Pos) CheckPlace { return CheckPlace{at.File, at.Line} }
