package senet

import (
	"fmt"
	"net/netip"
	"strconv"

	"github.com/senet-selinux/senet/network"
	"github.com/senet-selinux/senet/portset"
)

// A Target is the object of an operation: ports of a protocol, optionally at one address. The zero
// Target is invalid.
type Target struct {
	Protocol network.Protocol
	// Addr is the address; the zero Addr means any.
	Addr  netip.Addr
	Ports portset.Range
}

// TCP returns one TCP port at any address.
func TCP(port uint16) Target { return Port(network.TCP, port) }

// UDP returns one UDP port at any address.
func UDP(port uint16) Target { return Port(network.UDP, port) }

// Port returns one port of a protocol at any address.
func Port(protocol network.Protocol, port uint16) Target {
	return Target{Protocol: protocol, Ports: portset.Range{Low: port, High: port}}
}

// String writes the target in the form of commands: tcp/5601, tcp/8000-8100, tcp/10.0.0.7:5601,
// tcp/[::1]:80.
func (t Target) String() string {
	port := strconv.Itoa(int(t.Ports.Low))
	if t.Ports.High != t.Ports.Low {
		port += "-" + strconv.Itoa(int(t.Ports.High))
	}
	switch {
	case t.Addr.Is6():
		port = "[" + t.Addr.String() + "]:" + port
	case t.Addr.IsValid():
		port = t.Addr.String() + ":" + port
	}
	return string(t.Protocol) + "/" + port
}

func (t Target) check() error {
	if t.Protocol == "" {
		return ErrNoTarget
	}
	if err := CheckProtocol(t.Protocol); err != nil {
		return err
	}
	if t.Ports.Low > t.Ports.High {
		return ErrNoTarget
	}
	if t.Addr.Zone() != "" {
		return fmt.Errorf("%s: %w", t.Addr, ErrZone)
	}
	return nil
}
