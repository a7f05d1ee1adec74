/* sepol-named FILE: print how many named type transitions a binary policy has:
 * the rules whose last word is the name of a file.
 */
#include "load.h"

#include <sepol/policydb/policydb.h>

int main(int argc, char **argv)
{
	sepol_policydb_t *p = NULL;

	if (argc != 2) {
		fprintf(stderr, "usage: sepol-named FILE\n");
		return 2;
	}
	p = load_policy(argv[1]);
	printf("%u\n", (unsigned int)p->p.filename_trans_count);
	return 0;
}
