package compile

import (
	"net/netip"
	"slices"

	"github.com/senet-selinux/senet/policydb"
)

// The protocols of portcon, by the order in which they sort.
var protocols = [...]uint32{1: 17, 2: 6, 3: 33, 4: 132}

// emitLabels writes initial SIDs and the labels of ports, nodes and their like.
func (e *emitter) emitLabels() {
	o := &e.pol.OContexts
	for n, id := range e.order[orderSID] {
		if ctx := e.sidCtx[id]; ctx != 0 {
			o.InitialSIDs = append(o.InitialSIDs, policydb.InitialSID{SID: uint32(n + 1), Context: e.context(ctx)})
		}
	}
	for _, l := range e.sorted[wPortCon] {
		o.Ports = append(o.Ports, policydb.PortCon{
			// libsepol sorts by the numbers as they are written and keeps 16 bits of them.
			Protocol: protocols[l.a], Low: uint32(uint16(l.lo)), High: uint32(uint16(l.hi)),
			Context: e.context(l.ctx),
		})
	}
	for _, l := range e.sorted[wNetifCon] {
		o.Netifs = append(o.Netifs, policydb.NetifCon{Name: l.text, If: e.context(l.ctx), Packet: e.context(l.ctx2)})
	}
	for _, l := range e.sorted[wNodeCon] {
		if l.addr.Is4() {
			o.Nodes = append(o.Nodes, policydb.NodeCon{Addr: l.addr.As4(), Mask: l.mask.As4(),
				Context: e.context(l.ctx)})
		} else {
			o.Nodes6 = append(o.Nodes6, policydb.NodeCon6{Addr: l.addr.As16(), Mask: l.mask.As16(),
				Context: e.context(l.ctx)})
		}
	}
	for _, l := range e.sorted[wFSUse] {
		o.FSUses = append(o.FSUses, policydb.FSUse{Behavior: l.a, Name: l.text, Context: e.context(l.ctx)})
	}
	e.emitGenFS()
	e.emitInfiniband()
	if e.pol.Target == policydb.TargetXen {
		e.emitXen()
	}
}

var fileClasses = [...]symID{1: wFile, 2: wDir, 3: wChrFile, 4: wBlkFile, 5: wSockFile, 6: wFifoFile, 7: wLnkFile}

func (e *emitter) emitGenFS() {
	for _, l := range e.sorted[wGenFSCon] {
		last := len(e.pol.GenFS) - 1
		if last < 0 || e.pol.GenFS[last].FSType != l.text {
			e.pol.GenFS = append(e.pol.GenFS, policydb.GenFS{FSType: l.text})
			last++
		}
		entry := policydb.GenFSEntry{Path: l.path, Context: e.context(l.ctx)}
		if l.a != 0 {
			name := words[fileClasses[l.a]]
			n := slices.IndexFunc(e.pol.Classes.Items, func(c policydb.Class) bool { return c.Name == name })
			if n < 0 {
				e.failStmt(l.stmt, "the policy has no class %s", name)
				continue
			}
			entry.Class = uint32(n + 1)
		}
		e.pol.GenFS[last].Entries = append(e.pol.GenFS[last].Entries, entry)
	}
}

func (e *emitter) emitInfiniband() {
	o := &e.pol.OContexts
	for _, l := range e.sorted[wIBPKeyCon] {
		addr, err := netip.ParseAddr(l.text)
		if err != nil || addr.Is4() || addr.Zone() != "" {
			e.failStmt(l.stmt, "%s is no IPv6 address, which the prefix of a subnet is written as", l.text)
			continue
		}
		full := addr.As16()
		o.IBPKeys = append(o.IBPKeys, policydb.IBPKeyCon{
			SubnetPrefix: [8]byte(full[:8]), Low: uint32(uint16(l.lo)), High: uint32(uint16(l.hi)),
			Context: e.context(l.ctx),
		})
	}
	for _, l := range e.sorted[wIBEndPortCon] {
		o.IBEndPorts = append(o.IBEndPorts, policydb.IBEndPortCon{
			Device: l.text, Port: uint32(uint8(l.lo)), Context: e.context(l.ctx),
		})
	}
}

func (e *emitter) emitXen() {
	o := &e.pol.OContexts
	for _, l := range e.sorted[wPIRQCon] {
		o.PIRQs = append(o.PIRQs, policydb.PIRQCon{PIRQ: uint32(l.lo), Context: e.context(l.ctx)})
	}
	for _, l := range e.sorted[wIOMemCon] {
		if e.pol.Version < versionXPerms && l.hi > 1<<32-1 {
			e.failStmt(l.stmt, "version %d cannot write addresses above 32 bits", e.pol.Version)
		}
		o.IOMems = append(o.IOMems, policydb.IOMemCon{Low: l.lo, High: l.hi, Context: e.context(l.ctx)})
	}
	for _, l := range e.sorted[wIOPortCon] {
		o.IOPorts = append(o.IOPorts, policydb.IOPortCon{Low: uint32(l.lo), High: uint32(l.hi),
			Context: e.context(l.ctx)})
	}
	for _, l := range e.sorted[wPCIDeviceCon] {
		o.PCIDevices = append(o.PCIDevices, policydb.PCIDeviceCon{Device: uint32(l.lo), Context: e.context(l.ctx)})
	}
	for _, l := range e.sorted[wDeviceTreeCon] {
		o.DeviceTrees = append(o.DeviceTrees, policydb.DeviceTreeCon{Path: l.path, Context: e.context(l.ctx)})
	}
}
