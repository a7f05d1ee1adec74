package remark

import (
	"path"
	"strings"
)

// commandsIn returns what the commands in a line of a shell or in a sentence change.
func commandsIn(line string) (list []Done) {
	words := strings.Fields(line)
	for i := 0; i < len(words); i++ {
		if !isTool(words[i]) {
			if strings.Trim(words[i], "`'\".,;") == "/.autorelabel" {
				list = append(list, Done{Kind: DoneRestore, Name: "/", Tree: true})
			}
			continue
		}
		tool := strings.Trim(words[i], "`'\"(.,:")
		args := arguments(words[i+1:])
		i += len(args)
		switch tool[strings.LastIndexByte(tool, '/')+1:] {
		case "setsebool":
			list = append(list, setsebool(args)...)
		case "restorecon":
			list = append(list, restorecon(args)...)
		case "fixfiles":
			list = append(list, Done{Kind: DoneRestore, Name: "/", Tree: true})
		case "semanage":
			list = append(list, semanage(args)...)
		case "semodule":
			list = append(list, semodule(args)...)
		case "setenforce":
			if len(args) > 0 {
				off := args[0] == "0" || strings.EqualFold(args[0], "permissive")
				list = append(list, Done{Kind: DoneMode, On: off})
			}
		}
	}
	return list
}

// arguments returns the words of a command up to its end, without quotes.
func arguments(words []string) (list []string) {
	for _, word := range words {
		plain := strings.Trim(word, "`'\",;")
		if word == "|" || word == "||" || word == "&&" || word == ";" || isTool(word) || strings.HasPrefix(word, "#") {
			return list
		}
		list = append(list, plain)
		if strings.HasSuffix(word, ";") || strings.HasSuffix(word, "`") || strings.HasSuffix(word, "`,") {
			return list
		}
	}
	return list
}

// setsebool reads setsebool -P NAME VALUE, or NAME=VALUE of each.
func setsebool(args []string) (list []Done) {
	for i, word := range args {
		name, value, pair := strings.Cut(word, "=")
		if !pair && i+1 < len(args) {
			value = args[i+1]
			if value == "to" || value == "=" {
				value = strings.Join(args[i+2:min(len(args), i+3)], "")
			}
		}
		if on, ok := truth(value); ok && isBooleanName(name) {
			list = append(list, Done{Kind: DoneBoolean, Name: name, On: on})
		}
	}
	return list
}

func truth(value string) (on, ok bool) {
	switch strings.TrimRight(value, ".,:") {
	case "1", "on", "true", "ON", "On":
		return true, true
	case "0", "off", "false", "OFF", "Off":
		return false, true
	}
	return false, false
}

// restorecon reads the paths of restorecon; -n changes nothing.
func restorecon(args []string) (list []Done) {
	tree := false
	for _, word := range args {
		switch {
		case strings.HasPrefix(word, "-") && !strings.HasPrefix(word, "--"):
			if strings.Contains(word, "n") {
				return nil
			}
			tree = tree || strings.ContainsAny(word, "Rr")
		case path.IsAbs(word):
			list = append(list, Done{Kind: DoneRestore, Name: path.Clean(strings.TrimRight(word, ".:*"))})
		}
	}
	if list == nil {
		return []Done{{Kind: DoneRestore}}
	}
	for i := range list {
		list[i].Tree = tree
	}
	return list
}

// semanage reads what semanage adds to the records of booleans, files, ports and permissive domains.
func semanage(args []string) []Done {
	if len(args) == 0 {
		return nil
	}
	var d Done
	changes, removes := false, false
	rest := ""
	for i := 1; i < len(args); i++ {
		word, next := args[i], ""
		if i+1 < len(args) {
			next = args[i+1]
		}
		flag, value, long := strings.Cut(word, "=")
		if long {
			next = value
		}
		switch {
		case flag == "--type" || isFlag(flag, 't'):
			d.Type = next
		case flag == "--proto" || isFlag(flag, 'p'):
			d.Protocol = next
		case flag == "--on" || flag == "-1":
			d.On = true
		case isFlag(flag, 's'), isFlag(flag, 'r'), isFlag(flag, 'f'), isFlag(flag, 'e'), flag == "--seuser",
			flag == "--range", flag == "--ftype", flag == "--equal":
		case strings.HasPrefix(flag, "-"):
			next, long = "", true
		default:
			if rest == "" {
				rest = word
			}
			continue
		}
		letters := strings.HasPrefix(flag, "-") && !strings.HasPrefix(flag, "--")
		changes = changes || flag == "--add" || flag == "--modify" || letters && strings.ContainsAny(flag, "am")
		removes = removes || flag == "--delete" || letters && strings.Contains(flag, "d")
		if !long && next != "" {
			i++
		}
	}
	d.Name = rest
	switch args[0] {
	case "boolean":
		d.Kind = DoneBoolean
	case "fcontext":
		d.Kind = DoneEntry
		changes = changes && path.IsAbs(rest)
	case "port":
		d.Kind = DonePort
	case "permissive":
		d.Kind, d.On = DonePermissive, !removes
		changes = changes || removes
	}
	if d.Kind == "" || rest == "" || !changes || removes && d.Kind != DonePermissive {
		return nil
	}
	return []Done{d}
}

// isFlag reports whether a word is a flag of one letter with a value, or a group of them that ends with it.
func isFlag(word string, letter byte) bool {
	return len(word) > 1 && word[0] == '-' && word[1] != '-' && word[len(word)-1] == letter
}

// semodule reads the packages that semodule installs.
func semodule(args []string) (list []Done) {
	install := false
	for _, word := range args {
		switch {
		case word == "--install" || isFlag(word, 'i'):
			install = true
		case strings.HasPrefix(word, "-"):
		case install && (strings.HasSuffix(word, ".pp") || strings.HasSuffix(word, ".cil") || !strings.Contains(word,
			".")):
			name := strings.TrimSuffix(strings.TrimSuffix(path.Base(word), ".pp"), ".cil")
			return []Done{{Kind: DoneModule, Name: name}}
		}
	}
	return nil
}
