package refpolicy

import (
	"strconv"
	"strings"
)

// Settings are the choices of a policy's build: build.conf.
type Settings struct {
	Type    string // standard, mcs or mls
	Name    string // the policy's name
	Distro  string // debian, redhat, ... or ""
	Systemd bool
	// UBAC is user based access control; DirectInitrc lets administrators start services
	// without run_init.
	UBAC, DirectInitrc bool
	// Options are further names that are defined.
	Options []string
	// Sensitivities, Categories and MCSCategories are the numbers of levels and categories.
	Sensitivities, Categories, MCSCategories int
}

// An Override replaces values of build.conf that the caller knows better; "" keeps the value.
type Override struct{ Type string }

// A Setting is a macro that is defined before any file is read.
type Setting struct{ Name, Value string }

// Defined returns the macros that settings define, as the makefile of the headers does.
func (s Settings) Defined() []Setting {
	var all []Setting
	set := func(on bool, name string) {
		if on {
			all = append(all, Setting{name, ""})
		}
	}
	set(s.Type == "mls", "enable_mls")
	set(s.Type == "mcs", "enable_mcs")
	set(s.Distro != "", "distro_"+s.Distro)
	set(s.Systemd, "init_systemd")
	set(s.DirectInitrc, "direct_sysadm_daemon")
	set(s.UBAC, "enable_ubac")
	for _, o := range s.Options {
		set(true, o)
	}
	return append(all, Setting{"mls_num_sens", strconv.Itoa(s.Sensitivities)},
		Setting{"mls_num_cats", strconv.Itoa(s.Categories)}, Setting{"mcs_num_cats", strconv.Itoa(s.MCSCategories)})
}

// MLS reports whether modules have levels.
func (s Settings) MLS() bool { return s.Type == "mls" || s.Type == "mcs" }

// settingsOf reads a build.conf: lines such as TYPE ?= mcs. A setting that is set twice with ?=
// keeps the first value.
func settingsOf(conf string, set Override) Settings {
	s := Settings{Type: "standard", Sensitivities: 16, Categories: 1024, MCSCategories: 1024}
	given := map[string]bool{}
	for line := range strings.Lines(conf) {
		line, _, _ = strings.Cut(line, "#")
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			continue
		}
		keep := strings.HasSuffix(name, "?")
		name = strings.TrimRight(name, "?:+ \t")
		name = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(name), "override "))
		if keep && given[name] {
			continue
		}
		given[name] = true
		s.set(name, strings.TrimSpace(value))
	}
	if set.Type != "" {
		s.Type = set.Type
	}
	return s
}

func (s *Settings) set(name, value string) {
	count := func(to *int) {
		if n, err := strconv.Atoi(value); err == nil && n > 0 && n <= 1024 {
			*to = n
		}
	}
	switch name {
	case "TYPE":
		s.Type = value
	case "NAME":
		s.Name = value
	case "DISTRO":
		s.Distro = value
	case "SYSTEMD":
		s.Systemd = value == "y"
	case "UBAC":
		s.UBAC = value == "y"
	case "DIRECT_INITRC":
		s.DirectInitrc = value == "y"
	case "CUSTOM_BUILDOPT":
		s.Options = strings.Fields(value)
	case "MLS_SENS":
		count(&s.Sensitivities)
	case "MLS_CATS":
		count(&s.Categories)
	case "MCS_CATS":
		count(&s.MCSCategories)
	}
}
