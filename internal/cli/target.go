package cli

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/senet-selinux/senet"
	"github.com/senet-selinux/senet/internal/words"
	"github.com/senet-selinux/senet/network"
)

const (
	targetHint words.Lines = "a target looks like tcp/5601, udp/53, https, tcp/8000-8100, " +
		"tcp/10.0.0.7:5601 or tcp/[::1]:80"
	protocols words.Lines = "the protocols are tcp, udp, sctp, dccp, mptcp and udplite"
)

// A protocolFlag is the protocol for targets without one; "" for TCP.
type protocolFlag string

func (p *protocolFlag) register(flags *pflag.FlagSet) {
	flags.StringVarP((*string)(p), "protocol", "p", "", "the `PROTOCOL`, where the target does not say: tcp, udp, ...")
}

// parse is senet.ParseTarget with a hint if the text is not a target.
func (p protocolFlag) parse(text string) (senet.Target, error) {
	said := network.Protocol(cmp.Or(strings.ToLower(string(p)), string(network.TCP)))
	if err := checkProtocol(said); err != nil {
		return senet.Target{}, err
	}
	t, err := senet.ParseTarget(text, said)
	if err == nil && p != "" && t.Protocol != said {
		return t, usage(fmt.Errorf("target %q: --protocol says %s", text, said), "")
	}
	return t, targetProblem(err)
}

// checkProtocol refuses a protocol without ports.
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
