// SPDX-License-Identifier: Apache-2.0
/*
 * pause-init: the first process of one container. It starts a command, forwards signals to the
 * command, has orphans reaped, and ends as the command ends.
 *
 * It blocks every signal before anything else, so none is lost. A blocked signal is queued even
 * for PID 1, and CLONE_VFORK suspends init until the command has been executed, in a process
 * group of its own.
 *
 * There are two ways to reap. Since Linux 6.15, a pidfd tells how a command has ended that the
 * kernel has reaped (PIDFD_GET_INFO): init ignores SIGCHLD, and an orphan does not wake it. On
 * older kernels SIGCHLD wakes init, which calls waitpid(2).
 */
#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/stat.h>

/* The option -P is pause itself, and init speaks as pause does. */
#define main pause_main
static int main(int argc, char **argv);
#include "pause.c" // NOLINT(bugprone-suspicious-include): pause is a part of this program
#undef main
#undef USAGE

#define USAGE                                                                                      \
	"Usage: init [-gsvw] [-e CODE] [-p SIGNAL] [--wait] [--] COMMAND [ARGUMENT]...\n"          \
	"       init -P | --install PATH | -V | -h; see pause-init(1)\n"

#define PATH_DEFAULT "/usr/local/bin:/bin:/usr/bin" /* without PATH; as musl's execvp(3) */
#define FILE_ROOM 4096                              /* PATH_MAX of Linux's limits.h */
#define NO_NUMBER 256U
#define CANNOT_USE "Error: cannot use '%s': errno %u\n"

/* Of Linux's sched.h and pidfd.h, which are newer than many a libc. */
#define AS_PIDFD 0x1000UL
#define AS_VFORK 0x4000UL
#define TO_GROUP 4UL
#define GET_INFO 0xc040ff0bUL
#define INFO_EXIT 8U
struct info {
	unsigned long long mask, cgroup;
	unsigned ids[11], status;
};
#ifdef __s390__ /* clone(2): there, the stack comes first */
#define CLONE(flags) 0UL, flags
#else
#define CLONE(flags) flags, 0UL
#endif

/* The names of the signals from 1 on: signal(7). Without pointers, which nobody would relocate. */
#ifdef __mips__
static const char names[] = "HUP\0INT\0QUIT\0ILL\0TRAP\0ABRT\0EMT\0FPE\0KILL\0BUS\0SEGV\0SYS\0"
			    "PIPE\0ALRM\0TERM\0USR1\0USR2\0CHLD\0PWR\0WINCH\0URG\0IO\0STOP\0"
			    "TSTP\0CONT\0TTIN\0TTOU\0VTALRM\0PROF\0XCPU\0XFSZ\0";
#else
static const char names[] = "HUP\0INT\0QUIT\0ILL\0TRAP\0ABRT\0BUS\0FPE\0KILL\0USR1\0SEGV\0USR2\0"
			    "PIPE\0ALRM\0TERM\0STKFLT\0CHLD\0CONT\0STOP\0TSTP\0TTIN\0TTOU\0URG\0"
			    "XCPU\0XFSZ\0VTALRM\0PROF\0WINCH\0IO\0PWR\0SYS\0";
#endif

/* Two options have no letter. */
#define WAIT '\1'
#define INSTALL '\2'
static const struct {
	char text[13];
	char letter;
} long_options[] = {{"help", 'h'},    {"install", INSTALL}, {"rewrite", 'r'}, {"single-child", 'c'},
                    {"verbose", 'v'}, {"version", 'V'},     {"wait", WAIT}};

/* Letters of options that take no value, as bits. */
#define BIT(letter) (1U << ((letter)&31))

struct init {
	unsigned options;
	int foreground; /* whether init's group has the terminal at the start */
	int pidfd;      /* of the command; -1 where init reaps */
	int signals;    /* readable when a signal is there; likewise */
	pid_t command;
	char **environment;                /* of init and of the command */
	sigset_t callers_mask;             /* what the command starts with, too */
	struct sigaction callers_child;    /* the disposition of SIGCHLD, likewise */
	unsigned expected[256 / 32];       /* a bit for each CODE of -e */
	unsigned char forwarded[NSIG + 1]; /* as which signal each goes on; 0: not at all */
};

