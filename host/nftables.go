package host

import (
	"encoding/binary"
	"errors"
	"syscall"
)

// The numbers of nftables over netlink (include/uapi/linux/netfilter/nf_tables.h,
// nf_tables_compat.h, xt_SECMARK.h).
const (
	protoNetfilter  = 12
	nftGetRule      = 10<<8 | 7
	nftGetObject    = 10<<8 | 19
	nfgenHeader     = 4 // struct nfgenmsg: its first byte is the family
	nftATable       = 1 // NFTA_OBJ_TABLE, NFTA_RULE_TABLE
	nftAName        = 2 // NFTA_OBJ_NAME, NFTA_RULE_CHAIN
	nftAObjType     = 3
	nftAObjData     = 4
	nftObjSecmark   = 8 // NFT_OBJECT_SECMARK
	nftASecmarkCtx  = 1
	nftAExpressions = 4
	nftAElement     = 1
	nftAExprName    = 1
	nftAExprData    = 2
	nftATargetName  = 1
	nftATargetRev   = 2
	nftATargetInfo  = 3
)

// parseNFTObjects returns the secmark objects in an answer to NFT_MSG_GETOBJ.
func parseNFTObjects(messages []netlinkMessage, order byteOrder) []SecmarkRule {
	var list []SecmarkRule
	for _, m := range messages {
		if len(m.Payload) < nfgenHeader {
			continue
		}
		b := m.Payload[nfgenHeader:]
		// Numbers are in network byte order here.
		typ, _ := attribute(b, order, nftAObjType)
		if len(typ) < 4 || binary.BigEndian.Uint32(typ) != nftObjSecmark {
			continue
		}
		data, _ := attribute(b, order, nftAObjData)
		list = append(list, SecmarkRule{
			Family: nftFamily(m.Payload[0]), Table: attributeString(b, order, nftATable),
			Name: attributeString(b, order, nftAName), Context: attributeString(data, order, nftASecmarkCtx),
			From: "netlink NFT_MSG_GETOBJ",
		})
	}
	return list
}

// parseNFTRules returns the rules in an answer to NFT_MSG_GETRULE that have the
// xtables target SECMARK: those that iptables-nft makes.
func parseNFTRules(messages []netlinkMessage, order byteOrder) []SecmarkRule {
	var list []SecmarkRule
	for _, m := range messages {
		if len(m.Payload) < nfgenHeader {
			continue
		}
		b := m.Payload[nfgenHeader:]
		expressions, _ := attribute(b, order, nftAExpressions)
		for t, e := range attributes(expressions, order) {
			if t != nftAElement || attributeString(e, order, nftAExprName) != "target" {
				continue
			}
			data, _ := attribute(e, order, nftAExprData)
			if attributeString(data, order, nftATargetName) != "SECMARK" {
				continue
			}
			list = append(list, SecmarkRule{
				Family: nftFamily(m.Payload[0]), Table: attributeString(b, order, nftATable),
				Chain: attributeString(b, order, nftAName), Context: secmarkTarget(data, order),
				From: "netlink NFT_MSG_GETRULE",
			})
		}
	}
	return list
}

// secmarkTarget returns the context in struct xt_secmark_target_info, which
// begins at byte 8, or at byte 1 in revision 1.
func secmarkTarget(data []byte, order byteOrder) string {
	info, _ := attribute(data, order, nftATargetInfo)
	begin := 8
	if rev, ok := attribute(data, order, nftATargetRev); ok && len(rev) >= 4 && binary.BigEndian.Uint32(rev) == 1 {
		begin = 1
	}
	const size = 256 // SECMARK_SECCTX_MAX
	info = info[min(begin, len(info)):]
	info = info[:min(size, len(info))]
	for i, c := range info {
		if c == 0 {
			info = info[:i]
			break
		}
	}
	return string(info)
}

func nftFamily(n byte) string {
	switch n {
	case 1:
		return "inet"
	case 2:
		return "ip"
	case 3:
		return "arp"
	case 5:
		return "netdev"
	case 7:
		return "bridge"
	case 10:
		return "ip6"
	}
	return ""
}

// askNFTables dumps the objects and rules of the thread's network namespace.
func (r *reader) askNFTables() ([]SecmarkRule, error) {
	order := binary.NativeEndian
	objects, err := r.netlink(netlinkRequest{protocol: protoNetfilter, typ: nftGetObject, dump: true,
		payload: make([]byte, nfgenHeader)})
	if nftMissing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	rules, err := r.netlink(netlinkRequest{protocol: protoNetfilter, typ: nftGetRule, dump: true,
		payload: make([]byte, nfgenHeader)})
	if err != nil {
		return nil, err
	}
	return append(parseNFTObjects(objects, order), parseNFTRules(rules, order)...), nil
}

// nftMissing reports whether an error means that the kernel has no nfnetlink, or no nftables.
func nftMissing(err error) bool {
	return errors.Is(err, syscall.EPROTONOSUPPORT) || errors.Is(err, syscall.EOPNOTSUPP) ||
		errors.Is(err, syscall.EINVAL)
}
