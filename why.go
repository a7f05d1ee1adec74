package senet

import (
	"context"
	"io"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/network"
)

// WhyOptions choose the amount of work on a log.
type WhyOptions struct {
	// Audit has the options for reading the log.
	Audit audit.Options
	// Limit is the number of findings to explain, the most frequent first; 0 for all.
	Limit int
	// Costs chooses the findings for which the cost of the first fix is computed.
	Costs incident.Costs
}

// Why reads a log to its end and returns the refusals, their numbers, the policy's verdict today,
// and the change to try first.
func (s *Session) Why(ctx context.Context, log io.Reader, o WhyOptions) (*incident.Report, error) {
	read, err := incident.ReadInto(contextReader{ctx, log}, o.Audit,
		audit.FolderOptions{Known: incident.KnownTo(s.policy)})
	if err != nil {
		return nil, err
	}
	return s.Explain(ctx, read, o)
}

// Explain does the same as [Session.Why] for a log that was already read.
func (s *Session) Explain(ctx context.Context, log *incident.Log, o WhyOptions) (*incident.Report, error) {
	m, err := s.Machine(ctx)
	if err != nil {
		return nil, err
	}
	options := incident.Options{
		Machine: network.Question{Machine: m.Machine, FastOpenUnchecked: m.fastOpenUnchecked()},
		Limit:   o.Limit, Costs: o.Costs,
	}
	switch {
	case s.options.Host != nil && s.options.Root == "" && s.source.Installed:
		// The log is another machine's: this one's policy is asked, and no file of its services.
		options.Labels, _ = s.system.FileContexts()
	case s.source.Installed || s.options.Root != "": // else the policy does not belong to a system with files
		options.System = &s.system
	default:
		options.Labels = s.labelsBeside()
	}
	return incident.Explain(s.decider(), log, options), nil
}

// A contextReader stops with the context's error.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (r contextReader) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(b)
}