/* The number that the text before `end` is; NO_NUMBER where it is none below 256. */
static unsigned number_of(const char *text, char end)
{
	unsigned number = 0;

	do {
		unsigned digit = (unsigned)(*text++ - '0');

		number = digit > 9 ? NO_NUMBER : number * 10 + digit;
	} while (number < NO_NUMBER && *text != end);
	return number;
}

/* What follows the prefix in text, or NULL. */
static const char *after(const char *prefix, const char *text)
{
	while (*prefix != '\0')
		if (*prefix++ != *text++)
			return NULL;
	return text;
}

static const char *variable(char **environment, const char *name_and_equals)
{
	const char *value = NULL;

	for (; *environment != NULL && value == NULL; environment++)
		value = after(name_and_equals, *environment);
	return value;
}

static int refuse(const char *format, const char *text, int reason, int status)
{
	say(format, text, (unsigned)reason, 0);
	return status;
}

/* Executes the command. Returns, with the exit status, only where that fails. */
static int execute(char **command, char **environment)
{
	const char *path = variable(environment, "PATH="), *name = command[0];
	char file[FILE_ROOM];
	int reason = ENOENT;

	if (path == NULL)
		path = PATH_DEFAULT;
	for (const char *c = name; *c != '\0'; c++)
		if (*c == '/')
			path = "";
	/* As execvp(3), goes on where the next folder may have another such file. */
	do {
		size_t length = 0;
		const char *c = name;

		for (; *path != '\0' && *path != ':'; path++)
			if (length < sizeof file - 1)
				file[length++] = *path;
		if (length > 0)
			file[length++] = '/';
		while (length < sizeof file && (file[length++] = *c) != '\0')
			c++;
		if (*c == '\0' && *name != '\0' && execve(file, command, environment) < 0 &&
		    errno != ENOENT && errno != ENOTDIR)
			reason = errno;
	} while (*path++ != '\0' && (reason == ENOENT || reason == EACCES));
	if (reason == ENOENT)
		return refuse("Error: not found: '%s'\n", name, 0, 127);
	return refuse(reason == EACCES    ? "Error: permission denied: '%s'\n"
	              : reason == ENOEXEC ? "Error: not executable here: '%s'\n"
	                                  : CANNOT_USE,
	              name, reason, 126);
}

#define LONGEST "LISTEN_PID=4294967295"

/* LISTEN_PID names who is to take systemd's sockets: sd_listen_fds(3). */
static void take_sockets(char **environment, char room[], unsigned own, unsigned parent)
{
	for (; *environment != NULL; environment++) {
		const char *value = after("LISTEN_PID=", *environment);
		char *digit = room + sizeof LONGEST - 1;
		unsigned number = 0;

		for (; value != NULL && *value != '\0'; value++)
			number = number * 10 + (unsigned)(*value - '0');
		if (number != parent)
			continue;
		for (*digit = '\0'; own > 0; own /= 10)
			*--digit = (char)('0' + own % 10);
		for (value = "=DIP_NETSIL"; *value != '\0'; value++)
			*--digit = *value;
		*environment = digit;
		return; /* as getenv(3), sees no second one */
	}
}

/* Starts a process that shares nothing with init, which waits until the process executes a
 * program or ends. Returns as fork(2) does, and in *pidfd a descriptor where that is not NULL. */
static pid_t spawn(int *pidfd)
{
	return (pid_t)syscall(SYS_clone, CLONE(AS_VFORK | (pidfd ? AS_PIDFD : 0) | SIGCHLD), pidfd,
	                      0L, 0L, 0L);
}

static int exit_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

#define UNKNOWN (-1)
#define NOT_YET (-2)

/* How the process of pidfd has ended, as waitpid(2) tells. */
static int end_of(int pidfd)
{
	struct info info;

	info.mask = INFO_EXIT;
	if (ioctl(pidfd, GET_INFO, &info) < 0)
		return UNKNOWN;
	return (unsigned)info.mask & INFO_EXIT ? (int)info.status : NOT_YET;
}

