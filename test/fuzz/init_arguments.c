// SPDX-License-Identifier: Apache-2.0
/*
 * Arguments and environments of any bytes, length and number, for libFuzzer: init.c with stand-ins
 * for its system calls, which note what it does. Each list is read twice: by the child, which
 * becomes the command, and by the parent, which gets each signal and waits. Output, status, and
 * what was executed, sent and set have to be what docs/init.md and the manual page say, worked out
 * here a second time.
 *
 * An input is the arguments, with a NUL after each but the last; those after one of the single byte
 * 0xff are the environment. Its size tells the name by which init is called, and how the command
 * ends.
 */
#define _GNU_SOURCE
#include "written.h"

#include <limits.h>
#include <poll.h>
#include <setjmp.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/stat.h>

enum { PARENT = 77, OWN = 4242, ORPHAN = 99, SIGNALS = 31 };
static int in_child, started, next_signal, orphans, executed, ended_by;
static jmp_buf end_of_child;

static const int errors[] = {ENOENT, ENOTDIR, EACCES, ENOENT, ENOEXEC, EIO};

static pid_t this_pid(void)
{
	return !started || !in_child ? 1 : OWN;
}

static int note_execve(const char *path, char *const *argv, char *const *environment)
{
	const char *listen_pid = "";

	for (; *environment != NULL && *listen_pid == '\0'; environment++)
		if (strncmp(*environment, "LISTEN_PID=", 11) == 0)
			listen_pid = *environment;
	add_line(&written[0], "execute %s as %s, %s\n", path, *argv, listen_pid);
	errno = errors[executed++ % 6];
	return -1;
}

static int note(const char *what, long first, long second)
{
	add_line(&written[0], "%s %ld %ld\n", what, first, second);
	return 0;
}

static int note_path(const char *what, const char *path)
{
	add_line(&written[0], "%s %s\n", what, path);
	return 5;
}

/* The kernel is an old one: no pidfd tells how a process ended. */
static long note_call(long number, ...)
{
	va_list arguments;
	long result = 0;

	va_start(arguments, number);
	if (number == SYS_pwritev2) {
		result = note_pwritev2(arguments);
	} else if (number == SYS_clone && !(va_arg(arguments, unsigned long) & 0x1000)) {
		started = 1;
		result = in_child ? 0 : PARENT;
	} else if (number == SYS_clone) {
		result = PARENT + 1;
	} else if (number == SYS_close_range) {
		note("close", (long)va_arg(arguments, unsigned long), 0);
	}
	va_end(arguments);
	return result;
}

/* One signal after the other, of which the command ends by none. For pause, SIGTERM. */
static int signal_comes(const sigset_t *signals, siginfo_t *info, const struct timespec *limit)
{
	(void)limit;
	*info = (siginfo_t){.si_code = SI_USER};
	info->si_signo = sigismember(signals, SIGUSR1) ? ++next_signal : SIGTERM;
	return info->si_signo;
}

static pid_t child_ends(pid_t pid, int *status, int flags)
{
	(void)pid;
	if (!started || !(flags & WNOHANG) || next_signal > SIGNALS)
		return -1;
	*status = 3 << 8;
	if (orphans++ == 0)
		return ORPHAN;
	*status = ended_by;
	return next_signal == SIGNALS ? PARENT : 0;
}

/* libFuzzer has a main of its own. */
int main(int argc, char **argv) __asm__("init_main");
#define _exit(status) longjmp(end_of_child, 256 + (status))
#define getpid this_pid
#define getppid() 1234567890
#define execve note_execve
#define syscall note_call
#define sigtimedwait signal_comes
#define waitpid child_ends
#define kill(pid, sig) note("kill", pid, sig)
#define setsid() note("session", 0, 0)
#define setpgid(pid, group) note("group", pid, group)
#define chdir(path) note_path("move to", path)
#define prctl(option, value)                                                                       \
	((option) == PR_SET_PDEATHSIG ? note("when the parent ends", (long)(value), 0) : 0)
#define open(path, ...) note_path("open", path)
#define unlink(path) note_path("remove", path)
#define rename(from, to) (note_path("rename to", to), 0)
#define fchmod(fd, mode) note("mode", fd, mode)
#define sendfile(...) 0
#define ioctl(fd, request, argument) ((void)(fd), (void)(argument), -1)
#define ppoll(watched, count, limit, mask) ((void)(limit), 0)
#define signalfd(...) (-1)
#define sigprocmask(how, set, old) ((void)(set), 0)
#define sigaction(...) 0
#define signal(...) SIG_DFL
#include "../../src/init.c" // NOLINT(bugprone-suspicious-include): it is one file

/* What the options say, read a second time. */
static struct {
	int group, session, pause, catatonit, dumb_init, tell, wait, answered;
	int maps[256], as[SIGNALS + 1];
} told;

static const char *value_of(char **environment, const char *name)
{
	const size_t length = strlen(name);

	for (; *environment != NULL; environment++)
		if (strncmp(*environment, name, length) == 0 && (*environment)[length] == '=')
			return *environment + length + 1;
	return NULL;
}

