/* What the programs share: how they read a binary policy. */
#include <stdio.h>
#include <stdlib.h>

#include <sepol/debug.h>
#include <sepol/policydb.h>

/* load_policy returns the policy of a file. It ends the program with a message
 * if libsepol refuses it.
 */
static sepol_policydb_t *load_policy(const char *name)
{
	sepol_policydb_t *p = NULL;
	sepol_policy_file_t *pf = NULL;
	FILE *f = fopen(name, "rb");

	if (!f) {
		perror(name);
		exit(1);
	}
	sepol_debug(0);
	if (sepol_policydb_create(&p) || sepol_policy_file_create(&pf)) {
		fprintf(stderr, "out of memory\n");
		exit(1);
	}
	sepol_policy_file_set_fp(pf, f);
	if (sepol_policydb_read(p, pf)) {
		fprintf(stderr, "%s: libsepol refuses this policy\n", name);
		exit(1);
	}
	sepol_policy_file_free(pf);
	fclose(f);
	return p;
}
