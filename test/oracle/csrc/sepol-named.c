/* sepol-named FILE: print how many named type transitions a binary policy has:
 * the rules whose last word is the name of a file.
 */
#include <stdio.h>

#include <sepol/debug.h>
#include <sepol/policydb.h>
#include <sepol/policydb/policydb.h>

int main(int argc, char **argv)
{
	sepol_policydb_t *p = NULL;
	sepol_policy_file_t *pf = NULL;
	FILE *f;

	if (argc != 2) {
		fprintf(stderr, "usage: sepol-named FILE\n");
		return 2;
	}
	f = fopen(argv[1], "rb");
	if (!f) {
		perror(argv[1]);
		return 1;
	}
	sepol_debug(0);
	if (sepol_policydb_create(&p) || sepol_policy_file_create(&pf)) {
		fprintf(stderr, "out of memory\n");
		return 1;
	}
	sepol_policy_file_set_fp(pf, f);
	if (sepol_policydb_read(p, pf)) {
		fprintf(stderr, "%s: libsepol refuses this policy\n", argv[1]);
		return 1;
	}
	fclose(f);
	printf("%u\n", (unsigned int)p->p.filename_trans_count);
	return 0;
}
