/* sepol-load FILE N: load a binary policy N times with libsepol.
 *
 * FILE is read into memory once. Each of the N loads is
 * sepol_policydb_create + sepol_policydb_from_image, timed alone with
 * CLOCK_MONOTONIC; the destruction that follows is not timed. One line of
 * output a load: nanoseconds, decimal. Exit 1 and a line on standard error
 * when the file cannot be read or libsepol refuses it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <sepol/debug.h>
#include <sepol/policydb.h>

static char *slurp(const char *path, size_t *len)
{
	FILE *f = fopen(path, "rb");
	long n;
	char *buf;

	if (!f || fseek(f, 0, SEEK_END) || (n = ftell(f)) < 0 || fseek(f, 0, SEEK_SET)) {
		perror(path);
		exit(1);
	}
	buf = malloc(n ? n : 1);
	if (!buf || fread(buf, 1, n, f) != (size_t)n) {
		fprintf(stderr, "%s: short read\n", path);
		exit(1);
	}
	fclose(f);
	*len = n;
	return buf;
}

int main(int argc, char **argv)
{
	size_t len;
	char *image;
	long i, n;

	if (argc != 3) {
		fprintf(stderr, "usage: sepol-load FILE N\n");
		return 2;
	}
	image = slurp(argv[1], &len);
	n = strtol(argv[2], NULL, 10);
	sepol_debug(0);
	for (i = 0; i < n; i++) {
		struct timespec a, b;
		sepol_policydb_t *p = NULL;
		int rc;

		clock_gettime(CLOCK_MONOTONIC, &a);
		rc = sepol_policydb_create(&p);
		if (!rc)
			rc = sepol_policydb_from_image(NULL, image, len, p);
		clock_gettime(CLOCK_MONOTONIC, &b);
		if (rc) {
			fprintf(stderr, "%s: libsepol refuses this policy\n", argv[1]);
			return 1;
		}
		sepol_policydb_free(p);
		printf("%lld\n", (long long)(b.tv_sec - a.tv_sec) * 1000000000LL + (b.tv_nsec - a.tv_nsec));
	}
	return 0;
}
