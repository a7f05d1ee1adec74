package records_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/senet-selinux/senet/internal/records"
	"github.com/senet-selinux/senet/semanage"
)

func TestParseBooleans(t *testing.T) {
	yes := true
	a, b := semanage.Boolean{Name: "a", On: true}, semanage.Boolean{Name: "b"}
	for _, c := range []struct {
		texts []string
		on    *bool
		want  []semanage.Boolean // nil for an error
	}{
		{[]string{"a=on", "b=off"}, nil, []semanage.Boolean{a, b}},
		{[]string{"a", "on"}, nil, []semanage.Boolean{a}},
		{[]string{"a"}, &yes, []semanage.Boolean{a}},
		{[]string{"a", "on"}, &yes, []semanage.Boolean{a, {Name: "on", On: true}}},
		{[]string{"a=on", "a=1"}, nil, []semanage.Boolean{a, a}},
		{[]string{"a=on", "a=off"}, nil, nil},
		{[]string{"a=on"}, &yes, nil},
		{[]string{"a"}, nil, nil},
		{[]string{"a=maybe"}, nil, nil},
		{[]string{"a", "b", "on"}, nil, nil},
	} {
		got, err := records.ParseBooleans(c.texts, c.on)
		if !slices.Equal(got, c.want) || (err == nil) != (c.want != nil) {
			t.Errorf("%q: %v, %v; want %v", c.texts, got, err, c.want)
		}
	}
	var two *records.TwoValuesError
	_, err := records.ParseBooleans([]string{"a=on", "b=on", "a=off"}, nil)
	if !errors.As(err, &two) || two.Name != "a" {
		t.Errorf("a twice: %v", err)
	}
}

func TestParsePort(t *testing.T) {
	for _, c := range []struct {
		text, proto string
		want        semanage.PortKey
		err         error // nil for none, or for one of package semanage
	}{
		{"80", "", semanage.PortKey{Low: 80, High: 80}, nil},
		{"80-90", "udp", semanage.PortKey{Protocol: semanage.UDP, Low: 80, High: 90}, nil},
		{"sctp/80", "", semanage.PortKey{Protocol: semanage.SCTP, Low: 80, High: 80}, nil},
		{"tcp/80", "tcp", semanage.PortKey{Protocol: semanage.TCP, Low: 80, High: 80}, nil},
		{"tcp/80", "udp", semanage.PortKey{}, records.ErrOtherProtocol},
		{"ip/80", "", semanage.PortKey{}, records.ErrProtocol},
		{"90-80", "tcp", semanage.PortKey{}, semanage.ErrRange},
	} {
		got, err := records.ParsePort(c.text, c.proto)
		var bad *records.PortTextError
		switch {
		case c.err == nil && (err != nil || got != c.want):
			t.Errorf("%s of %q: %v, %v; want %v", c.text, c.proto, got, err, c.want)
		case c.err != nil && (!errors.Is(err, c.err) || !errors.As(err, &bad) || bad.Text != c.text):
			t.Errorf("%s of %q: error %v, want %v", c.text, c.proto, err, c.err)
		}
	}
	for _, c := range []struct {
		texts []string
		proto string
		want  []string
	}{
		{nil, "", nil},
		{nil, "udp", []string{"udp/0-65535"}},
		{[]string{"80", "tcp/22"}, "", []string{"tcp/80", "udp/80", "dccp/80", "sctp/80", "tcp/22"}},
	} {
		keys, err := records.ParsePorts(c.texts, c.proto)
		var got []string
		for _, k := range keys {
			got = append(got, k.String())
		}
		if err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q of %q: %q, %v; want %q", c.texts, c.proto, got, err, c.want)
		}
	}
}
