/* sepol-access FILE [BOOLEAN=0|1]...: decisions by libsepol.
 *
 * Each line of standard input is "SCONTEXT TCONTEXT CLASS"; each line of
 * output answers one: "ALLOWED AUDITALLOW AUDITDENY FLAGS", the first three
 * hexadecimal, FLAGS decimal, or "ERR reason".
 *
 * The vectors are sepol_compute_av's. libsepol's decision carries no flags,
 * so FLAGS is looked up in the permissive map of the loaded policy: 1 when
 * the source type is permissive, else 0 (AVD_FLAGS_PERMISSIVE).
 *
 * Conditional rules: libsepol, like the kernel's first load, follows the
 * enabled bits of the file until a boolean is set; sepol_bool_set evaluates
 * the conditionals again.
 *
 * libsepol's sidtab finds the sid of a context by a walk over all contexts
 * seen. A sidtab of our own with two entries, overwritten for each query,
 * avoids that: the cost of a query does not depend on those before it.
 */
#include <setjmp.h>
#include <signal.h>
#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sepol/booleans.h>
#include <sepol/debug.h>
#include <sepol/policydb.h>
#include <sepol/policydb/context.h>
#include <sepol/policydb/policydb.h>
#include <sepol/policydb/services.h>
#include <sepol/policydb/sidtab.h>

/* In libsepol.a, declared only in its private header context.h. */
extern int context_from_string(sepol_handle_t *handle, const policydb_t *policydb,
			       context_struct_t **cptr, const char *con_str, size_t con_str_len);

enum { SOURCE = 1, TARGET = 2 };

static sigjmp_buf on_crash;

static void crashed(int sig)
{
	(void)sig;
	siglongjmp(on_crash, 1);
}

static void set_boolean(sepol_policydb_t *p, char *arg)
{
	char *eq = strchr(arg, '=');
	sepol_bool_key_t *key = NULL;
	sepol_bool_t *value = NULL;
	int present = 0;

	if (!eq || (strcmp(eq, "=0") && strcmp(eq, "=1"))) {
		fprintf(stderr, "%s: not BOOLEAN=0 or BOOLEAN=1\n", arg);
		exit(2);
	}
	*eq = 0;
	if (sepol_bool_key_create(NULL, arg, &key) || sepol_bool_create(NULL, &value) ||
	    sepol_bool_set_name(NULL, value, arg)) {
		fprintf(stderr, "out of memory\n");
		exit(1);
	}
	sepol_bool_set_value(value, eq[1] == '1');
	if (sepol_bool_exists(NULL, p, key, &present) || !present || sepol_bool_set(NULL, p, key, value)) {
		fprintf(stderr, "no boolean %s\n", arg);
		exit(1);
	}
	sepol_bool_free(value);
	sepol_bool_key_free(key);
}

/* Puts the context named by s into the sidtab under sid. */
static int place(policydb_t *p, sidtab_t *tab, sepol_security_id_t sid, const char *s)
{
	context_struct_t *fresh = NULL, *held;

	if (context_from_string(NULL, p, &fresh, s, strlen(s)) < 0)
		return -1;
	held = sepol_sidtab_search(tab, sid);
	context_destroy(held);
	if (context_cpy(held, fresh)) {
		fprintf(stderr, "out of memory\n");
		exit(1);
	}
	context_destroy(fresh);
	free(fresh);
	return 0;
}

int main(int argc, char **argv)
{
	sepol_policydb_t *sp = NULL;
	policydb_t *p;
	sidtab_t tab;
	char *line = NULL;
	size_t cap = 0;
	int i;

	if (argc < 2) {
		fprintf(stderr, "usage: sepol-access FILE [BOOLEAN=0|1]...\n");
		return 2;
	}
	sp = load_policy(argv[1]);
	if (sepol_sidtab_init(&tab)) {
		fprintf(stderr, "out of memory\n");
		return 1;
	}
	for (i = 2; i < argc; i++)
		set_boolean(sp, argv[i]);
	p = &sp->p;
	sepol_set_policydb(p);
	sepol_set_sidtab(&tab);
	/* Both entries exist from the start: place() only overwrites. */
	{
		context_struct_t blank;

		context_init(&blank);
		if (sepol_sidtab_insert(&tab, SOURCE, &blank) || sepol_sidtab_insert(&tab, TARGET, &blank)) {
			fprintf(stderr, "out of memory\n");
			return 1;
		}
	}
	signal(SIGSEGV, crashed);

	while (getline(&line, &cap, stdin) > 0) {
		char *scon = strtok(line, " \n");
		char *tcon = strtok(NULL, " \n");
		char *class = strtok(NULL, " \n");
		sepol_security_class_t tclass = 0;
		struct sepol_av_decision avd;

		if (!class || strtok(NULL, " \n")) {
			puts("ERR not SCONTEXT TCONTEXT CLASS");
			continue;
		}
		if (place(p, &tab, SOURCE, scon)) {
			puts("ERR source context");
			continue;
		}
		if (place(p, &tab, TARGET, tcon)) {
			puts("ERR target context");
			continue;
		}
		if (sepol_string_to_security_class(class, &tclass)) {
			puts("ERR class");
			continue;
		}
		/* libsepol 3.4 dereferences a null reason pointer when a bounded
		 * type's parent is itself bounded and loses a permission. */
		if (sigsetjmp(on_crash, 1)) {
			puts("ERR libsepol crashed");
			continue;
		}
		memset(&avd, 0, sizeof(avd));
		if (sepol_compute_av(SOURCE, TARGET, tclass, 0, &avd)) {
			puts("ERR sepol_compute_av");
			continue;
		}
		printf("%x %x %x %d\n", avd.allowed, avd.auditallow, avd.auditdeny,
		       ebitmap_get_bit(&p->permissive_map, sepol_sidtab_search(&tab, SOURCE)->type) ? 1 : 0);
	}
	return 0;
}
