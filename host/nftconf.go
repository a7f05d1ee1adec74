package host

// nftConfFiles are the files that the service nftables loads on Debian, Arch Linux and Fedora.
func nftConfFiles() []string { return []string{"/etc/nftables.conf", "/etc/sysconfig/nftables.conf"} }

// parseNFTConf finds the secmark objects that an nftables file declares:
// secmark NAME { "CONTEXT" } inside a table, or add secmark FAMILY TABLE NAME.
func parseNFTConf(b []byte, from string) []SecmarkRule {
	var list []SecmarkRule
	var tokens []string
	for _, t := range nftWords(string(b), from) {
		if !t.is(nftNewline) {
			tokens = append(tokens, t.text)
		}
	}
	family, table := "", ""
	for i := 0; i < len(tokens); i++ {
		switch tokens[i] {
		case "table":
			words := until(tokens[i+1:], "{", 2)
			family, table = "ip", ""
			if len(words) == 2 {
				family = words[0]
			}
			if len(words) > 0 {
				table = words[len(words)-1]
			}
		case "secmark":
			if i > 0 && tokens[i-1] == "meta" || i > 0 && tokens[i-1] == "ct" {
				continue // an expression, not an object
			}
			words := until(tokens[i+1:], "{", 3)
			after := i + 1 + len(words) + 1
			if len(words) == 0 || after > len(tokens) {
				continue
			}
			rule := SecmarkRule{Family: family, Table: table, Name: words[len(words)-1], From: from}
			if len(words) == 3 {
				rule.Family, rule.Table = words[0], words[1]
			}
			if after < len(tokens) && tokens[after] != "}" {
				rule.Context = tokens[after]
			}
			list = append(list, rule)
		}
	}
	return list
}

// until returns the words before the first stop. It returns nil if stop is not among the first limit+1 tokens or
// comes after punctuation.
func until(tokens []string, stop string, limit int) []string {
	for i, t := range tokens[:min(len(tokens), limit+1)] {
		if t == stop {
			return tokens[:i]
		}
		if t == ";" || t == "," || t == "{" || t == "}" || t == "=" {
			return nil
		}
	}
	return nil
}
