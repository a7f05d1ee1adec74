package mount

import (
	"path"
	"slices"
	"strings"
)

// words reads a mount of a pod from a sentence, or from the two keys in one line:
//
//	/data is mounted as hostPath from /srv/data
//	hostPath /srv/data is mounted at /data
//	hostPath: /srv/data, mountPath: /data
func (s *Scanner) words(text string) {
	before, after, ok := cutFold(text, "hostpath")
	if !ok {
		return
	}
	host, rest := firstPath(after)
	if host == "" {
		return
	}
	inside, _ := firstPath(rest)
	for { // the last one before
		dir, more := firstPath(before)
		if dir == "" {
			break
		}
		inside, before = dir, more
	}
	switch {
	case inside == "" && len(s.hosts) < maxMounts && !slices.Contains(s.hosts, host):
		s.hosts = append(s.hosts, strings.Clone(host))
	case inside != "" && path.Clean(inside) != path.Clean(host):
		s.add(Mount{Host: host, Container: inside, Form: Pod})
	}
}

// HostPaths returns the directories of the host that sentences name as a hostPath without the place in the container.
func (s *Scanner) HostPaths() []string { return slices.Clone(s.hosts) }

// cutFold cuts a text around the first place of a word in lower case.
func cutFold(text, word string) (before, after string, ok bool) {
	at := strings.Index(strings.ToLower(text), word)
	if at < 0 || len(strings.ToLower(text)) != len(text) {
		return text, "", false
	}
	return text[:at], text[at+len(word):], true
}

// firstPath returns the first absolute path of a sentence and what follows it, "" for none.
func firstPath(text string) (name, rest string) {
	const beside = " \t`'\"(),;:<>="
	for at := 0; at < len(text); at++ {
		if text[at] != '/' || at > 0 && strings.IndexByte(beside, text[at-1]) < 0 {
			continue
		}
		end := at
		for end < len(text) && strings.IndexByte(beside, text[end]) < 0 {
			end++
		}
		if name := strings.TrimRight(text[at:end], ".!?/"); len(name) > 1 && !strings.HasPrefix(name, "//") {
			return name, text[end:]
		}
		at = end
	}
	return "", ""
}
