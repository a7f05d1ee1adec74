/* sepol-sid FILE: labels of new objects by libsepol.
 *
 * Each line of standard input is "KIND SCONTEXT TCONTEXT CLASS", KIND one of
 * transition, member and change; each line of output is the label that
 * sepol_KIND_sid gives, or "ERR".
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sepol/debug.h>
#include <sepol/policydb.h>
#include <sepol/policydb/policydb.h>
#include <sepol/policydb/services.h>
#include <sepol/policydb/sidtab.h>

int main(int argc, char **argv)
{
	sepol_policydb_t *sp = NULL;
	sepol_policy_file_t *pf = NULL;
	sidtab_t tab;
	char *line = NULL;
	size_t cap = 0;
	FILE *f;

	if (argc != 2) {
		fprintf(stderr, "usage: sepol-sid FILE\n");
		return 2;
	}
	f = fopen(argv[1], "rb");
	if (!f) {
		perror(argv[1]);
		return 1;
	}
	sepol_debug(0);
	if (sepol_policydb_create(&sp) || sepol_policy_file_create(&pf) || sepol_sidtab_init(&tab)) {
		fprintf(stderr, "out of memory\n");
		return 1;
	}
	sepol_policy_file_set_fp(pf, f);
	if (sepol_policydb_read(sp, pf)) {
		fprintf(stderr, "%s: libsepol refuses this policy\n", argv[1]);
		return 1;
	}
	fclose(f);
	sepol_set_policydb(&sp->p);
	sepol_set_sidtab(&tab);

	while (getline(&line, &cap, stdin) > 0) {
		char *kind = strtok(line, " \n"), *scon = strtok(NULL, " \n");
		char *tcon = strtok(NULL, " \n"), *name = strtok(NULL, " \n");
		sepol_security_id_t s, t, result;
		sepol_security_class_t class;
		sepol_security_context_t text = NULL;
		size_t len;
		int rc;

		if (!name || sepol_context_to_sid(scon, strlen(scon) + 1, &s) ||
		    sepol_context_to_sid(tcon, strlen(tcon) + 1, &t) ||
		    sepol_string_to_security_class(name, &class)) {
			fprintf(stderr, "question not understood: %s\n", line);
			return 1;
		}
		if (!strcmp(kind, "transition"))
			rc = sepol_transition_sid(s, t, class, &result);
		else if (!strcmp(kind, "member"))
			rc = sepol_member_sid(s, t, class, &result);
		else
			rc = sepol_change_sid(s, t, class, &result);
		if (rc || sepol_sid_to_context(result, &text, &len)) {
			puts("ERR");
			continue;
		}
		puts(text);
		free(text);
	}
	return 0;
}
