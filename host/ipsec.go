package host

import (
	"encoding/binary"
	"errors"
	"io/fs"
	"net/netip"
	"slices"
	"strings"
	"syscall"
)

// An IPsecLabel is an IPsec policy or state with a security context: it makes the kernel check the
// labels of peers.
type IPsecLabel struct {
	Kind    string `json:"kind"` // policy or state
	Context string `json:"context"`
	From    string `json:"from"`
	// Source and Dest are the addresses of its packets, as prefixes, and Protocol their protocol, 0
	// for any; "" if they are not known. Direction is in, out or fwd, for a policy.
	Source    string `json:"source,omitempty"`
	Dest      string `json:"dest,omitempty"`
	Protocol  uint8  `json:"protocol,omitempty"`
	Direction string `json:"direction,omitempty"`
	// Action is a policy's treatment of packets: allow does not change them, block drops them,
	// transform encrypts or signs them with a state (an SA); "" if it is not known.
	Action string `json:"action,omitempty"`
}

// The numbers of NETLINK_XFRM (include/uapi/linux/xfrm.h) and the sizes of the
// structures before the attributes, the same on every 64-bit machine.
const (
	protoXfrm        = 6
	xfrmGetState     = 0x12
	xfrmGetPolicy    = 0x15
	xfrmStateSize    = 224 // struct xfrm_usersa_info
	xfrmPolicySize   = 168 // struct xfrm_userpolicy_info
	xfrmATemplates   = 5   // XFRMA_TMPL
	xfrmASecCtx      = 8   // XFRMA_SEC_CTX
	xfrmSecCtxHeader = 8   // struct xfrm_user_sec_ctx
)

// parseXfrm returns the contexts of the states or policies in an answer whose
// attributes begin at offset.
func parseXfrm(messages []netlinkMessage, order byteOrder, offset int, kind, from string) []IPsecLabel {
	var list []IPsecLabel
	for _, m := range messages {
		c, ok := attribute(m.Payload[min(offset, len(m.Payload)):], order, xfrmASecCtx)
		if ok && len(c) >= xfrmSecCtxHeader {
			l := IPsecLabel{Kind: kind, Context: trimLabel(c[xfrmSecCtxHeader:]), From: from}
			l.selector(m.Payload, order)
			if _, templates := attribute(m.Payload[offset:], order, xfrmATemplates); templates && l.Action == "allow" {
				l.Action = "transform"
			}
			list = append(list, l)
		}
	}
	return list
}

// selector reads the struct xfrm_selector at the beginning of states and policies, and the
// direction and action of a policy.
func (l *IPsecLabel) selector(b []byte, order byteOrder) {
	const familyAt, destBits, sourceBits, protocol, directionAt, actionAt = 40, 42, 43, 44, 160, 161
	if len(b) < protocol+1 {
		return
	}
	size := 0
	switch order.Uint16(b[familyAt:]) {
	case familyINET:
		size = 4
	case familyINET6:
		size = 16
	default:
		return
	}
	prefix := func(at int, bits byte) string {
		a, _ := netip.AddrFromSlice(b[at : at+size])
		return netip.PrefixFrom(a, int(bits)).String()
	}
	l.Dest, l.Source, l.Protocol = prefix(0, b[destBits]), prefix(16, b[sourceBits]), b[protocol]
	if l.Kind == "policy" && len(b) > directionAt && b[directionAt] < 3 {
		l.Direction = [...]string{"in", "out", "fwd"}[b[directionAt]]
	}
	if l.Kind == "policy" && len(b) > actionAt && b[actionAt] < 2 {
		l.Action = [...]string{"allow", "block"}[b[actionAt]]
	}
}

// readIPsec dumps the states and policies of the thread's network namespace.
func (r *reader) readIPsec(f *facts) {
	if !r.live {
		r.configuredIPsec(f)
		return
	}
	const from = "netlink XFRM"
	list, err := r.askIPsec()
	switch {
	case errors.Is(err, syscall.EPROTONOSUPPORT):
		f.from(FactIPsec, HowRead, from, "the kernel has no IPsec")
	case err != nil:
		f.missing(FactIPsec, from, needs(err, "CAP_NET_ADMIN"))
	default:
		f.IPsec = list
		f.PeerLabelling = f.PeerLabelling || len(list) > 0
		f.from(FactIPsec, HowRead, from, "")
	}
}

func (r *reader) askIPsec() ([]IPsecLabel, error) {
	order := binary.NativeEndian
	states, err := r.netlink(netlinkRequest{protocol: protoXfrm, typ: xfrmGetState, dump: true})
	if err != nil {
		return nil, err
	}
	policies, err := r.netlink(netlinkRequest{protocol: protoXfrm, typ: xfrmGetPolicy, dump: true})
	if err != nil {
		return nil, err
	}
	return append(parseXfrm(states, order, xfrmStateSize, "state", "xfrm state"),
		parseXfrm(policies, order, xfrmPolicySize, "policy", "xfrm policy")...), nil
}

// needs adds the name of the missing capability to an error for lack of permission.
func needs(err error, capability string) error {
	if errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) {
		return errors.New(syscall.EPERM.Error() + ": it requires " + capability)
	}
	return err
}

// parseIPsecConf finds the contexts that a configuration of libreswan
// (policy-label=) or strongSwan (label =) gives to its connections.
func parseIPsecConf(b []byte, from string) []IPsecLabel {
	var list []IPsecLabel
	for line := range strings.Lines(string(b)) {
		line, _, _ = strings.Cut(line, "#")
		key, value, ok := strings.Cut(strings.TrimSpace(line), "=")
		key, value = strings.TrimSpace(key), strings.Trim(strings.TrimSpace(value), `"`)
		if ok && value != "" && slices.Contains([]string{"policy-label", "policy_label", "label"}, key) {
			list = append(list, IPsecLabel{Kind: "policy", Context: value, From: from})
		}
	}
	return list
}

func (r *reader) configuredIPsec(f *facts) {
	files := []string{"/etc/ipsec.conf", "/etc/swanctl/swanctl.conf"}
	for _, dir := range []string{"/etc/ipsec.d", "/etc/swanctl/conf.d"} {
		names, err := r.root.ReadDir(dir, maxConfFiles)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			f.missing(FactIPsec, dir, err)
			return
		}
		for _, name := range names {
			if strings.HasSuffix(name, ".conf") {
				files = append(files, dir+"/"+name)
			}
		}
	}
	read := ""
	for _, file := range files {
		b, err := r.root.ReadFile(file, maxText)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			f.missing(FactIPsec, file, err)
			return
		}
		read = file
		f.IPsec = append(f.IPsec, parseIPsecConf(b, file)...)
	}
	f.PeerLabelling = f.PeerLabelling || len(f.IPsec) > 0
	if read == "" {
		f.from(FactIPsec, HowDefault, "the kernel's default", "no configuration of libreswan or strongSwan")
		return
	}
	f.from(FactIPsec, HowConfigured, read, "")
}
