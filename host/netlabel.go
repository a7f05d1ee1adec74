package host

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"slices"
	"strings"
	"syscall"
)

// NetLabel is the configuration of NetLabel. It belongs to the initial network namespace and applies to all
// namespaces.
type NetLabel struct {
	// Supported is false if the kernel was built without NetLabel.
	Supported bool `json:"supported"`
	// Protocols are the labelling protocols that the kernel has.
	Protocols []string `json:"protocols,omitempty"`
	// CIPSO and CALIPSO are the configured DOIs.
	CIPSO []uint32 `json:"cipso_doi,omitempty"`
	// Definitions map labels to options, for each DOI of CIPSO. They are in the order of CIPSO.
	Definitions []CIPSODefinition `json:"cipso,omitempty"`
	CALIPSO     []uint32          `json:"calipso_doi,omitempty"`
	// Static are the labels for packets without one.
	Static []StaticLabel `json:"static,omitempty"`
	// AcceptUnlabelled is false if packets without any label are dropped.
	AcceptUnlabelled bool `json:"accept_unlabelled"`
	// Domains give the protocol that the sockets of a domain use.
	Domains []DomainMap `json:"domains,omitempty"`
}

// A StaticLabel is the label of packets that arrive without one.
type StaticLabel struct {
	Interface string `json:"interface"` // "" for every interface
	Addresses string `json:"addresses"`
	Context   string `json:"context"`
}

// A DomainMap is an entry of NetLabel's domain hash.
type DomainMap struct {
	Domain   string `json:"domain"` // "" for the default
	Protocol string `json:"protocol"`
	DOI      uint32 `json:"doi,omitempty"`
	// Family is ip or ip6, "" for both.
	Family string `json:"family,omitempty"`
	// Addresses limits the entry to packets to these addresses, as a prefix; "" for all. A domain
	// with such entries has no other.
	Addresses string `json:"addresses,omitempty"`
}

// Enabled reports whether the configuration makes the kernel check the labels of peers. It mirrors
// netlbl_enabled, which counts DOIs and static labels.
func (n *NetLabel) Enabled() bool {
	return n != nil && len(n.CIPSO)+len(n.CALIPSO)+len(n.Static) > 0
}

// The numbers of NetLabel's generic netlink families: net/netlabel/netlabel_mgmt.h,
// netlabel_cipso_v4.h, netlabel_calipso.h, netlabel_unlabeled.h.
const (
	mgmtListAll    = 3
	mgmtListDef    = 6
	mgmtProtocols  = 7
	mgmtADomain    = 1
	mgmtAProtocol  = 2
	mgmtACIPSO     = 4
	mgmtAIPv6      = 5
	mgmtAIPv6Mask  = 6
	mgmtAIPv4      = 7
	mgmtAIPv4Mask  = 8
	mgmtASelector  = 9
	mgmtASelectors = 10
	mgmtAFamily    = 11
	mgmtACALIPSO   = 12

	doiListAll = 4 // all DOIs of CIPSO or CALIPSO
	doiList    = 3 // one DOI
	doiADOI    = 1

	unlblList          = 2
	unlblStaticList    = 5
	unlblStaticListDef = 8
	unlblAAccept       = 1
	unlblAIPv6         = 2
	unlblAIPv6Mask     = 3
	unlblAIPv4         = 4
	unlblAIPv4Mask     = 5
	unlblAInterface    = 6
	unlblAContext      = 7
)

// netlabelProtocol returns the name of an NETLBL_NLTYPE_*.
func netlabelProtocol(n uint32) string {
	switch n {
	case 1:
		return "mgmt"
	case 2:
		return "ripso"
	case 3:
		return "cipso"
	case 4:
		return "cipsov6"
	case 5:
		return "unlabelled"
	case 6:
		return "by address"
	case 7:
		return "calipso"
	}
	return fmt.Sprintf("protocol %d", n)
}

const genlHeader = 4 // struct genlmsghdr

// genlAttributes returns the bytes after the generic netlink header.
func genlAttributes(m netlinkMessage) []byte {
	return m.Payload[min(len(m.Payload), genlHeader):]
}

// parseFamily returns the number of a generic netlink family from the answer to
// CTRL_CMD_GETFAMILY.
func parseFamily(messages []netlinkMessage, order byteOrder) (uint16, bool) {
	const familyID = 1 // CTRL_ATTR_FAMILY_ID
	for _, m := range messages {
		if id, ok := attribute(genlAttributes(m), order, familyID); ok && len(id) >= 2 {
			return order.Uint16(id), true
		}
	}
	return 0, false
}

