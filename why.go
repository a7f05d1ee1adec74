package senet

import (
	"context"
	"io"

	"github.com/senet-selinux/senet/audit"
	"github.com/senet-selinux/senet/incident"
	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/subject"
)

// WhyOptions say how far a log is explained.
type WhyOptions struct {
	// Audit is how the log is read.
	Audit audit.Options
	// Limit is how many findings are explained, the most frequent; 0 for all.
	Limit int
	// Costs says for which findings the cost of the first fix is computed.
	Costs incident.Costs
}

// Why reads a log to its end and says what was refused, how often, what the
// policy says of it today, and which change comes first.
func (s *Session) Why(ctx context.Context, log io.Reader, o WhyOptions) (*incident.Report, error) {
	m, err := s.Machine(ctx)
	if err != nil {
		return nil, err
	}
	read, err := incident.Read(contextReader{ctx, log}, o.Audit)
	if err != nil {
		return nil, err
	}
	options := incident.Options{Machine: network.Question{Machine: m.Machine, FastOpenUnchecked: m.fastOpenUnchecked()}, Limit: o.Limit, Costs: o.Costs}
	if s.source.Installed {
		options.System = &subject.System{Root: s.root}
	}
	return incident.Explain(s.decider(), read, options), nil
}

// A contextReader ends with the context's error.
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