/* Whether the kernel knows that, tried with a process that ends at once. With SIGCHLD ignored. */
static int kernel_knows(void)
{
	const struct timespec limit = {1, 0};
	struct pollfd end = {-1, 0, 0}; /* as a kernel leaves it that does not know the flag */
	int status = UNKNOWN;

	if (spawn(&end.fd) == 0)
		_exit(1);
	/* POLLHUP comes unasked when the kernel has reaped, since Linux 6.9. */
	if (end_of(end.fd) != UNKNOWN && ppoll(&end, 1, &limit, NULL) > 0)
		status = end_of(end.fd);
	/* A filter may refuse this call. */
	if (syscall(SYS_pidfd_send_signal, end.fd, 0L, NULL, 0UL, 0L, 0L) == 0 || errno != ESRCH)
		status = UNKNOWN;
	close(end.fd);
	return status == 1 << 8;
}

/* Whether init's process group is the one that has the terminal. */
static int terminal_is_ours(void)
{
	pid_t group;

	return ioctl(STDIN_FILENO, TIOCGPGRP, &group) == 0 && group == getpgrp();
}

/* Sends a signal to the command, or its group; with what came with the signal, if `info` is there.
 * A pidfd is never another process's, as a number might be once the kernel has reaped. */
static long deliver(const struct init *init, int sig, siginfo_t *info)
{
	const int group = (init->options & BIT('g')) != 0;

	if (init->pidfd >= 0)
		return syscall(SYS_pidfd_send_signal, init->pidfd, sig, info,
		               group ? TO_GROUP : 0UL, 0L, 0L);
	if (info != NULL && !group)
		return syscall(SYS_rt_sigqueueinfo, init->command, sig, info);
	return kill(group ? -init->command : init->command, sig);
}

static void forward(const struct init *init, siginfo_t *info)
{
	const int from = info->si_signo, sig = init->forwarded[from];

	/* The kernel's own, which tells of children: si_code is CLD_EXITED or another above 0. */
	if (sig == 0 || (from == SIGCHLD && info->si_code > 0))
		return;
	/* A shell's `fg` has given init the terminal, which is the command's. */
	if (from == SIGCONT && init->foreground && terminal_is_ours())
		ioctl(STDIN_FILENO, TIOCSPGRP, &init->command);
	/* The kernel lets no process pass on what kill(2) or itself says: rt_sigqueueinfo(2). */
	info->si_signo = sig;
	if (info->si_code >= 0 || info->si_code == SI_TKILL || deliver(init, sig, info) < 0)
		deliver(init, sig, NULL);
	/* As dumb-init, so that a shell sees a job that has stopped. */
	if (init->options & BIT('d') && (from == SIGTSTP || from == SIGTTIN || from == SIGTTOU))
		kill(getpid(), SIGSTOP);
}

/* Forwards signals until the command has ended. Returns how it has, as waitpid(2) tells, or -1. */
static int attend(const struct init *init, const sigset_t *all)
{
	const struct timespec at_once = {0, 0};
	struct pollfd watched[2] = {{init->signals, POLLIN, 0}, {init->pidfd, 0, 0}};
	/* A shell above is to see that the command has stopped. */
	const int flags = WNOHANG | __WALL | (init->foreground && getpid() != 1 ? WUNTRACED : 0);

	for (;;) {
		int status = 0, sig;
		pid_t child = 0;
		siginfo_t info;

		if (init->pidfd >= 0) {
			if (ppoll(watched, 2, NULL, NULL) < 0 && errno != EINTR)
				return -1;
			if (watched[1].revents != 0)
				return end_of(init->pidfd);
		} else {
			child = waitpid(-1, &status, flags);
			if (child < 0)
				return -1;
			if (child == init->command && !WIFSTOPPED(status))
				return status;
			if (child == init->command)
				kill(getpid(), SIGSTOP);
			else if (child > 0 && init->options & BIT('w'))
				say("Reaped zombie process with pid=%u, status: %u\n", NULL,
				    (unsigned)child, (unsigned)exit_status(status));
		}
		/* One child, one look: a storm of orphans cannot keep a signal out. */
		sig = sigtimedwait(all, &info, child > 0 || init->pidfd >= 0 ? &at_once : NULL);
		if (sig > 0)
			forward(init, &info);
		else if (errno != EINTR && (errno != EAGAIN || (child == 0 && init->pidfd < 0)))
			return -1;
	}
}

