/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs a program under the system call rules of a service, where there is no systemd to do it:
 *
 *   service-box FILE PROGRAM [WORD …]
 *
 * FILE names the calls of SystemCallFilter=, one a line. Besides those rules these hold:
 * RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6, RestrictSUIDSGID=, MemoryDenyWriteExecute=,
 * RestrictNamespaces=, LockPersonality=, NoNewPrivileges=. Everything else gives EPERM. */
#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define SPECIAL_BITS (S_ISUID | S_ISGID)
#define NAMESPACES                                                                              \
  (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | \
   CLONE_NEWNET)

static int
is_one_of(const char *name, const char *const *names)
{
  for (; *names != NULL; names++)
    if (strcmp(name, *names) == 0)
      return 1;
  return 0;
}

static int
allow_sockets(scmp_filter_ctx filter, int call)
{
  static const int families[] = {AF_UNIX, AF_INET, AF_INET6};
  int failed = 0;

  for (size_t i = 0; i < sizeof families / sizeof *families; i++)
    failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
                               SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i]));
  return failed;
}

/* Written or executed, never both. */
static int
allow_mappings(scmp_filter_ctx filter, int call)
{
  static const scmp_datum_t modes[] = {0, PROT_WRITE, PROT_EXEC};
  int failed = 0;

  for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
    failed |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
                               SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC | PROT_WRITE, modes[i]));
  return failed;
}

static int
allow(scmp_filter_ctx filter, const char *name)
{
  static const char *const never[] = {"unshare", "setns", "personality", NULL};
  static const char *const second_is_mode[] = {"chmod", "fchmod", "mkdir", "creat", NULL};
  static const char *const third_is_mode[] = {"fchmodat", "mkdirat", NULL};
  static const char *const protects[] = {"mprotect", "pkey_mprotect", NULL};
  const int call = seccomp_syscall_resolve_name(name);

  if (call < 0 || is_one_of(name, never))
    return 0; /* of another machine, or forbidden */
  if (strcmp(name, "socket") == 0)
    return allow_sockets(filter, call);
  if (strcmp(name, "mmap") == 0)
    return allow_mappings(filter, call);
  if (strcmp(name, "clone") == 0)
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
                            SCMP_A0(SCMP_CMP_MASKED_EQ, NAMESPACES, 0));
  if (strcmp(name, "clone3") == 0) /* its flags cannot be looked at: callers fall back to clone */
    return seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), call, 0);
  if (is_one_of(name, second_is_mode))
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
                            SCMP_A1(SCMP_CMP_MASKED_EQ, SPECIAL_BITS, 0));
  if (is_one_of(name, third_is_mode))
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, SPECIAL_BITS, 0));
  if (is_one_of(name, protects))
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 0);
}

int
main(int argc, char **argv)
{
  scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
  FILE *list = argc > 2 ? fopen(argv[1], "r") : NULL;
  char name[128];

  if (filter == NULL || list == NULL) {
    fprintf(stderr, "usage: service-box FILE PROGRAM [WORD ...]\n");
    return 64;
  }
  while (fscanf(list, "%127s", name) == 1)
    if (allow(filter, name) != 0) {
      fprintf(stderr, "service-box: no rule for %s\n", name);
      return 70;
    }
  fclose(list);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || seccomp_load(filter) != 0) {
    perror("service-box");
    return 70;
  }
  execvp(argv[2], argv + 2);
  perror(argv[2]);
  return 70;
}
