package semanagecli

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"io"
	"strings"

	"github.com/senet-selinux/senet/internal/sysroot"
)

const (
	policyXML    = "/usr/share/selinux/devel/policy.xml"
	maxPolicyXML = 64 << 20 // the reference policy's has 6 MiB
)

// A tunable is an element tunable or bool of policy.xml.
type tunable struct {
	Name string `xml:"name,attr"`
	Desc struct {
		P []struct {
			Text string `xml:",chardata"`
		} `xml:"p"`
	} `xml:"desc"`
}

type layerXML struct {
	Modules []struct {
		Tunables []tunable `xml:"tunable"`
		Bools    []tunable `xml:"bool"`
	} `xml:"module"`
}

// latin1 turns ISO-8859-1, in which the reference policy writes the file, into
// UTF-8.
func latin1(in io.Reader) (io.Reader, error) {
	data, err := io.ReadAll(in)
	text := make([]rune, len(data))
	for i, b := range data {
		text[i] = rune(b)
	}
	return strings.NewReader(string(text)), err
}

// readDescriptions returns the descriptions of booleans, by name, from the file
// that the development package of a policy has; none without it
// (gen_bool_dict of sepolicy).
func readDescriptions(path string) map[string]string {
	if path == "" {
		path = policyXML
	}
	data, err := sysroot.Root{}.ReadFile(path, maxPolicyXML)
	if err != nil {
		return nil
	}
	if z, err := gzip.NewReader(bytes.NewReader(data)); err == nil {
		if data, err = io.ReadAll(io.LimitReader(z, maxPolicyXML)); err != nil {
			return nil
		}
	}
	var doc struct {
		Layers   []layerXML `xml:"layer"`
		Tunables []tunable  `xml:"tunable"`
		Bools    []tunable  `xml:"bool"`
	}
	decoder := xml.NewDecoder(bytes.NewReader(data))
	decoder.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if strings.EqualFold(label, "ISO-8859-1") {
			return latin1(in)
		}
		return in, nil
	}
	if err := decoder.Decode(&doc); err != nil {
		return nil
	}
	texts := map[string]string{}
	note := func(list []tunable) {
		for _, t := range list {
			if p := t.Desc.P; len(p) > 0 {
				texts[t.Name] = strings.ReplaceAll(strings.Trim(p[0].Text, "\n"), "\n", " ")
			}
		}
	}
	for _, l := range doc.Layers {
		for _, m := range l.Modules {
			note(m.Tunables)
			note(m.Bools)
		}
	}
	note(doc.Bools)
	note(doc.Tunables)
	return texts
}
