// SPDX-License-Identifier: Apache-2.0
/*
 * pause.c for Frama-C's WP: what its proofs assume of the kernel, and their vocabulary. The
 * contracts of the system calls here are assumed, and no more is; what a call gives back is
 * any value, but:
 *
 *   - fcntl(2) gives an int. F_GETFL tells the descriptor's flags; F_SETFL sets them as told,
 *     or fails and changes nothing; nobody else changes them meanwhile;
 *   - a call writes only what its contract assigns.
 *
 * Ghost variables remember what was called and what came back.
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
    predicate ended(char *s) =
      \exists integer n; 0 <= n < 0x7fffffffffffffff && s[n] == 0 && \valid_read(s + (0 .. n));
    logic char back(unsigned char byte) = (char)byte;
*/

// It would take the formulas apart.
// clang-format off
/* The formats of say(): their lengths; no # in the first 24 bytes; no $ without a name. */
#define LONGEST_FORMAT 43
#define ENDS(f, n) ((f)[n] == 0 && \valid_read((f) + (0 .. n)))
#define FORMAT(f) \
	(ENDS(f, 26) || ENDS(f, 29) || ENDS(f, 30) || ENDS(f, 31) || ENDS(f, 32) || \
	 ENDS(f, 39) || ENDS(f, 43))
#define LATE_NUMBERS(f) (\forall integer i; 0 <= i < 24 ==> (f)[i] != '#')
#define NAMELESS(f) \
	(\forall integer i; 0 <= i < LONGEST_FORMAT ==> (f)[i] == '$' ==> \
	 \exists integer j; 0 <= j < i && (f)[j] == 0)

/* In say(): what is left of the name ends somewhere. */
#define NAME_ENDS \
	(0 <= name - \at(name, Pre) && name == \at(name, Pre) + (name - \at(name, Pre)) && \
	 \exists integer n; name - \at(name, Pre) <= n < 0x7fffffffffffffff && \
	 \valid_read(\at(name, Pre) + (0 .. n)) && \at(name, Pre)[n] == 0)
#define CLEAN(c) ((unsigned char)(c) < ' ' ? '?' : (c))
#define FROM_OUTSIDE(info) \
	((info)->si_pid == 0 && ((info)->si_code == SI_USER || (info)->si_code == SI_KERNEL))
// clang-format on

/*@ logic integer power(integer n) =
      n == 0 ? 1 : n == 1 ? 10 : n == 2 ? 100 : n == 3 ? 1000 : n == 4 ? 10000 : n == 5 ? 100000 :
      n == 6 ? 1000000 : n == 7 ? 10000000 : n == 8 ? 100000000 : n == 9 ? 1000000000 : 10000000000;
    logic integer place(integer u) =
      u == 1 ? 0 : u == 10 ? 1 : u == 100 ? 2 : u == 1000 ? 3 : u == 10000 ? 4 : u == 100000 ? 5 :
      u == 1000000 ? 6 : u == 10000000 ? 7 : u == 100000000 ? 8 : u == 1000000000 ? 9 : -1;
    axiomatic Digits {
      logic integer digit(integer number, integer place);
      axiom digit_is: \forall integer number, place;
        digit(number, place) == number / power(place) % 10;
    }
*/

/*@ ghost int status_flags[3]; */
/*@ ghost long last_call; */
/*@ ghost long last_command; */
/*@ ghost long last_argument; */
/*@ ghost int tried; */
/*@ ghost long taken; */
/*@ ghost int set_sigchld; */
/*@ ghost int waited; */
/*@ ghost int outside; */

#include <generic_numbers.h>

/*@ requires known: number == SYS_fcntl && 1 <= a <= 2 && (b == 3 || b == 4);
    assigns status_flags[a], last_call, last_command, last_argument;
    ensures number_of_it: last_call == number && last_command == b && last_argument == c;
    ensures an_int: -4095 <= \result <= 2147483647;
    ensures get: b == 3 ==> status_flags[a] == \old(status_flags[a]) &&
      (\result < 0 || \result == status_flags[a]);
    ensures set: b == 4 ==> (\result < 0 && status_flags[a] == \old(status_flags[a])) ||
      (\result >= 0 && status_flags[a] == c);
*/
long syscall4(long number, long a, long b, long c, long d);

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/*@ requires descriptor: 1 <= fd <= 2;
    requires memory: \valid_read((char *)data + (0 .. length - 1));
    requires does_not_wait: (status_flags[fd] & O_NONBLOCK) == O_NONBLOCK;
    requires once: !tried;
    assigns tried, taken, last_call;
    ensures tried == 1 && taken == \result && last_call == SYS_write;
*/
static inline ssize_t write(int fd, const void *data, size_t length);

/*@ requires memory: \valid_read(set) && old == \null;
    assigns last_call;
*/
static inline int sigprocmask(int how, const sigset_t *set, sigset_t *old);

/*@ assigns set_sigchld, last_call;
    ensures \result == SIG_ERR <==> set_sigchld < 0;
*/
static inline sighandler_t signal(int sig, sighandler_t handler);

/*@ assigns last_call; */
static inline int prctl(int option, unsigned long argument);

/*@ assigns last_call; */
static inline long syscall(long number, unsigned long a, unsigned long b, unsigned long c);

/*@ assigns last_call; */
static inline pid_t getpid(void);

/*@ requires memory: \valid(status);
    assigns *status, last_call;
*/
static inline pid_t waitpid(pid_t pid, int *status, int flags);

/*@ requires memory: \valid_read(set) && \valid(info) && (limit == \null || \valid_read(limit));
    assigns *info, errno, waited, outside, last_call;
    ensures waited == \result;
    ensures outside != 0 <==> FROM_OUTSIDE(info);
*/
static inline int sigtimedwait(const sigset_t *set, siginfo_t *info, const struct timespec *limit);

#include "../src/pause.c"
