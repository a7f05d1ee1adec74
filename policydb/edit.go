package policydb

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// ErrNoSuch is wrapped by the errors of edits that name a symbol or record the
// policy does not have.
var ErrNoSuch = errors.New("no such")

// SetBool sets the value that a boolean has when the policy is loaded, and the
// state of the conditionals that depend on it as libsepol writes it
// (evaluate_conds); the kernel computes that anew.
func (p *Policy) SetBool(name string, on bool) error {
	i := slices.IndexFunc(p.Bools.Items, func(b Bool) bool { return b.Name == name })
	if i < 0 {
		return fmt.Errorf("%w boolean: %q", ErrNoSuch, name)
	}
	p.Bools.Items = slices.Clone(p.Bools.Items)
	p.Bools.Items[i].State = 0
	if on {
		p.Bools.Items[i].State = 1
	}
	p.evaluateConds()
	return nil
}

// condUndefined is the state of an expression that is not well formed: -1 in C.
const condUndefined = ^uint32(0)

func (p *Policy) evaluateConds() {
	on := make([]bool, p.Bools.NPrim+1)
	for _, b := range p.Bools.Items {
		on[b.Value] = b.State != 0
	}
	p.Conditionals = slices.Clone(p.Conditionals)
	for i := range p.Conditionals {
		c := &p.Conditionals[i]
		state := evaluateCond(c.Expr, on)
		if state == c.State {
			continue
		}
		c.State = state
		c.True = c.True.withEnabled(state == 1)
		c.False = c.False.withEnabled(state == 0)
	}
}

const condMaxDepth = 10

// evaluateCond mirrors cond_evaluate_expr.
func evaluateCond(expr []CondNode, on []bool) uint32 {
	stack := make([]bool, 0, condMaxDepth)
	for _, node := range expr {
		n := len(stack)
		switch {
		case node.Op == CondBool && n < condMaxDepth:
			stack = append(stack, on[node.Bool])
		case node.Op == CondNot && n >= 1:
			stack[n-1] = !stack[n-1]
		case node.Op > CondNot && n >= 2:
			a, b := stack[n-2], stack[n-1]
			stack = stack[:n-1]
			switch node.Op {
			case CondOr:
				a = a || b
			case CondAnd:
				a = a && b
			case CondXor, CondNeq:
				a = a != b
			case CondEq:
				a = a == b
			}
			stack[n-2] = a
		default:
			return condUndefined
		}
	}
	switch {
	case len(stack) == 0:
		return condUndefined
	case stack[0]:
		return 1
	default:
		return 0
	}
}

func (t AVTab) withEnabled(enabled bool) AVTab {
	data := []byte(t.data)
	for off := uint32(0); off < t.Size(); off = t.Next(off) {
		kind := binary.LittleEndian.Uint16(data[off+6:]) &^ uint16(AVEnabled)
		if enabled {
			kind |= uint16(AVEnabled)
		}
		binary.LittleEndian.PutUint16(data[off+6:], kind)
	}
	return AVTab{data: string(data), rules: t.rules}
}

// AddPort puts a portcon in front of all others, where it wins over them.
func (p *Policy) AddPort(c PortCon) error {
	// The kernel refuses a whole policy that has a portcon on port 0.
	if c.Low == 0 || c.Low > c.High || c.High > 65535 || c.Protocol > 255 {
		return fmt.Errorf("portcon: protocol %d port %d-%d is out of range", c.Protocol, c.Low, c.High)
	}
	if err := p.checkContext(c.Context); err != nil {
		return fmt.Errorf("portcon: %w", err)
	}
	p.OContexts.Ports = slices.Insert(slices.Clone(p.OContexts.Ports), 0, c)
	return nil
}

// RemovePort removes the portcon at position i.
func (p *Policy) RemovePort(i int) error {
	if i < 0 || i >= len(p.OContexts.Ports) {
		return fmt.Errorf("%w portcon: %d", ErrNoSuch, i)
	}
	p.OContexts.Ports = slices.Delete(slices.Clone(p.OContexts.Ports), i, i+1)
	return nil
}

// AddNode puts an IPv4 nodecon in front of all others.
func (p *Policy) AddNode(c NodeCon) error {
	if err := p.checkContext(c.Context); err != nil {
		return fmt.Errorf("nodecon: %w", err)
	}
	p.OContexts.Nodes = slices.Insert(slices.Clone(p.OContexts.Nodes), 0, c)
	return nil
}

// AddNode6 puts an IPv6 nodecon in front of all others.
func (p *Policy) AddNode6(c NodeCon6) error {
	if p.Version < versionIPv6 {
		return p.tooOld("IPv6 nodecons", versionIPv6)
	}
	if err := p.checkContext(c.Context); err != nil {
		return fmt.Errorf("nodecon: %w", err)
	}
	p.OContexts.Nodes6 = slices.Insert(slices.Clone(p.OContexts.Nodes6), 0, c)
	return nil
}

