package host

import (
	"slices"
	"strconv"
	"strings"
)

// iptablesHook returns the hook of a built-in chain; iptablesPriorities are the priorities of the
// tables (include/uapi/linux/netfilter_ipv4.h).
func iptablesHook(chain string) string {
	switch chain {
	case "PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING":
		return strings.ToLower(chain)
	}
	return ""
}

func iptablesPriority(table, hook string) int {
	switch table {
	case "raw":
		return -300
	case "mangle":
		return -150
	case "nat":
		if hook == "prerouting" || hook == "output" {
			return -100
		}
		return 100
	case "security":
		return 50
	}
	return 0
}

// ParseIPTablesFilter reads the output of iptables-save as chains, in its order. It skips lines
// that are not valid output.
func ParseIPTablesFilter(b []byte, family string) []Chain {
	var list []Chain
	at := make(map[[2]string]int)
	for line := range iptablesLines(b) {
		table, words := line.table, line.words
		if len(words) < 2 {
			continue
		}
		if name, ok := strings.CutPrefix(words[0], ":"); ok {
			c := Chain{Family: family, Table: table, Name: name, Legacy: true}
			if words[1] != "-" {
				c.Hook, c.Policy = iptablesHook(name), strings.ToLower(words[1])
				c.Priority, c.NAT = iptablesPriority(table, c.Hook), table == "nat"
			}
			if _, known := at[[2]string{table, name}]; !known {
				at[[2]string{table, name}] = len(list)
				list = append(list, c)
			}
			continue
		}
		if i, ok := at[[2]string{table, words[1]}]; ok && words[0] == "-A" {
			list[i].Rules = append(list[i].Rules, Rule{Name: line.text, Steps: iptablesSteps(words[2:])})
		}
	}
	return list
}

// iptablesSteps reads the matches and the target of a rule. A match that senet does not know
// becomes a step that may match or not.
func iptablesSteps(words []string) []Step {
	var steps []Step
	for len(words) > 0 {
		not := words[0] == "!"
		if not {
			words = words[1:]
		}
		if len(words) == 0 {
			break
		}
		option := words[0]
		n := 1
		if slices.Contains([]string{"--comment", "--string", "--hex-string", "--name", "--path"}, option) {
			n = min(2, len(words)) // any text, which may look like an option
		}
		for n < len(words) && !strings.HasPrefix(words[n], "-") && words[n] != "!" {
			n++
		}
		args := words[1:n]
		words = words[n:]
		switch option {
		case "--comment":
			continue
		case "-m", "--match":
			// The options of most matches tell what they compare; the others may have no option:
			// socket, rpfilter.
			if len(args) == 1 && slices.Contains(matchesByOptions, args[0]) {
				continue
			}
		case "-j", "--jump", "-g", "--goto":
			return append(steps, iptablesTarget(option, args, words)...)
		}
		s, ok := iptablesMatch(option, args)
		if !ok {
			s = Step{Field: FieldUnknown, Values: []string{strings.TrimSpace(option + " " + strings.Join(args, " "))}}
		} else {
			s.Not = s.Not != not
		}
		steps = append(steps, s)
	}
	return steps
}

// matchesByOptions are the matches that accept every packet if they have no option.
var matchesByOptions = []string{"tcp", "udp", "udplite", "sctp", "dccp", "comment", "conntrack", "state",
	"multiport", "iprange", "mark", "connmark",
	"owner", "addrtype", "set", "mac", "length", "icmp", "icmp6"}