func parseDOIs(messages []netlinkMessage, order byteOrder) []uint32 {
	var list []uint32
	for _, m := range messages {
		if doi, ok := attributeU32(genlAttributes(m), order, doiADOI); ok {
			list = append(list, doi)
		}
	}
	slices.Sort(list)
	return list
}

func parseNetLabelProtocols(messages []netlinkMessage, order byteOrder) []string {
	var list []string
	for _, m := range messages {
		if n, ok := attributeU32(genlAttributes(m), order, mgmtAProtocol); ok {
			list = append(list, netlabelProtocol(n))
		}
	}
	return list
}

func parseStatic(messages []netlinkMessage, order byteOrder) []StaticLabel {
	var list []StaticLabel
	for _, m := range messages {
		b := genlAttributes(m)
		list = append(list, StaticLabel{
			Interface: attributeString(b, order, unlblAInterface),
			Addresses: maskedAddress(b, order),
			Context:   attributeString(b, order, unlblAContext),
		})
	}
	return list
}

// maskedAddress writes the address and mask of a static label as a prefix, or with the mask written
// out if it is not a prefix.
func maskedAddress(b []byte, order byteOrder) string {
	return addressUnderMask(b, order, [][2]uint16{{unlblAIPv4, unlblAIPv4Mask}, {unlblAIPv6, unlblAIPv6Mask}})
}

// addressUnderMask is maskedAddress for attributes with any numbers.
func addressUnderMask(b []byte, order byteOrder, families [][2]uint16) string {
	for _, family := range families {
		raw, _ := attribute(b, order, family[0])
		addr, ok := netip.AddrFromSlice(raw)
		if !ok {
			continue
		}
		mask, _ := attribute(b, order, family[1])
		ones, contiguous := prefixLength(mask)
		if !contiguous {
			m, _ := netip.AddrFromSlice(mask)
			return addr.String() + " mask " + m.String()
		}
		return netip.PrefixFrom(addr, min(ones, addr.BitLen())).String()
	}
	return ""
}

func parseDomains(messages []netlinkMessage, order byteOrder) []DomainMap {
	var list []DomainMap
	for _, m := range messages {
		b := genlAttributes(m)
		d := DomainMap{Domain: attributeString(b, order, mgmtADomain), Family: familyName(b, order)}
		if selectors, ok := attribute(b, order, mgmtASelectors); ok {
			for t, s := range attributes(selectors, order) {
				if t == mgmtASelector {
					list = append(list, d.protocol(s, order))
				}
			}
			continue
		}
		list = append(list, d.protocol(b, order))
	}
	return list
}

// familyName returns the name of the NLBL_MGMT_A_FAMILY of an entry.
func familyName(b []byte, order byteOrder) string {
	n, _ := attribute(b, order, mgmtAFamily)
	if len(n) < 2 {
		return ""
	}
	switch order.Uint16(n) {
	case familyINET:
		return "ip"
	case familyINET6:
		return "ip6"
	}
	return ""
}

func (d DomainMap) protocol(b []byte, order byteOrder) DomainMap {
	d.Addresses = addressUnderMask(b, order, [][2]uint16{{mgmtAIPv4, mgmtAIPv4Mask}, {mgmtAIPv6, mgmtAIPv6Mask}})
	if d.Addresses != "" {
		d.Family = "ip"
		if strings.Contains(d.Addresses, ":") {
			d.Family = "ip6"
		}
	}
	n, _ := attributeU32(b, order, mgmtAProtocol)
	d.Protocol = netlabelProtocol(n)
	if doi, ok := attributeU32(b, order, mgmtACIPSO); ok {
		d.DOI = doi
	} else if doi, ok := attributeU32(b, order, mgmtACALIPSO); ok {
		d.DOI = doi
	}
	return d
}

// readNetLabel asks the kernel. The families of NetLabel answer in the initial
// network namespace only.
func (r *reader) readNetLabel(f *facts) {
	if !r.live {
		r.configuredNetLabel(f)
		return
	}
	const from = "netlink NLBL_CIPSOv4, NLBL_CALIPSO, NLBL_UNLBL, NLBL_MGMT"
	n, err := r.askNetLabel()
	switch {
	case err == nil:
		f.NetLabel = n
		f.PeerLabelling = f.PeerLabelling || n.Enabled()
		f.from(FactNetLabel, HowRead, from, "")
	case errors.Is(err, syscall.ENOENT) && r.root.Exists(initialNetNSOnly):
		// senet is in the initial network namespace, and there is no such family: the kernel has no NetLabel.
		f.NetLabel = &NetLabel{AcceptUnlabelled: true}
		f.from(FactNetLabel, HowRead, from, "the kernel has no NetLabel")
	case errors.Is(err, syscall.ENOENT):
		f.missing(FactNetLabel, from, errors.New("answered in the initial network namespace only, and this is another"))
	default:
		f.missing(FactNetLabel, from, err)
	}
}

