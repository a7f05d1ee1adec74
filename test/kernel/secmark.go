package kernel

import (
	"fmt"
	"syscall"
)

// From include/uapi/linux/netfilter/nf_tables.h and nfnetlink.h.
const (
	nftables   = 10 // NFNL_SUBSYS_NFTABLES
	batchBegin = 16
	batchEnd   = 17
	newTable   = nftables<<8 + 0
	delTable   = nftables<<8 + 2
	newChain   = nftables<<8 + 3
	newRule    = nftables<<8 + 6
	newObj     = nftables<<8 + 18

	familyInet    = 1
	objectSecmark = 8
	hookLocalOut  = 3
)

// secmarkTable is the name of the table that the messages make.
const secmarkTable = "senet"

// nftMessage returns a message of nf_tables about a table of the family inet.
func nftMessage(kind, flags uint16) netlinkMessage {
	return newMessage(kind, flags, familyInet, 0, 0, 0)
}

// nftBatch returns the messages as one transaction.
func nftBatch(messages ...netlinkMessage) []byte {
	b := newMessage(batchBegin, syscall.NLM_F_REQUEST, 0, 0, 0, nftables).done()
	for _, m := range messages {
		b = append(b, m.done()...)
	}
	return append(b, newMessage(batchEnd, syscall.NLM_F_REQUEST, 0, 0, 0, nftables).done()...)
}

// secmarkObject are the messages that make a table with one SECMARK label, which
// nothing uses: it alone makes the kernel check packets.
func secmarkObject(context string) []netlinkMessage {
	const create = syscall.NLM_F_REQUEST | syscall.NLM_F_CREATE
	label := netlinkMessage{}.text(1, context) // NFTA_SECMARK_CTX
	return []netlinkMessage{
		nftMessage(newTable, create).text(1, secmarkTable), // NFTA_TABLE_NAME
		// NFTA_OBJ_TABLE, _NAME, _TYPE, _DATA
		nftMessage(newObj, create|syscall.NLM_F_ACK).text(1, secmarkTable).text(2, "label").big(3,
			objectSecmark).attr(4|nested, label),
	}
}

// secmarkRules are the messages that give every packet that leaves a network
// namespace the label. Over the loopback interface it arrives with that.
func secmarkRules(context string) []netlinkMessage {
	const create = syscall.NLM_F_REQUEST | syscall.NLM_F_CREATE
	const priority = 50                                               // NF_IP_PRI_SECURITY
	hook := netlinkMessage{}.big(1, hookLocalOut).big(2, priority)    // NFTA_HOOK_HOOKNUM, _PRIORITY
	object := netlinkMessage{}.big(1, objectSecmark).text(2, "label") // NFTA_OBJREF_IMM_TYPE, _NAME
	expr := netlinkMessage{}.text(1, "objref").attr(2|nested, object) // NFTA_EXPR_NAME, _DATA
	return append(secmarkObject(context),
		// NFTA_CHAIN_TABLE, _NAME, _HOOK, _TYPE
		nftMessage(newChain, create).text(1, secmarkTable).text(3, "out").attr(4|nested, hook).text(7, "filter"),
		// NFTA_RULE_TABLE, _CHAIN, _EXPRESSIONS of NFTA_LIST_ELEM
		nftMessage(newRule, create|syscall.NLM_F_APPEND|syscall.NLM_F_ACK).text(1, secmarkTable).text(2, "out").
			attr(4|nested, netlinkMessage{}.attr(1|nested, expr)))
}

// SecmarkEverywhere gives the first network namespace a SECMARK label that no
// rule uses, and so makes the kernel check packets in every namespace; "" takes
// it away again.
func (vm *VM) SecmarkEverywhere(context string) error {
	messages := secmarkObject(context)
	if context == "" {
		messages = []netlinkMessage{nftMessage(delTable, flagsAcked).text(1, secmarkTable)}
	}
	if _, err := vm.netlink(syscall.NETLINK_NETFILTER, nftBatch(messages...)); err != nil {
		return fmt.Errorf("SECMARK: %w", err)
	}
	return nil
}
