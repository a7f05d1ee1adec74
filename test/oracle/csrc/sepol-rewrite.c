/* sepol-rewrite FILE: read a binary policy with libsepol, write it back to
 * standard output in libsepol's own order and in the version it was read in.
 * That is what libsemanage does on its way from policy.linked to policy.kern.
 */
#include <stdio.h>
#include <stdlib.h>

#include <sepol/debug.h>
#include <sepol/handle.h>
#include <sepol/policydb.h>

int main(int argc, char **argv)
{
	sepol_policydb_t *p = NULL;
	sepol_policy_file_t *pf = NULL;
	void *data = NULL;
	size_t len = 0;
	FILE *f;

	if (argc != 2) {
		fprintf(stderr, "usage: sepol-rewrite FILE\n");
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
	if (sepol_policydb_to_image(NULL, p, &data, &len)) {
		fprintf(stderr, "%s: libsepol cannot write this policy\n", argv[1]);
		return 1;
	}
	if (fwrite(data, 1, len, stdout) != len || fflush(stdout)) {
		perror("standard output");
		return 1;
	}
	return 0;
}
