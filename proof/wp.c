// SPDX-License-Identifier: Apache-2.0
/*
 * pause.c for Frama-C's WP: what its proofs assume of the kernel, and their vocabulary. Only
 * the contracts of system calls are assumed. A call returns any value and writes only what its
 * contract assigns, but:
 *
 *   - F_GETFL returns the descriptor's flags; F_SETFL sets them, or fails and changes nothing.
 *     Nobody else changes them meanwhile.
 *   - An error is at least -4095.
 *
 * Ghost variables remember what was called and what was returned.
 */
#define VERSION "HEAD"

/*@ axiomatic Strings {
      logic integer length{L}(char *s) reads s[0 ..];
      axiom length_is_where_the_first_nul_is{L}: \forall char *s, integer n;
        n >= 0 ==> s[n] == 0 ==> (\forall integer i; 0 <= i < n ==> s[i] != 0) ==> length(s) == n;
    }
    predicate string{L}(char *s) =
      0 <= length(s) < 0x7fffffffffffffff && \valid_read(s + (0 .. length(s))) &&
      s[length(s)] == 0 && (\forall integer i; 0 <= i < length(s) ==> s[i] != 0);
    predicate same{L}(char *s, char *t) = \forall integer i; 0 <= i <= length(s) ==> s[i] == t[i];
    logic char back(unsigned char byte) = (char)byte;
*/

// It would take the formulas apart.
// clang-format off
/* A format of say(): short, no %u in its first 24 bytes, %s only with a text. */
/*@ predicate format{L}(char *f, char *text) =
      string(f) && length(f) <= 43 &&
      (\forall integer i; 0 <= i < length(f) && f[i] == '%' ==>
        f[i + 1] != 0 && (i < 24 ==> f[i + 1] == 's') && (text == \null ==> f[i + 1] != 's'));
*/
/* How far a pointer has come since Pre or LoopEntry. */
#define SINCE(label, pointer) (pointer - \at(pointer, label))
#define AT(label, pointer) \
	(0 <= SINCE(label, pointer) && pointer == \at(pointer, label) + SINCE(label, pointer))
#define FROM_OUTSIDE(info) \
	((info)->si_pid == 0 && ((info)->si_code == SI_USER || (info)->si_code == SI_TKILL || \
	                         (info)->si_code == SI_KERNEL))
// clang-format on

/*@ // A number without its last `places` digits, and the most that can remain.
    axiomatic Digits {
      logic integer without(integer number, integer places);
      axiom all: \forall integer number; without(number, 0) == number;
      axiom one_less: \forall integer number, places; places >= 0 ==>
        without(number, places + 1) == without(number, places) / 10;
    }
    logic integer limit(integer places) =
      places == 0 ? 4294967295 : places == 1 ? 429496729 : places == 2 ? 42949672 :
      places == 3 ? 4294967 : places == 4 ? 429496 : places == 5 ? 42949 : places == 6 ? 4294 :
      places == 7 ? 429 : places == 8 ? 42 : places == 9 ? 4 : 0;
*/

/*@ ghost int status_flags; */ /* of stderr */
/*@ ghost int touched; */
/*@ ghost int restored; */
/*@ ghost long position; */
/*@ ghost long attempt; */
/*@ ghost long last_call; */
/*@ ghost long last_command; */
/*@ ghost long last_argument; */
/*@ ghost int set_sigchld; */
/*@ ghost int waited; */
/*@ ghost int outside; */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* fcntl(2) of stderr. */
/*@ requires last_resort: number == SYS_fcntl && b == 4 ==>
      touched || (attempt < 0 && attempt != -11);
    assigns status_flags, touched, last_call, last_command, last_argument;
    ensures number_of_it: last_call == number && last_command == b && last_argument == c;
    ensures an_int: -4095 <= \result <= 2147483647;
    ensures set: number == SYS_fcntl && b == 4 && \result >= 0 ==> touched && status_flags == c;
    ensures get: number == SYS_fcntl && b == 3 && \result >= 0 ==> \result == status_flags;
    ensures nothing_set: number != SYS_fcntl || b != 4 || \result < 0 ==>
      status_flags == \old(status_flags) && touched == \old(touched);
*/
static inline long syscall3(long number, long a, long b, long c);

/* pwritev2(2) to stderr; 8 is RWF_NOWAIT (linux/fs.h). */
/*@ requires does_not_wait: f == 8 || position >= 0;
    assigns attempt, last_call;
    ensures attempt == \result >= -4095;
*/
static inline long syscall6(long number, long a, long b, long c, long d, long e, long f);

/*@ assigns errno;
    ensures same: \result == result;
    ensures its_errno: -4095 <= result < 0 ==> errno == -result;
*/
static inline long syscall_errno(long result);

/*@ assigns position, last_call;
    ensures position == \result;
*/
static inline long lseek(int fd, long offset, int whence);

/*@ requires may_wait: fd == STDOUT_FILENO && restored ||
      fd == STDERR_FILENO && (status_flags & O_NONBLOCK) == O_NONBLOCK;
    assigns last_call;
    ensures last_call == SYS_write;
*/
static inline ssize_t write(int fd, const void *data, size_t length);

/*@ assigns old[0 .. (old == \null ? -1 : 0)], restored, last_call;
    ensures restored <==> how == SIG_SETMASK;
*/
static inline int sigprocmask(int how, const sigset_t *set, sigset_t *old);

/*@ assigns set_sigchld, last_call;
    ensures \result == SIG_ERR <==> set_sigchld < 0;
*/
static inline sighandler_t signal(int sig, sighandler_t handler);

/*@ assigns last_call; */
static inline int prctl(int option, unsigned long argument);

/*@ assigns last_call; */
static inline unsigned getuid(void);

/*@ assigns last_call; */
static inline int close(int fd);

/*@ assigns last_call; */
static inline pid_t getpid(void);

/*@ assigns *status, last_call; */
static inline pid_t waitpid(pid_t pid, int *status, int flags);

/*@ assigns *info, errno, waited, outside, last_call;
    ensures waited == \result;
    ensures outside != 0 <==> FROM_OUTSIDE(info);
*/
static inline int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *limit);

#include "../src/pause.c"