/* A number of at most `most` that is all of the text, or -1. */
static int number_in(const char *text, size_t length, unsigned long most)
{
	char digits[32];

	while (length > 1 && *text == '0') {
		text++;
		length--;
	}
	if (length == 0 || length > 9 || strspn(text, "0123456789") < length)
		return -1;
	memcpy(digits, text, length);
	digits[length] = '\0';
	return strtoul(digits, NULL, 10) <= most ? (int)strtoul(digits, NULL, 10) : -1;
}

static int refuse_word(const char *word)
{
	expect_line("Error: unknown option, or no COMMAND: '", word, "'\n");
	add_line(&expected[2], "%s", USAGE);
	told.answered = 1;
	return 1;
}

/* Whether an option with a value is understood. */
static int value_is_good(char option, const char *value)
{
	const char *colon = strchr(value, ':');
	int from, to;

	if (option == 'e') {
		from = number_in(value, strlen(value), 255);
		if (from >= 0)
			told.maps[from] = 1;
		return from >= 0;
	}
	if (option == 'p') {
		if (strncmp(value, "SIG", 3) == 0)
			value += 3;
		for (int sig = 1; sig <= SIGNALS; sig++) {
			const char *name = sig == SIGIO ? "IO" : sigabbrev_np(sig);

			if (strcmp(value, name) == 0) {
				add_line(&expected[0], "when the parent ends %d 0\n", sig);
				return 1;
			}
		}
		return 0;
	}
	if (colon == NULL)
		return 0;
	from = number_in(value, (size_t)(colon - value), SIGNALS);
	to = number_in(colon + 1, strlen(colon + 1), SIGNALS);
	if (from < 1 || to < 0)
		return 0;
	told.as[from] = to;
	return 1;
}

/* Reads the options. Returns the status where they are the end (told.answered), otherwise where
 * the command is. */
static int read_options(char **argv)
{
	static const char *const names[] = {"help h",    "install I", "rewrite r", "single-child c",
	                                    "verbose v", "version V", "wait W"};
	int at = 1;

	for (; argv[at] != NULL && argv[at][0] == '-'; at++) {
		const char *word = argv[at], *value = NULL;
		char letters[4096] = "";

		if (strcmp(word, "--") == 0) {
			at++;
			break;
		}
		if (word[1] == '-') {
			const size_t length = strcspn(word + 2, "=");

			for (size_t i = 0; i < sizeof names / sizeof *names; i++)
				if (strcspn(names[i], " ") == length &&
				    strncmp(names[i], word + 2, length) == 0)
					letters[0] = names[i][length + 1];
			if (word[2 + length] == '=')
				value = word + 2 + length + 1;
			if (letters[0] == '\0')
				return refuse_word(word);
		} else {
			snprintf(letters, sizeof letters, "%s", word + 1);
			if (strpbrk(letters, "IW") == letters || letters[0] == '\0')
				return refuse_word(word);
		}
		for (const char *letter = letters; *letter != '\0'; letter++) {
			if (word[1] != '-' && strchr("IW", *letter) != NULL)
				return refuse_word(word);
			if (strchr("gcsvwW", *letter) != NULL) {
				told.group |= *letter == 'g';
				told.tell |= *letter == 'w';
				told.wait |= *letter == 'W';
				told.session &= *letter != 'c';
			} else if (*letter == 'h' || *letter == 'V') {
				add_line(&expected[1], "%s",
				         *letter == 'h' ? USAGE : "tini version fuzzed\n");
				told.answered = 1;
				return 0;
			} else if (*letter == 'P') {
				add_line(&expected[0], "move to /\nclose 3 0\n");
				add_line(&expected[2], "Shutting down, got signal: Terminated\n");
				told.answered = 1;
				return 0;
			} else if (strchr("eprI", *letter) != NULL) {
				if (value == NULL && word[1] != '-' && letter[1] != '\0')
					value = word + (letter + 1 - letters) + 1;
				else if (value == NULL)
					value = argv[++at];
				if (value == NULL)
					return refuse_word(word);
				if (*letter == 'I') {
					add_line(&expected[0],
					         "open /proc/self/exe\nremove %s~\nopen %s~\nmode "
					         "5 493\n"
					         "rename to %s\n",
					         value, value, value);
					told.answered = 1;
					return 0;
				}
				if (!value_is_good(*letter, value))
					return refuse_word(value);
				break;
			} else {
				return refuse_word(word);
			}
		}
	}
	return argv[at] == NULL ? refuse_word("") : at;
}