// AddNetif puts a netifcon in front of all others.
func (p *Policy) AddNetif(c NetifCon) error {
	if c.Name == "" || len(c.Name) > 63 {
		return fmt.Errorf("netifcon: name %q must have 1 to 63 bytes", c.Name)
	}
	for _, context := range []Context{c.If, c.Packet} {
		if err := p.checkContext(context); err != nil {
			return fmt.Errorf("netifcon: %w", err)
		}
	}
	p.OContexts.Netifs = slices.Insert(slices.Clone(p.OContexts.Netifs), 0, c)
	return nil
}

func (p *Policy) tooOld(what string, version uint32) error {
	return fmt.Errorf("policy version %d has no %s; version %d has", p.Version, what, version)
}

// checkContext reports values that no symbol table can hold.
func (p *Policy) checkContext(c Context) error {
	if c.User == 0 || c.User > p.Users.NPrim || c.Role == 0 || c.Role > p.Roles.NPrim ||
		c.Type == 0 || c.Type > p.Types.NPrim {
		return fmt.Errorf("%w user, role or type: %d:%d:%d", ErrNoSuch, c.User, c.Role, c.Type)
	}
	if !p.MLS() {
		return nil
	}
	for _, l := range []Level{c.Range.Low, c.Range.High} {
		if l.Sens == 0 || l.Sens > p.Sensitivities.NPrim ||
			!l.Cats.IsEmpty() && l.Cats.lastBit() >= p.Categories.NPrim {
			return fmt.Errorf("%w sensitivity or category", ErrNoSuch)
		}
	}
	return nil
}

// SetPermissive makes denials of a type as a source be logged only, or not.
func (p *Policy) SetPermissive(typeValue uint32, on bool) error {
	if p.Version < versionPermissive {
		return p.tooOld("permissive types", versionPermissive)
	}
	if typeValue == 0 || typeValue > p.Types.NPrim {
		return fmt.Errorf("%w type: %d", ErrNoSuch, typeValue)
	}
	if on {
		p.Permissive = p.Permissive.With(typeValue)
	} else {
		p.Permissive = p.Permissive.Without(typeValue)
	}
	return nil
}

// AddAllow allows source the permissions on objects of type target and of the
// class. It adds to the unconditional rule for exactly these three, or makes
// one: the kernel and libsepol refuse a policy with two.
func (p *Policy) AddAllow(source, target, class, perms uint32) error {
	if source == 0 || source > p.Types.NPrim || target == 0 || target > p.Types.NPrim ||
		class == 0 || class > p.Classes.NPrim || source > maxSymbols || target > maxSymbols {
		return fmt.Errorf("%w source, target or class: %d %d %d", ErrNoSuch, source, target, class)
	}
	if perms == 0 {
		return errors.New("allow rule without permissions")
	}
	rule := AVRule{uint16(source), uint16(target), uint16(class), AVAllowed, perms}
	for off, r := range p.AVTab.All() {
		if r.Source == rule.Source && r.Target == rule.Target && r.Class == rule.Class && r.Kind&AVAllowed != 0 {
			var datum [4]byte
			binary.LittleEndian.PutUint32(datum[:], r.Data|perms)
			p.AVTab.data = joined(p.AVTab.data[:off+8], string(datum[:]), p.AVTab.data[off+12:])
			return nil
		}
	}
	p.AVTab = AVTab{data: joined(p.AVTab.data, string(appendAVRule(nil, rule))), rules: p.AVTab.rules + 1}
	return nil
}

// AddCondAllow is [Policy.AddAllow] for one branch of the conditional at
// position i of Conditionals: the rule holds where the conditional's expression
// has the value of branch.
func (p *Policy) AddCondAllow(i int, branch bool, source, target, class, perms uint32) error {
	if i < 0 || i >= len(p.Conditionals) {
		return fmt.Errorf("%w conditional: %d", ErrNoSuch, i)
	}
	// The checks and the merging are those of the unconditional table.
	probe := &Policy{Types: p.Types, Classes: p.Classes, Version: p.Version, AVTab: p.Conditionals[i].True}
	enabled := p.Conditionals[i].State == 1
	if !branch {
		probe.AVTab = p.Conditionals[i].False
		enabled = p.Conditionals[i].State == 0
	}
	if err := probe.AddAllow(source, target, class, perms); err != nil {
		return err
	}
	p.Conditionals = slices.Clone(p.Conditionals)
	if branch {
		p.Conditionals[i].True = probe.AVTab.withEnabled(enabled)
	} else {
		p.Conditionals[i].False = probe.AVTab.withEnabled(enabled)
	}
	return nil
}