/* Becomes the command. Returns, with the exit status, only where that fails. */
static int become(const struct init *init, char **command)
{
	char listen_pid[sizeof LONGEST];
	const pid_t own = getpid();

	if (init->options & BIT('n')) {
		setsid();
		ioctl(STDIN_FILENO, TIOCSCTTY, 0);
	} else {
		setpgid(0, 0);
		/* No SIGTTOU, as that is blocked. */
		if (init->foreground)
			ioctl(STDIN_FILENO, TIOCSPGRP, &own);
	}
	if (init->options & BIT('t'))
		take_sockets(init->environment, listen_pid, (unsigned)own, (unsigned)getppid());
	sigaction(SIGCHLD, &init->callers_child, NULL);
	sigprocmask(SIG_SETMASK, &init->callers_mask, NULL);
	return execute(command, init->environment);
}

/* Copies this program to path. Whoever runs what was there goes on. Returns the exit status. */
static int install(const char *path)
{
	char new[FILE_ROOM];
	size_t length = 0;
	ssize_t copied;
	int from, to, reason;

	for (; length < sizeof new - 2 && path[length] != '\0'; length++)
		new[length] = path[length];
	new[length] = '~';
	new[length + 1] = '\0';
	from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC, 0);
	if (from < 0)
		return refuse(CANNOT_USE, "/proc/self/exe", errno, 1);
	unlink(new);
	to = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);
	if (to < 0)
		return refuse(CANNOT_USE, new, errno, 1);
	fchmod(to, 0755); /* without the umask */
	while ((copied = sendfile(to, from, NULL, 1 << 20)) > 0)
		;
	reason = copied < 0 ? errno : rename(new, path) < 0 ? errno : 0;
	if (reason == 0)
		return 0;
	unlink(new);
	return refuse(CANNOT_USE, path, reason, 1);
}

/* Takes note of the option with this letter and value. Returns 0, or 1 where it makes no sense. */
static int take(struct init *init, char letter, const char *value)
{
	unsigned number = number_of(value, letter == 'r' ? ':' : '\0');

	if (letter == 'p') {
		const char *name = names;

		value = after("SIG", value) ? value + 3 : value;
		for (unsigned long sig = 1; *name != '\0'; sig++, name += strlen(name) + 1)
			if (!strcmp(value, name))
				return prctl(PR_SET_PDEATHSIG, sig) < 0;
	} else if (number < NO_NUMBER) {
		if (letter == 'e') {
			init->expected[number / 32] |= 1U << number % 32;
			return 0;
		}
		while (*value++ != ':')
			;
		if (number - 1 < 31 && number_of(value, '\0') <= 31) {
			init->forwarded[number] = (unsigned char)number_of(value, '\0');
			return 0;
		}
	}
	return 1;
}

static int misused(const char *option)
{
	say("Error: unknown option, or no COMMAND: '%s'\n", option, 0, 0);
	return refuse(USAGE, NULL, 0, 1);
}

