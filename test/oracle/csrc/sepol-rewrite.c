/* sepol-rewrite FILE: read a binary policy with libsepol, write it back to
 * standard output in libsepol's own order and in the version it was read in.
 * That is what libsemanage does on its way from policy.linked to policy.kern.
 */
#include "load.h"

#include <sepol/handle.h>

int main(int argc, char **argv)
{
	sepol_policydb_t *p = NULL;
	void *data = NULL;
	size_t len = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: sepol-rewrite FILE\n");
		return 2;
	}
	p = load_policy(argv[1]);
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
