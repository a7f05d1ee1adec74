package audit

// hardened returns the first name in a line of a distribution that is made to be stricter than the one below it; "" for
// none. Their modules for SELinux refuse on purpose what the policy below them allows.
func hardened(text string) string {
	for _, name := range [...]string{"secureblue", "qubes os", "qubes-os", "qubesos", "kicksecure", "whonix"} {
		if hasWord(text, name) {
			return name
		}
	}
	return ""
}