/* What the child does, and its status. */
static int expect_child(char **command, char **environment)
{
	const char *path = value_of(environment, "PATH"), *listen_pid = "";
	int reason = ENOENT;

	add_line(&expected[0], told.session ? "session 0 0\n" : "group 0 0\n");
	for (int i = 0; environment[i] != NULL && *listen_pid == '\0'; i++)
		if (strncmp(environment[i], "LISTEN_PID=", 11) == 0)
			listen_pid = environment[i];
	if (told.catatonit && strcmp(listen_pid, "LISTEN_PID=1234567890") == 0)
		listen_pid = "LISTEN_PID=4242";
	if (path == NULL)
		path = "/usr/local/bin:/bin:/usr/bin";
	if (strchr(*command, '/') != NULL)
		path = "";
	for (int tries = 0; **command != '\0'; path++) {
		const int length = (int)strcspn(path, ":");

		add_line(&expected[0], "execute %.*s%s%s as %s, %s\n", length, path,
		         length > 0 ? "/" : "", *command, *command, listen_pid);
		path += length;
		if (errors[tries % 6] != ENOENT && errors[tries % 6] != ENOTDIR)
			reason = errors[tries % 6];
		tries++;
		if (*path == '\0' || (reason != ENOENT && reason != EACCES))
			break;
	}
	expect_line(reason == ENOENT    ? "Error: not found: '"
	            : reason == EACCES  ? "Error: permission denied: '"
	            : reason == ENOEXEC ? "Error: not executable here: '"
	                                : "Error: cannot use '",
	            *command, reason == EIO ? "': errno 5\n" : "'\n");
	return reason == ENOENT ? 127 : 126;
}

/* What the parent does, and its status. */
static int expect_parent(void)
{
	const int whom = told.group ? -PARENT : PARENT;
	const int status = WIFSIGNALED(ended_by) ? 128 + WTERMSIG(ended_by) : WEXITSTATUS(ended_by);

	if (told.dumb_init || told.catatonit)
		add_line(&expected[0], "move to /\n");
	if (told.catatonit)
		add_line(&expected[0], "close 3 0\n");
	if (told.tell)
		add_line(&expected[2], "Reaped zombie process with pid=99, status: 3\n");
	for (int sig = 1; sig <= SIGNALS; sig++) {
		if (told.as[sig] == 0)
			continue;
		add_line(&expected[0], "kill %d %d\n", whom, told.as[sig]);
		if (told.dumb_init && (sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU))
			add_line(&expected[0], "kill 1 %d\n", SIGSTOP);
	}
	if (told.session)
		add_line(&expected[0], "kill %d %d\n", whom, SIGTERM);
	if (told.wait)
		add_line(&expected[0], "kill -1 %d\nkill -1 %d\n", SIGTERM, SIGCONT);
	return told.maps[status] ? 0 : status;
}

static void read_by(int child, char **argv, int argc)
{
	char **environment = argv + argc + 1;
	const char *set = value_of(environment, "DUMB_INIT_SETSID");
	int status, at, child_status;

	memset(&told, 0, sizeof told);
	told.group = value_of(environment, "TINI_KILL_PROCESS_GROUP") != NULL;
	told.catatonit = strcmp(basename(argv[0]), "catatonit") == 0;
	told.dumb_init = strcmp(basename(argv[0]), "dumb-init") == 0;
	told.session = told.dumb_init && (set == NULL || *set != '0');
	for (int sig = 1; sig <= SIGNALS; sig++)
		told.as[sig] = sig;
	at = read_options(argv);
	told.group |= told.session;
	for (int sig = SIGTSTP; sig <= SIGTTOU && told.session; sig++)
		if (told.as[sig] == sig)
			told.as[sig] = SIGSTOP;
	status = told.answered ? at
	         : child       ? expect_child(argv + at, environment)
	                       : expect_parent();

	in_child = child;
	started = next_signal = orphans = executed = 0;
	child_status = setjmp(end_of_child);
	if (child_status == 0)
		child_status = 256 + main(argc, argv);
	compare();
	if (child_status != 256 + status) {
		fprintf(stderr, "expected status %d, and not %d\n", status, child_status - 256);
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size)
{
	static const char *const called[] = {"pause-init", "/usr/bin/catatonit", "dumb-init"};
	char **argv = calloc(size + 4, sizeof *argv), *words[2001];
	int argc = 0, count = 0;

	if (argv == NULL || size > 1990)
		abort();
	odd = size % 2 != 0;
	ended_by = size % 5 == 0 ? SIGTERM : 7 << 8;
	words[count++] = strdup(called[size % 3]);
	/* Each in memory of its own, behind whose end AddressSanitizer watches. */
	for (size_t start = 0; start <= size; count++) {
		words[count] = strndup((const char *)input + start, size - start);
		if (words[count] == NULL)
			abort();
		start += strlen(words[count]) + 1;
	}
	/* Arguments, NULL, the environment, NULL. */
	for (int child = 0; child < 2; child++) {
		int at = 0;

		argc = 0;
		for (int i = 0; i < count; i++) {
			if (argc == 0 && strcmp(words[i], "\xff") == 0) {
				argc = at;
				argv[at++] = NULL;
			} else {
				argv[at++] = words[i];
			}
		}
		if (argc == 0) {
			argc = at;
			argv[at++] = NULL;
		}
		argv[at] = NULL;
		read_by(child, argv, argc);
	}
	for (int i = 0; i < count; i++)
		free(words[i]);
	free(argv);
	return 0;
}
