// SPDX-License-Identifier: Apache-2.0
/*
 * pause: PID 1 of a pod. It holds the pod's namespaces open, sees the pod's
 * orphans reaped, ends when told to, and otherwise does nothing.
 *
 * SIGINT and SIGTERM are blocked first of all and then waited for. The kernel
 * drops a signal for PID 1 that is neither blocked nor handled, but queues a
 * blocked one, even an ignored one (sig_ignored() in Linux's kernel/signal.c).
 * So none is lost, there is no handler, and nothing runs asynchronously.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef VERSION
#define VERSION "HEAD"
#endif

#define VERSION_LINE ("pause.c " VERSION "\n")
#define USAGE                                                                                      \
	"Usage: pause [--log-reaped] [--guard]\n"                                                  \
	"Holds a pod's namespaces and reaps its orphans until SIGINT or SIGTERM.\n"                \
	"  --log-reaped  log each reaped process on stderr\n"                                      \
	"  --guard       as PID 1, refuse these signals from inside the pod\n"                     \
	"  -v, -V, --version, -h, --help  print it and exit\n"                                     \
	"Other arguments are named and ignored. Stalled output is dropped.\n"                      \
	"Exit status: 0 done; else what failed: 1 signals or stdout, 3 SIGCHLD, 42 wait\n"

/* Each option with a letter before it. One string, as a table would hold addresses: pause.ld. */
#define OPTIONS "v-v\0v-V\0v--version\0h-h\0h--help\0l--log-reaped\0g--guard\0"

static char meaning(const char *argument)
{
	for (const char *option = OPTIONS; *option != '\0'; option += strlen(option) + 1)
		if (strcmp(option + 1, argument) == 0)
			return *option;
	return '?';
}

/*
 * Returns whether `fd` took all of it at once. A write that waits for a reader
 * could not be ended, as SIGTERM is blocked. O_NONBLOCK holds for everybody who
 * shares the descriptor, a shell on the same terminal for one, and so only for
 * the moment of the write. poll(2) would not do: a terminal that has room for
 * one byte counts as ready.
 */
static int put(int fd, const char *text, size_t length)
{
	int flags = fcntl(fd, F_GETFL);
	int taken;

	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
		return 0;
	taken = write(fd, text, length) == (ssize_t)length;
	fcntl(fd, F_SETFL, flags);
	return taken;
}

/*
 * Writes a line on stderr: `format`, with `name` for $ and `number`, then
 * `next`, for #. A name is cut to half the room; no format needs the other half.
 */
static void say(const char *format, const char *name, unsigned number, unsigned next)
{
	char line[512]; /* POSIX's least PIPE_BUF: a pipe takes it whole or not at all */
	size_t length = 0;

	for (; *format != '\0'; format++) {
		if (*format == '$') {
			for (; *name != '\0' && length < sizeof line / 2; name++)
				line[length++] = (char)((unsigned char)*name < ' ' ? '?' : *name);
		} else if (*format == '#') {
			for (unsigned unit = 1000000000; unit > 0; unit /= 10)
				if (number >= unit || unit == 1)
					line[length++] = (char)('0' + number / unit % 10);
			number = next;
		} else {
			line[length++] = *format;
		}
	}
	put(STDERR_FILENO, line, length);
}

static int fail(const char *message, int status)
{
	say(message, NULL, 0, 0);
	return status;
}

static int answer(const char *text, size_t length)
{
	return put(STDOUT_FILENO, text, length) ? 0 : fail("Error: cannot write to stdout\n", 1);
}

/*
 * kill(2) from outside the PID namespace shows a sender of 0. Inside, one can
 * claim it with rt_sigqueueinfo(2), but not with these codes; and what fcntl(2)
 * sends for F_SETSIG has no sender, but a code of its own.
 */
static int from_outside(const siginfo_t *info)
{
	return info->si_pid == 0 && (info->si_code == SI_USER || info->si_code == SI_KERNEL);
}

int main(int argc, char **argv)
{
	const struct timespec at_once = {0, 0};
	int log_reaped = 0;
	int guard = 0;
	sigset_t signals;

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGCHLD);
	sigaddset(&signals, SIGPIPE); /* from a stderr that nobody reads any more */
	sigaddset(&signals, SIGXFSZ); /* from a stderr that is as long as it may be */
	sigaddset(&signals, SIGTTOU); /* from a terminal that wants no output: stty tostop */
	if (sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
		return fail("Error: cannot block SIGINT and SIGTERM\n", 1);

	for (int i = 1; i < argc; i++) {
		switch (meaning(argv[i])) {
		case 'v':
			return answer(VERSION_LINE, sizeof VERSION_LINE - 1);
		case 'h':
			return answer(USAGE, sizeof USAGE - 1);
		case 'l':
			log_reaped = 1;
			break;
		case 'g':
			guard = 1;
			break;
		default:
			say("Warning: unknown argument '$'\n", argv[i], 0, 0);
		}
	}

	/* With SIG_IGN the kernel reaps, and wakes nobody for it: sigaction(2), NOTES. */
	if (signal(SIGCHLD, log_reaped ? SIG_DFL : SIG_IGN) == SIG_ERR)
		return fail("Error: cannot set SIGCHLD\n", 3);
	/* Whoever has our uid could open /proc/1/mem, and what a runtime leaked in /proc/1/fd. */
	prctl(PR_SET_DUMPABLE, 0UL);
	syscall(SYS_close_range, 3UL, ~0UL, 0UL);
	if (getpid() != 1) {
		say("Warning: pause should be the first process\n", NULL, 0, 0);
		guard = 0;
	}

	for (;;) {
		/*
		 * With SIG_IGN this only finds what had died before. __WALL is for
		 * children that clone(2) made to die without a signal: wait(2).
		 */
		int status = 0;
		pid_t pid = waitpid(-1, &status, WNOHANG | __WALL);
		siginfo_t info;
		int sig;

		if (pid > 0 && log_reaped)
			say("waitpid return, pid is: #, $: #\n",
			    WIFSIGNALED(status) ? "signal" : "exit status", (unsigned)pid,
			    (unsigned)(WIFSIGNALED(status) ? WTERMSIG(status)
			                                   : WEXITSTATUS(status)));
		/* One child, one look: children that die in a storm cannot keep SIGTERM out. */
		sig = sigtimedwait(&signals, &info, pid > 0 ? &at_once : NULL);
		if (sig == SIGINT || sig == SIGTERM) {
			const char *name = sig == SIGINT ? "Interrupt" : "Terminated";

			if (!guard || from_outside(&info)) {
				say("Shutting down, got signal: $\n", name, 0, 0);
				return 0;
			}
			say("Refused signal: $, from PID: #\n", name, (unsigned)info.si_pid, 0);
		} else if (sig < 0 && errno != EINTR && !(errno == EAGAIN && pid > 0)) {
			return fail("Error: infinite loop terminated\n", 42);
		}
	}
}