// iptablesMatch reads one option of a match.
func iptablesMatch(option string, args []string) (Step, bool) {
	if option == "--syn" && len(args) == 0 {
		return Step{Field: FieldTCPFlags, Values: []string{"0x17/0x2"}}, true
	}
	if option == "--tcp-flags" && len(args) == 2 {
		mask, ok1 := tcpFlags(args[0])
		value, ok2 := tcpFlags(args[1])
		return Step{Field: FieldTCPFlags, Values: []string{"0x" + strconv.FormatUint(mask, 16) + "/0x" +
			strconv.FormatUint(value, 16)}}, ok1 && ok2
	}
	if len(args) != 1 {
		return Step{}, false
	}
	arg := args[0]
	list := strings.Split(arg, ",")
	ports := func(field string) (Step, bool) {
		s := Step{Field: field}
		for _, p := range list {
			low, high, isRange := strings.Cut(p, ":")
			if !isRange {
				high = low
			}
			if low == "" {
				low = "0"
			}
			if high == "" {
				high = "65535"
			}
			a, err1 := strconv.ParseUint(low, 10, 16)
			b, err2 := strconv.ParseUint(high, 10, 16)
			if err1 != nil || err2 != nil || a > b {
				return s, false
			}
			s.Values = append(s.Values, rangeText(a, b))
		}
		return s, true
	}
	switch option {
	case "-p", "--protocol":
		if arg == "all" || arg == "0" {
			return Step{Field: FieldNever, Not: true}, true
		}
		n, ok := protocolNumber(arg)
		return Step{Field: FieldProtocol, Values: []string{n}}, ok
	case "-s", "--source":
		return Step{Field: FieldSource, Values: list}, true
	case "-d", "--destination":
		return Step{Field: FieldDest, Values: list}, true
	case "--src-range":
		return Step{Field: FieldSource, Values: list}, true
	case "--dst-range":
		return Step{Field: FieldDest, Values: list}, true
	case "-i", "--in-interface":
		return Step{Field: FieldIn, Values: []string{strings.Replace(arg, "+", "*", 1)}}, true
	case "-o", "--out-interface":
		return Step{Field: FieldOut, Values: []string{strings.Replace(arg, "+", "*", 1)}}, true
	case "--sport", "--source-port", "--sports", "--source-ports":
		return ports(FieldSPort)
	case "--dport", "--destination-port", "--dports", "--destination-ports":
		return ports(FieldDPort)
	case "--ports":
		return ports(FieldPort)
	case "--state", "--ctstate":
		s := Step{Field: FieldState}
		for _, name := range list {
			name = strings.ToLower(name)
			if !slices.Contains(stateOrder, name) {
				return s, false
			}
			s.Values = append(s.Values, name)
		}
		return s, true
	case "--ctdir":
		dir := strings.ToLower(arg)
		return Step{Field: FieldDirection, Values: []string{dir}}, dir == "original" || dir == "reply"
	}
	return Step{}, false
}

// tcpFlags reads names of flags: SYN,ACK; ALL, NONE.
func tcpFlags(s string) (n uint64, ok bool) {
	for name := range strings.SplitSeq(s, ",") {
		switch i := slices.Index([]string{"FIN", "SYN", "RST", "PSH", "ACK", "URG"}, name); {
		case i >= 0:
			n |= 1 << i
		case name == "ALL":
			n |= 0x3f
		case name != "NONE":
			return 0, false
		}
	}
	return n, true
}

// iptablesTarget reads a target with its options.
func iptablesTarget(option string, args, options []string) []Step {
	if len(args) != 1 {
		return []Step{{Do: DoElsewhere}}
	}
	value := func(name string) (string, bool) {
		i := slices.Index(options, name)
		if i < 0 || i+1 >= len(options) {
			return "", false
		}
		return options[i+1], true
	}
	target := args[0]
	if option == "-g" || option == "--goto" {
		return []Step{{Do: DoGoto, Arg: target}}
	}
	switch target {
	case "SECMARK":
		if context, ok := value("--selctx"); ok {
			return []Step{{Do: DoLabel, Arg: context}}
		}
		return []Step{{Do: DoAnyLabel, Arg: target}}
	case "CONNSECMARK":
		switch {
		case slices.Contains(options, "--save"):
			return []Step{{Do: DoSave}}
		case slices.Contains(options, "--restore"):
			return []Step{{Do: DoRestore}}
		}
	case "CT":
		if slices.Contains(options, "--notrack") {
			return []Step{{Do: DoUntrack}}
		}
	}
	// A chain may have any name that is not a target.
	if steps := targetSteps(target); len(steps) != 1 || steps[0].Do != DoElsewhere {
		return steps
	}
	return []Step{{Do: DoJump, Arg: target}}
}