// initialNetNSOnly is a parameter that exists only in the initial network namespace (net_core_table
// of net/core/sysctl_net_core.c).
const initialNetNSOnly = "/proc/sys/net/core/netdev_max_backlog"

func (r *reader) askNetLabel() (*NetLabel, error) {
	order := binary.NativeEndian
	n := &NetLabel{Supported: true}
	ask := func(family string, command byte, dump bool) ([]netlinkMessage, error) {
		id, err := r.genlFamily(family)
		if err != nil {
			return nil, err
		}
		return r.netlink(netlinkRequest{protocol: protoGeneric, typ: id, dump: dump, payload: []byte{command, 3, 0, 0}})
	}
	m, err := ask("NLBL_MGMT", mgmtProtocols, true)
	if err != nil {
		return nil, err
	}
	n.Protocols = parseNetLabelProtocols(m, order)
	if m, err = ask("NLBL_CIPSOv4", doiListAll, true); err != nil {
		return nil, err
	}
	n.CIPSO = parseDOIs(m, order)
	for _, doi := range n.CIPSO {
		m, err := r.askDOI(doi)
		if err != nil {
			return nil, err
		}
		n.Definitions = append(n.Definitions, parseDefinition(doi, m, order))
	}
	// CALIPSO came with Linux 4.8 and needs IPv6.
	if m, err = ask("NLBL_CALIPSO", doiListAll, true); err == nil {
		n.CALIPSO = parseDOIs(m, order)
	} else if !errors.Is(err, syscall.ENOENT) {
		return nil, err
	}
	for _, command := range []byte{unlblStaticList, unlblStaticListDef} {
		if m, err = ask("NLBL_UNLBL", command, true); err != nil {
			return nil, err
		}
		n.Static = append(n.Static, parseStatic(m, order)...)
	}
	if m, err = ask("NLBL_UNLBL", unlblList, false); err != nil {
		return nil, err
	}
	for _, answer := range m {
		if flag, ok := attribute(genlAttributes(answer), order, unlblAAccept); ok && len(flag) > 0 {
			n.AcceptUnlabelled = flag[0] != 0
		}
	}
	if m, err = ask("NLBL_MGMT", mgmtListAll, true); err != nil {
		return nil, err
	}
	n.Domains = parseDomains(m, order)
	for _, family := range []uint16{familyINET, familyINET6} {
		if m, err = r.askDefault(family); err == nil {
			n.Domains = append(n.Domains, parseDefault(m, order, family)...)
		}
	}
	return n, nil
}

const protoGeneric = 16 // NETLINK_GENERIC

// genlFamily returns the number of a generic netlink family.
func (r *reader) genlFamily(name string) (uint16, error) {
	const (
		controlID   = 16 // GENL_ID_CTRL
		getFamily   = 3  // CTRL_CMD_GETFAMILY
		familyNameA = 2  // CTRL_ATTR_FAMILY_NAME
	)
	order := binary.NativeEndian
	payload := appendAttribute([]byte{getFamily, 1, 0, 0}, order, familyNameA, append([]byte(name), 0))
	m, err := r.netlink(netlinkRequest{protocol: protoGeneric, typ: controlID, payload: payload})
	if err != nil {
		return 0, err
	}
	id, ok := parseFamily(m, order)
	if !ok {
		return 0, syscall.ENOENT
	}
	return id, nil
}

func (r *reader) configuredNetLabel(f *facts) {
	const file = "/etc/netlabel.rules"
	b, err := r.root.ReadFile(file, maxText)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		f.from(FactNetLabel, HowDefault, "the kernel's default", "no "+file)
	case err != nil:
		f.missing(FactNetLabel, file, err)
	default:
		f.NetLabel = parseNetLabelRules(b)
		f.PeerLabelling = f.PeerLabelling || f.NetLabel.Enabled()
		f.from(FactNetLabel, HowConfigured, file, "")
	}
}
