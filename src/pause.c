// SPDX-License-Identifier: Apache-2.0
/*
 * pause: keeps a pod's namespaces alive, has its orphans reaped, and ends when told to.
 *
 * It blocks SIGINT and SIGTERM before anything else, then waits for them. For PID 1 the kernel
 * drops a signal that is neither blocked nor handled, but queues a blocked one (sig_ignored() in
 * Linux's kernel/signal.c). So none is lost, and no handler interrupts the program.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef VERSION
#define VERSION "HEAD"
#endif
#define NOWAIT 8       /* RWF_NOWAIT, which musl has since 1.2.5 */
#define FD_BOUND 65536 /* without close_range(2), descriptors from here on stay open */

#define USAGE                                                                                      \
	"Usage: pause [--guard] [--log-reaped] | -v | -h; see pause(1)\n"                          \
	"  --guard       refuse signals from inside the pod\n"                                     \
	"  --log-reaped  log each reaped process\n"

/*
 * Writes on stderr what needs no wait, and drops the rest: with SIGTERM blocked, nothing could
 * end a wait for a reader. A file with an offset has none. O_NONBLOCK is for what NOWAIT does
 * not cover, as it affects everybody who shares the descriptor. Returns as write(2) does.
 */
static ssize_t put(char *text, size_t length)
{
	const struct iovec all = {text, length};
	const int how = lseek(STDERR_FILENO, 0, SEEK_CUR) < 0 ? NOWAIT : 0;
	ssize_t taken = syscall(SYS_pwritev2, STDERR_FILENO, &all, 1L, -1L, -1L, how);
	int flags;

	if (taken < 0 && (errno == EOPNOTSUPP || errno == ENOSYS || errno == EPERM) &&
	    (flags = fcntl(STDERR_FILENO, F_GETFL)) >= 0 &&
	    fcntl(STDERR_FILENO, F_SETFL, flags | O_NONBLOCK) >= 0) {
		taken = write(STDERR_FILENO, text, length);
		fcntl(STDERR_FILENO, F_SETFL, flags);
	}
	return taken;
}

/*
 * Writes a line on stderr: `format` with `text` for %s and with `number`, then `next`, for %u.
 * Text is cut to half the room. Control characters, which a terminal obeys, become ?.
 */
static void say(const char *format, const char *text, unsigned number, unsigned next)
{
	char line[512]; /* POSIX's least PIPE_BUF: a pipe takes all of it or nothing */
	size_t length = 0;

	for (; *format != '\0'; format++) {
		if (*format != '%') {
			line[length++] = *format;
		} else if (*++format == 's') {
			for (; *text != '\0' && length < sizeof line / 2; text++) {
				unsigned char byte = (unsigned char)*text;

				if (byte == 0xc2 && (text[1] & 0xe0) == 0x80) /* U+0080 to U+009F */
					byte = (unsigned char)*++text & 0x1f;
				line[length++] = (char)(byte < ' ' || byte == 0x7f ? '?' : byte);
			}
		} else {
			size_t end = length + 1;

			for (unsigned rest = number; rest > 9; rest /= 10)
				end++;
			for (size_t i = end; i > length; number /= 10)
				line[--i] = (char)('0' + number % 10);
			length = end;
			number = next;
		}
	}
	put(line, length);
}

static int fail(const char *what, int status)
{
	say("Error: %s\n", what, 0, 0);
	return status;
}

/* Answers on stdout as any tool does: waits for a reader, and the caller's signals end it. */
static int answer(const char *text, const sigset_t *callers)
{
	sigprocmask(SIG_SETMASK, callers, NULL);
	for (ssize_t taken; *text != '\0'; text += taken)
		if ((taken = write(STDOUT_FILENO, text, strlen(text))) <= 0)
			return fail("cannot write to stdout", 1);
	return 0;
}

/* The kernel shows no PID for a sender outside the PID namespace. One inside can claim as much
 * with rt_sigqueueinfo(2), but not with the codes of kill(2), tgkill(2) and Ctrl-C. */
static int from_outside(const siginfo_t *info)
{
	return info->si_pid == 0 && (info->si_code == SI_USER || info->si_code == SI_TKILL ||
	                             info->si_code == SI_KERNEL);
}

int main(int argc, char **argv)
{
	const struct timespec at_once = {0, 0};
	sigset_t awaited, blocked, callers;
	int guard = 0, log_reaped = 0;

	sigemptyset(&awaited);
	sigaddset(&awaited, SIGINT);
	sigaddset(&awaited, SIGTERM);
	sigaddset(&awaited, SIGCHLD);
	/* A broken stderr raises these. If pause awaited them, they would come before SIGTERM. */
	blocked = awaited;
	sigaddset(&blocked, SIGPIPE);
	sigaddset(&blocked, SIGXFSZ);
	sigaddset(&blocked, SIGTTOU);
	if (sigprocmask(SIG_BLOCK, &blocked, &callers) < 0)
		return fail("cannot block SIGINT and SIGTERM", 1);

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-v") || !strcmp(argv[i], "-V") ||
		    !strcmp(argv[i], "--version"))
			return answer("pause.c " VERSION "\n", &callers);
		if (!strcmp(argv[i], "-h") || !strcmp(argv[i], "--help"))
			return answer(USAGE, &callers);
		if (!strcmp(argv[i], "--guard"))
			guard = 1;
		else if (!strcmp(argv[i], "--log-reaped"))
			log_reaped = 1;
		else
			say("Warning: unknown argument '%s'\n", argv[i], 0, 0);
	}

	/* With SIG_IGN the kernel reaps and wakes nobody: sigaction(2), NOTES. */
	if (signal(SIGCHLD, log_reaped ? SIG_DFL : SIG_IGN) == SIG_ERR)
		return fail("cannot set SIGCHLD", 3);
	/* Hide pause from its own user. As root it stays open, or some engines could not join. */
	if (getuid() != 0)
		prctl(PR_SET_DUMPABLE, 0UL);
	/* Close what a runtime leaked. gVisor takes at most INT_MAX; Linux has this since 5.9. */
	if (syscall(SYS_close_range, 3UL, 0x7fffffffUL, 0UL) < 0)
		for (int fd = 3; fd < FD_BOUND; fd++)
			close(fd);
	if (getpid() != 1) {
		say("Warning: pause should be the first process\n", NULL, 0, 0);
		guard = 0;
	}

	for (;;) {
		/* With SIG_IGN, finds only older zombies. __WALL: also clone(2) without SIGCHLD. */
		int sig, status = 0;
		pid_t child = waitpid(-1, &status, WNOHANG | __WALL);
		siginfo_t info;

		if (child > 0 && log_reaped)
			say("waitpid return, pid is: %u, %s: %u\n",
			    WIFSIGNALED(status) ? "signal" : "exit status", (unsigned)child,
			    (unsigned)(WIFSIGNALED(status) ? WTERMSIG(status)
			                                   : WEXITSTATUS(status)));
		/* One child, one look: a storm of orphans cannot keep SIGTERM out. */
		sig = sigtimedwait(&awaited, &info, child > 0 ? &at_once : NULL);
		if (sig == SIGINT || sig == SIGTERM) {
			const char *name = sig == SIGINT ? "Interrupt" : "Terminated";
			if (!guard || from_outside(&info)) {
				say("Shutting down, got signal: %s\n", name, 0, 0);
				return 0;
			}
			say("Refused signal: %s, from PID: %u\n", name, (unsigned)info.si_pid, 0);
		} else if (sig < 0 && errno != EINTR && (errno != EAGAIN || child <= 0))
			return fail("infinite loop terminated", 42);
	}
}
