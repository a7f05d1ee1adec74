package remark

import (
	"slices"
	"testing"
)

// TestContexts: what programs say of contexts that they did not find, or could not set.
func TestContexts(t *testing.T) {
	for _, tt := range []struct {
		line  string
		code  Code
		names []string
	}{
		{"su[7]: pam_selinux(su:session): Unable to get valid context for 'bo'", NoUserContext, []string{"su", "bo"}},
		{"Unable to get valid context for bo.", NoUserContext, []string{"", "bo"}},
		{"sshd[1]: error: ssh_selinux_getctxbyname: Failed to get default SELinux security context for bo",
			NoUserContext, []string{"sshd", "bo"}},
		{"crond[2]: (bo) NULL security context for user ()", NoUserContext, []string{"cron", "bo"}},
		{"crond[2]: (bo) NULL security context for user, but SELinux in permissive mode, continuing ()", "", nil},
		{"cron[2]: (bo) ENTRYPOINT FAILED (crontabs/bo)", UnfitCrontab, []string{"bo", "", "", "crontabs/bo"}},
		{"docker: ENTRYPOINT FAILED with 1", "", nil},
		{"crond[2]: (bo) Unauthorized SELinux context=a_u:b_r:c_t:s0 file_context=d_u:object_r:e_t:s0 (/x/bo)",
			UnfitCrontab, []string{"bo", "a_u:b_r:c_t:s0", "d_u:object_r:e_t:s0", "/x/bo"}},
		{"login: pam_selinux(login:session): Error!  Unable to set bo key creation context a_u:b_r:c_t:s0.",
			ContextNotSet, []string{"login", "a_u:b_r:c_t:s0", "", "keys"}},
		{"sudo: unable to set exec context to a_u:b_r:c_t:s0: Permission denied", ContextNotSet,
			[]string{"sudo", "a_u:b_r:c_t:s0", "denied", "exec"}},
		{"systemd[9]: x.service: Failed to change SELinux context to a_u:b_r:c_t: Invalid argument", ContextNotSet,
			[]string{"systemd", "a_u:b_r:c_t", "invalid", "exec"}},
		{"runcon: invalid context: ‘a_u:b_r:c_t:s0-s0:c0.c1023’: Invalid argument", ContextNotSet,
			[]string{"runcon", "a_u:b_r:c_t:s0-s0:c0.c1023", "invalid", "exec"}},
		{"sshd[3]: ssh_selinux_change_context: setcon a_u:b_r:c_t:s0 from d_u:e_r:f_t:s0 failed with " +
			"Permission denied [preauth]", DomainNotEntered, []string{"sshd", "a_u:b_r:c_t:s0", "d_u:e_r:f_t:s0"}},
		{"runc: write /proc/self/attr/keycreate: invalid argument", ContextNotSet,
			[]string{"runc", "", "invalid", "keys"}},
		{"useradd: warning: the user name bo to a_u SELinux user mapping failed.", NoMapping, []string{"bo", "a_u"}},
		{"the executable context menu failed to open", "", nil},
	} {
		code, names := contexts(tt.line)
		if code != tt.code || !slices.Equal(names, tt.names) {
			t.Errorf("%s: %s %q, want %s %q", tt.line, code, names, tt.code, tt.names)
		}
	}
}
