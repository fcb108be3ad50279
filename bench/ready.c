// SPDX-License-Identifier: Apache-2.0
/*
 * ready wait|command COUNT PROGRAM [ARGUMENT...]
 *
 * Starts PROGRAM COUNT times, as PID 1 of a PID namespace of its own, and prints for each how
 * many nanoseconds it took from its exec
 *
 *   wait     until it slept for good: the last switch to another process before 10 ms of
 *            silence
 *   command  until another process executed a program: an init's command
 *
 * The kernel itself notes these moments, by a software event of perf_event_open(2) that
 * counts nothing, and exec by the comm that exec changes. The program is neither traced nor
 * disturbed.
 *
 * Needs root, or user namespaces and a kernel.perf_event_paranoid of at most 2. Exit
 * status: 0; 1 with a line on stderr if PROGRAM could not be run or perf refuses; 2 for a
 * wrong argument.
 */
#define _GNU_SOURCE
#include "first_process.h"
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { RING_PAGES = 8, QUIET_MILLISECONDS = 10 };

/* Of what the kernel writes to, behind a page of its own: a power of two pages. */
static size_t ring_size(void)
{
	return RING_PAGES * (size_t)getpagesize();
}

/* Records of the process and, for its command, of those that it starts: these are on its CPU, too.
 */
static struct perf_event_mmap_page *watch(pid_t pid, int command, int *event)
{
	struct perf_event_attr attr = {
	    .type = PERF_TYPE_SOFTWARE,
	    .size = sizeof attr,
	    .config = PERF_COUNT_SW_DUMMY,
	    .sample_type = PERF_SAMPLE_TIME,
	    .exclude_kernel = 1,
	    .exclude_hv = 1,
	    .comm = 1,
	    .comm_exec = 1,
	    .context_switch = !command,
	    .inherit = command != 0,
	    .sample_id_all = 1,
	};
	void *ring;

	*event =
	    (int)syscall(SYS_perf_event_open, &attr, pid, program_cpu(), -1, PERF_FLAG_FD_CLOEXEC);
	if (*event < 0)
		die("perf_event_open");
	ring = mmap(NULL, (size_t)getpagesize() + ring_size(), PROT_READ | PROT_WRITE, MAP_SHARED,
	            *event, 0);
	if (ring == MAP_FAILED)
		die("mmap");
	return ring;
}

static void copy(const struct perf_event_mmap_page *ring, uint64_t from, void *to, size_t length)
{
	const size_t size = ring_size();
	const char *data = (const char *)ring + getpagesize();

	for (size_t i = 0; i < length; i++)
		((char *)to)[i] = data[(from + i) % size];
}

/*
 * From the last exec of the program in the ring to the last switch away from the program that
 * was its own will, or to the exec of another process, whichever is recorded; -1 if the two are
 * not there.
 */
static int64_t exec_to_ready(const struct perf_event_mmap_page *ring, uint64_t head)
{
	uint64_t executed = 0;
	uint32_t program = 0;
	int64_t result = -1;

	for (uint64_t at = 0; at < head;) {
		struct perf_event_header record;
		uint32_t pid;
		uint64_t time;

		copy(ring, at, &record, sizeof record);
		copy(ring, at + sizeof record, &pid, sizeof pid); /* in a record of a comm */
		at += record.size;
		copy(ring, at - sizeof time, &time, sizeof time); /* as sample_id_all has it */
		if (record.type == PERF_RECORD_COMM && record.misc & PERF_RECORD_MISC_COMM_EXEC) {
			if (executed != 0 && pid != program)
				return (int64_t)(time - executed);
			program = pid;
			executed = time;
		}
		if (record.type == PERF_RECORD_SWITCH) {
			const int slept = record.misc & PERF_RECORD_MISC_SWITCH_OUT &&
			                  !(record.misc & PERF_RECORD_MISC_SWITCH_OUT_PREEMPT);

			result = executed != 0 && slept ? (int64_t)(time - executed) : -1;
		}
	}
	return result;
}

static int64_t time_to_ready(char **argv, int command)
{
	const struct first_process process = first_process_new(argv);
	const int enough = command ? 0 : QUIET_MILLISECONDS;
	struct perf_event_mmap_page *ring;
	uint64_t head = 0;
	const int64_t start = now();
	int64_t result = -1;
	int event;

	ring = watch(process.pid, command, &event);
	first_process_exec(&process);
	for (int quiet = 0; quiet < enough || result < 0; sleep_millisecond()) {
		const uint64_t seen = __atomic_load_n(&ring->data_head, __ATOMIC_ACQUIRE);

		if (waitpid(process.pid, NULL, WNOHANG | __WALL) != 0) {
			fprintf(stderr, "ready: the program ended before it was ready\n");
			return -1;
		}
		quiet = seen == head ? quiet + 1 : 0;
		head = seen;
		result = exec_to_ready(ring, head);
		give_up_after(start, process.pid);
	}
	munmap(ring, (size_t)getpagesize() + ring_size());
	close(event);
	first_process_kill(process.pid);
	return result;
}

int main(int argc, char **argv)
{
	const int command = argc > 1 && strcmp(argv[1], "command") == 0;

	if (argc < 4 || (!command && strcmp(argv[1], "wait") != 0)) {
		fprintf(stderr, "Usage: ready wait|command COUNT PROGRAM [ARGUMENT...]\n");
		return 2;
	}
	/* The program would have to close what this one was left open. */
	close_range(3, ~0U, 0);
	leave_program_cpu();
	for (long count = number_of(argv[2]); count > 0; count--) {
		const int64_t time = time_to_ready(argv + 3, command);

		if (time < 0)
			return 1;
		printf("%lld\n", (long long)time);
	}
	return 0;
}
