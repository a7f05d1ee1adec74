package cli

import (
	"errors"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
)

const (
	targetHint words.Lines = "a target looks like tcp/5601, udp/53, https, tcp/8000-8100, " +
		"tcp/10.0.0.7:5601 or tcp/[::1]:80"
	protocols words.Lines = "the protocols are tcp, udp, sctp, dccp, mptcp and udplite"
)

// parseTarget is senet.ParseTarget with a hint where there is no target.
func parseTarget(text string) (senet.Target, error) {
	t, err := senet.ParseTarget(text)
	return t, targetProblem(err)
}

// checkProtocol refuses what has no ports.
func checkProtocol(p network.Protocol) error { return targetProblem(senet.CheckProtocol(p)) }

func targetProblem(err error) error {
	var protocol *senet.ProtocolError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &protocol):
		return usage(err, protocols)
	}
	return usage(err, targetHint)
}