int main(int argc, char **argv)
{
	const struct timespec at_once = {0, 0};
	struct init init;
	sigset_t all;
	const char *name = argc > 0 ? argv[0] : "";
	char **arguments = argv;
	int first, status;

	sigfillset(&all);
	if (sigprocmask(SIG_SETMASK, &all, &init.callers_mask) < 0)
		return fail("cannot block signals", 1);
	first = getpid() == 1;

	init.options = 0;
	init.pidfd = init.signals = -1;
	for (unsigned i = 0; i < 256 / 32; i++)
		init.expected[i] = 0;
	for (unsigned i = 0; i <= NSIG; i++)
		init.forwarded[i] = (unsigned char)i;
	init.environment = argv + argc + 1; /* execve(2) has put it there */
	if (variable(init.environment, "TINI_KILL_PROCESS_GROUP="))
		init.options = BIT('g');
	for (const char *c = name; *c != '\0'; c++)
		if (*c == '/')
			name = c + 1;
	if (!strcmp(name, "catatonit"))
		init.options |= BIT('t');
	if (!strcmp(name, "dumb-init")) {
		init.options |= BIT('d') | BIT('n');
		name = variable(init.environment, "DUMB_INIT_SETSID=");
		if (name != NULL && *name == '0')
			init.options &= ~BIT('n');
	}

	while (*arguments != NULL && *++arguments != NULL && **arguments == '-') {
		const char *option = *arguments, *letter = option + 1, *value = NULL;

		if (*letter == '-' && *++letter == '\0') {
			arguments++;
			break;
		}
		if (option[1] == '-') {
			letter = "";
			for (size_t j = 0; j < sizeof long_options / sizeof *long_options; j++) {
				const char *end = after(long_options[j].text, option + 2);

				if (end && (*end == '\0' || *end == '=')) {
					letter = &long_options[j].letter;
					value = *end == '=' ? end + 1 : NULL;
				}
			}
		}
		do {
			switch (option[1] == '-' || *letter > INSTALL ? *letter : '\0') {
			case 'c':
				init.options &= ~BIT('n');
				break;
			case 'g':
			case 's':
			case 'v':
			case 'w':
			case WAIT:
				init.options |= BIT(*letter);
				break;
			case 'h':
				return answer(USAGE, &init.callers_mask);
			case 'V':
				return answer("tini version " VERSION "\n", &init.callers_mask);
			case 'P':
				chdir("/");
				return pause_main(1, argv); /* without options, as catatonit's */
			case INSTALL:
			case 'e':
			case 'p':
			case 'r':
				/* The rest of the word, or the next one. */
				if (value == NULL && option[1] != '-' && letter[1] != '\0')
					value = letter + 1;
				else if (value == NULL && (value = *++arguments) == NULL)
					return misused(option);
				if (*letter == INSTALL)
					return install(value);
				if (take(&init, *letter, value))
					return misused(value);
				letter = "-";
				break;
			default:
				return misused(option);
			}
		} while (option[1] != '-' && *++letter != '\0');
	}
	if (*arguments == NULL)
		return misused("");

	if (init.options & BIT('n')) {
		sigset_t hang_up;

		init.options |= BIT('g');
		for (int sig = SIGTSTP; sig <= SIGTTOU; sig++)
			if (sig != SIGCONT && init.forwarded[sig] == sig)
				init.forwarded[sig] = SIGSTOP;
		/* The terminal sends these to a leader who leaves it: tty_ioctl(4). */
		sigemptyset(&hang_up);
		sigaddset(&hang_up, SIGHUP);
		sigaddset(&hang_up, SIGCONT);
		if (ioctl(STDIN_FILENO, TIOCNOTTY, 0) == 0)
			while (sigtimedwait(&hang_up, NULL, &at_once) > 0)
				;
	}
	init.foreground = !(init.options & BIT('n')) && terminal_is_ours();
	if (!first && prctl(PR_SET_CHILD_SUBREAPER, 1UL) < 0)
		say("Warning: not a subreaper: zombies stay\n", NULL, 0, 0);

	/* The kernel tells neither how orphans end nor that the command has stopped. */
	sigaction(SIGCHLD, NULL, &init.callers_child);
	signal(SIGCHLD, SIG_IGN);
	while (waitpid(-1, &status, WNOHANG | __WALL) > 0)
		; /* zombies from before; what dies now is none, so there is an end */
	if (!(init.options & (BIT('t') | BIT('w'))) && (first || !init.foreground) &&
	    kernel_knows())
		init.signals = signalfd(-1, &all, SFD_CLOEXEC);
	if (init.signals < 0)
		signal(SIGCHLD, SIG_DFL);

	init.command = spawn(init.signals < 0 ? NULL : &init.pidfd);
	if (init.command == 0)
		_exit(become(&init, arguments));
	if (init.command < 0)
		return fail("cannot start a process", 1);
	if (init.options & (BIT('d') | BIT('t')))
		chdir("/"); /* so that a file system can be unmounted */
	if (init.options & BIT('t'))
		syscall(SYS_close_range, 3UL, 0x7fffffffUL, 0UL);

	status = attend(&init, &all);
	if (status < 0)
		return fail("infinite loop terminated", 42);
	if (init.options & BIT('n'))
		deliver(&init, SIGTERM, NULL);
	/* SIGCONT, as a stopped process is to see SIGTERM, too. */
	if (init.options & BIT(WAIT) && first) {
		int rest;

		kill(-1, SIGTERM);
		kill(-1, SIGCONT);
		while (waitpid(-1, &rest, __WALL) > 0)
			;
	}
	status = exit_status(status);
	return init.expected[status / 32] >> status % 32 & 1 ? 0 : status;
}
