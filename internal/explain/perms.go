package explain

import (
	"slices"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/policy"
)

// permState returns which checks ask for a permission of a class.
func (v *View) permState(class, perm string) PermState {
	st := PermState{Name: perm}
	if id, ok := v.p.Class(class); ok {
		if bit, ok := v.p.Perm(id, perm); ok {
			st.Rules = v.grant(id, bit).Rules
		}
	}
	b := Book{v.pages}
	about := b.findPerm(class, perm)
	if len(about) > 0 && about[0].state != "" {
		st.State = about[0].state
		return st
	}
	for _, call := range calls() {
		for _, row := range network.Rows(call) {
			if row.Perm == perm && v.mayConcern(row, class) {
				v.addState(&st, row, class)
			}
		}
	}
	if st.State == "asked" {
		st.Why = ""
	}
	if st.State == "" && len(about) > 0 {
		if st.State = stateNever; about[0].asked != "" {
			st.State, st.By = "asked", []string{about[0].asked}
		}
	}
	return st
}

// addState adds the facts of one row about a permission of a class.
func (v *View) addState(st *PermState, row network.Row, class string) {
	c, ok := v.check(row, class)
	if !ok {
		// A socket class that package network does not know: the checks of every socket
		// apply to it too.
		if row.When != network.Always || row.Class != "" || row.Call == network.CallFastOpen {
			return
		}
		c.Asked = AskedYes
	}
	state := ""
	switch c.Asked {
	case AskedYes, AskedPartly:
		state = "asked"
	case AskedUnknown:
		state = "unknown"
	case AskedNo:
		if v.wrongSocket(row, class) {
			return
		}
		state = "not asked"
		st.Why = c.Not[0].Why
	}
	if rank(state) > rank(st.State) {
		st.State, st.By = state, nil
	}
	if rank(state) == rank(st.State) {
		if by := CallText(row.Call); !slices.Contains(st.By, by) {
			st.By = append(st.By, by)
		}
	}
}

func rank(state string) int {
	return slices.Index([]string{"", "not asked", "unknown", "asked"}, state)
}

// wrongSocket reports whether a row does not apply because of the class, not because of
// the host or the policy.
func (v *View) wrongSocket(row network.Row, class string) bool {
	switch row.When {
	case network.InetSocket, network.RawSocket, network.HasNameConnect, network.OutsideLocalPortRange:
		return true
	case network.NetlinkPerms, network.NetlinkXPerm:
		return !slices.ContainsFunc(network.Protocols(), func(p network.Protocol) bool {
			s, _ := network.SocketOf(p)
			return s.Netlink && s.ClassUnder(v.p) == class
		})
	}
	return false
}

// CallText describes a call in words.
func CallText(c network.Call) string {
	switch c {
	case network.CallSend:
		return "sendto()"
	case network.CallFastOpen:
		return "sendto(MSG_FASTOPEN)"
	case network.CallReceive:
		return "recvfrom()"
	case network.CallGetsockname:
		return "getsockname()"
	case network.CallEgress:
		return "each packet that leaves"
	case network.CallIngress:
		return "each packet that arrives"
	}
	return string(c) + "()"
}

// grant counts the allow rules that grant any of some permissions of a class.
func (v *View) grant(class policy.ClassID, perms policy.AccessVector) Grant {
	g := Grant{Class: v.p.ClassName(class)}
	classes := policy.NewSet(v.p.MaxClass())
	classes.Add(class)
	for r := range v.p.Rules(policy.RuleFilter{Kinds: policy.Allow, Classes: &classes}) {
		if r.Perms&perms != 0 {
			g.Rules++
			if r.Cond != 0 {
				g.Conditional++
			}
		}
	}
	return g
}

// grantsOf counts the rules that grant a permission, for the policy's classes that takes
// accepts, by ascending value of the class.
func (v *View) grantsOf(perm string, takes func(class string) bool) []Grant {
	list := []Grant{}
	for class := range v.p.Classes() {
		if bit, ok := v.p.Perm(class, perm); ok && takes(v.p.ClassName(class)) {
			list = append(list, v.grant(class, bit))
		}
	}
	return list
}

// deadRules counts the allow rules that grant a permission that no kernel since 2.6.30
// checks.
func (v *View) deadRules() int {
	dead := make([]policy.AccessVector, v.p.MaxClass()+1)
	for i := range v.pages {
		pg := &v.pages[i]
		if pg.state != stateDead {
			continue
		}
		for class := range v.p.Classes() {
			if !pg.about(v.p.ClassName(class)) {
				continue
			}
			for _, name := range pg.names {
				bit, _ := v.p.Perm(class, name)
				dead[class] |= bit
			}
		}
	}
	n := 0
	for r := range v.p.Rules(policy.RuleFilter{Kinds: policy.Allow}) {
		if int(r.Class) < len(dead) && r.Perms&dead[r.Class] != 0 {
			n++
		}
	}
	return n
}

// classPerms returns the permissions of a class of the policy, with their state.
func (v *View) classPerms(class policy.ClassID) []PermState {
	var list []PermState
	for _, name := range v.p.Perms(class) {
		if name != "" {
			list = append(list, v.permState(v.p.ClassName(class), name))
		}
	}
	return list
}

// socketsOf returns the kinds of sockets with a class under the policy.
func (v *View) socketsOf(class string) []network.Protocol {
	var list []network.Protocol
	for _, protocol := range network.Protocols() {
		if s, _ := network.SocketOf(protocol); s.ClassUnder(v.p) == class {
			list = append(list, protocol)
		}
	}
	return list
}
