# SPDX-License-Identifier: Apache-2.0
"""What is measured, and how. docs/benchmark.md explains each.

Each measure is a function of a Program and of what its Task in bench/run says. It
returns its samples: {"NAME": [number, ...]}, with the names of FIGURES. It raises
CannotHave where the machine, or the program, does not let it.
"""

import contextlib
import ctypes
import os
import re
import signal
import statistics
import subprocess
import sys
import time

sys.path.append(f"{os.path.dirname(__file__)}/../pod")

from pod import Group, Pod, children_of, is_program, proc, state, status_of, until  # noqa: E402
from programs import THIS_PLATFORM, CannotHave, make, output_of  # noqa: E402

TOOLS = "build/bench/"

# A SIGTERM is sent at each microsecond after exec up to the last, and counted in the span that
# begins at the last of these before it.
LAST = 1000
SPANS = (1, 10, 25, 50, 100, 150, 200, 250, 300, 350, 400, 500, 600, 800)
# How many make orphans, and how many processes there are, at once.
MAKERS = (1, 16)
CROWDS = (500, 1000, 10000)

# name: (what it is, its unit)
FIGURES = {
    "file": ("size of the file", "bytes"),
    "libc": ("needs a libc beside it", ""),
    "pull": ("to pull for one platform", "bytes"),
    "instructions": ("user instructions from exec to the wait", ""),
    "system_calls": ("system calls from exec to the wait", ""),
    "ready": ("from exec to the wait", "µs"),
    "command": ("from exec to the exec of the command", "µs"),
    "stop": ("from SIGTERM to gone", "µs"),
    "lost": (f"SIGTERMs lost of {LAST:,}, one at each µs after exec", ""),
    **{
        f"lost_{start}": (f"SIGTERMs lost {start} to {end - 1} µs after exec", "share")
        for start, end in zip(SPANS, SPANS[1:] + (LAST + 1,))
    },
    **{
        f"{name}_{makers}": (f"{what}, {makers} {'maker' if makers == 1 else 'makers'}", unit)
        for makers in MAKERS
        for name, what, unit in [
            ("orphans", "orphans a second", "1/s"),
            ("orphan_cpu", "CPU time of all processes for an orphan", "µs"),
            ("wakeups", "wake-ups of PID 1", ""),
            ("reaping_cpu", "CPU time of PID 1", "ms"),
            ("reaping_ticks", "ticks of CPU time of PID 1", ""),
            ("zombies", "zombies left", ""),
        ]
    },
    **{
        f"{name}_{crowd}": (f"{what}, of {crowd:,} at once", "KiB")
        for crowd in CROWDS
        for name, what in [
            ("rss", "RSS"),
            ("pss", "PSS"),
            ("private", "private memory"),
            ("page_tables", "page tables"),
            ("kernel_stack", "kernel stack"),
            ("slab", "slab"),
            ("memory", "memory a process, the kernel's and its own"),
        ]
    },
    "cgroup": ("charged to the memory cgroup of one sandbox", "KiB"),
    "sandboxes": ("sandboxes a second, by containerd", "1/s"),
    "idle_wakeups": ("wake-ups in a minute of nothing", ""),
    "idle_cpu": ("CPU time in a minute of nothing", "µs"),
}


def numbers(text):
    return [float(line) for line in text.split()]


def file_size(program, _task):
    return {"file": [os.stat(program.path).st_size], "libc": [int(needs_libc(program))]}


def needs_libc(program):
    """Whether it starts only beside a libc: the file names a dynamic linker."""
    return "interpreter" in output_of("readelf", "--program-headers", program.path)


def pull_size(program, _task):
    if needs_libc(program):
        raise CannotHave("it is linked dynamically, and does not start in an image from scratch")
    archive = archive_of(program)
    # DIGEST NAME PLATFORM BYTES ID; the plain tag is the first.
    for line in output_of("image/describe", archive).splitlines():
        _, _, where, size, *_ = line.split()
        if where != "index" and where.removeprefix("linux/").replace("/", "-") == THIS_PLATFORM:
            return {"pull": [int(size)]}
    raise CannotHave(f"{archive} has no image for this platform")


def archive_of(program):
    """Makes the image of program, and returns its OCI archive."""
    archive = "build/pause.oci.tar"
    if program.name != "pause":
        archive = f"{TOOLS}images/{program.name}.oci.tar"
        make(archive)
    return archive


def startup(program, _task):
    said = output_of(TOOLS + "startup", *program.command)
    found = dict(re.findall(r"(.*): (\d+)", said))
    return {"instructions": [int(found["user instructions"])], "system_calls": [int(found["system calls"])]}


def microseconds(tool, how, program, task):
    """What the tool says of the program, task.count times."""
    return [time / 1000 for time in numbers(output_of(TOOLS + tool, how, str(task.count), *program.command))]


def ready(program, task):
    return {"ready": microseconds("ready", "wait", program, task)}


def command(program, task):
    return {"command": microseconds("ready", "command", program, task)}


def stop(program, task):
    return {"stop": microseconds("sigterm", "stop" if program.reaps else "kill", program, task)}


def lost(program, task):
    """With a SIGTERM at every task.count-th microsecond."""
    if not program.reaps:
        raise CannotHave("as PID 1 it never ends by SIGTERM")
    said = numbers(output_of(TOOLS + "sigterm", "lost", str(LAST), str(task.count), *program.command))
    tries = list(zip(said[::2], said[1::2]))
    samples = {"lost": [statistics.mean(is_lost for _, is_lost in tries) * LAST]}
    for moment, is_lost in tries:
        samples.setdefault(f"lost_{max(start for start in SPANS if start <= moment)}", []).append(is_lost)
    return samples


# Of bench/first_process.c, too.
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}


def until_asleep(pid):
    """Returns once pid has been found asleep 10 times in a row, a millisecond apart."""
    times = 0

    def asleep():
        nonlocal times
        times = times + 1 if state(pid) == "S" else 0
        return times == 10

    until(asleep, f"process {pid} to sleep")


@contextlib.contextmanager
def sandbox(program, *unshare, group=None):
    """The program as PID 1 of a pod, once it waits."""
    pod = Pod(program.command, *unshare, group=group, env=ENVIRONMENT, stderr=subprocess.PIPE)
    try:
        until(lambda: is_program(pod.pid, program.path) or state(pod.pid) in ("Z", None), f"{program.name} to start")
        until_asleep(pod.pid)
        # Gone, it is charged to no cgroup. From then on this process is the parent.
        pod.launcher.kill()
        pod.launcher.wait()
        yield pod
    finally:
        pod.kill()


def cpu_ns(pid):
    """Nanoseconds that pid, which has one thread, has run: Documentation/scheduler/sched-stats.rst."""
    return int(proc(pid, "schedstat").split()[0])


def cpu_ticks(pid):
    fields = proc(pid, "stat").rsplit(") ", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def switches(pid, *kinds):
    """How often pid has left its CPU: "voluntary", which is a wake-up each, "nonvoluntary"."""
    status = status_of(pid)
    return sum(int(status[f"{kind}_ctxt_switches"]) for kind in kinds)


def group_cpu_us(group):
    """Microseconds that all processes of a cgroup have run, those that are gone, too."""
    said = group.read("cpuacct.usage", "cpu.stat")
    return int(said) / 1000 if group.version == 1 else int(re.search(r"^usage_usec (\d+)", said, re.M)[1])


def reaping(program, task):
    if not program.reaps:
        raise CannotHave("it reaps nothing")
    samples = {}
    uncounted = None
    for makers in MAKERS:
        with contextlib.ExitStack() as stack:
            group = None
            try:
                group = stack.enter_context(Group("cpuacct"))
            except OSError as error:
                uncounted = f"CPU time of all processes: no cgroup of its own: {error.strerror}: {error.filename}"
            pod = stack.enter_context(sandbox(program, group=group))
            pid, own = pod.pid, children_of(pod.pid)
            before = switches(pid, "voluntary"), cpu_ns(pid), cpu_ticks(pid), group_cpu_us(group) if group else 0
            start = time.monotonic()
            output_of(*pod.joined_by([TOOLS + "orphans", str(task.count // makers), str(makers)]))
            zombies = until_reaped(pid, own)
            seconds = time.monotonic() - start
            samples[f"orphans_{makers}"] = [task.count / seconds]
            samples[f"wakeups_{makers}"] = [switches(pid, "voluntary") - before[0]]
            samples[f"reaping_cpu_{makers}"] = [(cpu_ns(pid) - before[1]) / 1e6]
            samples[f"reaping_ticks_{makers}"] = [cpu_ticks(pid) - before[2]]
            samples[f"zombies_{makers}"] = [zombies]
            if group:
                samples[f"orphan_cpu_{makers}"] = [(group_cpu_us(group) - before[3]) / task.count]
    if uncounted:
        raise CannotHave(uncounted, samples)
    return samples


def until_reaped(pid, own):
    """Waits until pid has no child but its own, or all others are zombies and stay; how many stay."""
    unchanged = time.monotonic()
    last = None
    while True:
        left = [child for child in children_of(pid) if child not in own]
        if not left:
            return 0
        if left != last or any(state(child) not in ("Z", None) for child in left):
            last, unchanged = left, time.monotonic()
        if time.monotonic() - unchanged > 1:
            return len(left)
        time.sleep(0.002)


def meminfo(patience):
    """/proc/meminfo, in KiB, when what was freed before has settled, or after so many seconds."""
    last = None
    deadline = time.monotonic() + patience
    while True:
        found = {name: int(size) for name, size in re.findall(r"^(.*):\s+(\d+) kB", open("/proc/meminfo").read(), re.M)}
        if time.monotonic() > deadline:
            return found  # on a machine that is busy it never does
        if last and abs(found["Slab"] + found["KernelStack"] - last["Slab"] - last["KernelStack"]) < 64:
            return found
        last = found
        time.sleep(0.2)


def memory(program, task, crowds):
    samples = {}
    unreadable = None
    for crowd in crowds:
        before = meminfo(task.count)
        try:
            with processes(program, crowd) as pids:
                after = meminfo(task.count)
                try:
                    for name, size in rollups(pids[:: max(1, len(pids) // 50)]).items():
                        samples[f"{name}_{crowd}"] = [size]
                except PermissionError as error:
                    unreadable = f"smaps_rollup: {error.strerror}"
        except CannotHave as why:
            raise CannotHave(str(why), samples) from why
        grown = {name: (after[name] - before[name]) / crowd for name in before}
        samples[f"page_tables_{crowd}"] = [grown["PageTables"]]
        samples[f"kernel_stack_{crowd}"] = [grown["KernelStack"]]
        samples[f"slab_{crowd}"] = [grown["Slab"]]
        samples[f"memory_{crowd}"] = [
            sum(grown[name] for name in ["AnonPages", "PageTables", "KernelStack", "Slab", "Percpu"])
        ]
    if unreadable:
        raise CannotHave(unreadable, samples)
    return samples


def rollups(pids):
    """The means of what smaps_rollup says of the processes, in KiB: {"rss", "pss", "private": number}."""
    texts = [proc(pid, "smaps_rollup") for pid in pids]
    return {
        name: sum(int(size) for text in texts for size in re.findall(rf"^{field}:\s+(\d+) kB", text, re.M)) / len(pids)
        for name, field in [("rss", "Rss"), ("pss", "Pss"), ("private", "Private_.*")]
    }


@contextlib.contextmanager
def processes(program, count):
    """So many processes of the program, when they all wait: their PIDs."""
    null = [(os.POSIX_SPAWN_OPEN, stream, "/dev/null", os.O_RDWR, 0) for stream in (0, 1, 2)]
    pids = []
    try:
        for _ in range(count):
            try:
                pids.append(os.posix_spawn(program.path, program.command, ENVIRONMENT, file_actions=null))
            except OSError as error:
                raise CannotHave(f"no more than {len(pids)} processes: {error.strerror}") from error
        for pid in pids:
            until(lambda pid=pid: state(pid) in "SZ", f"{program.name} to wait")
        until_asleep(pids[-1])
        yield pids
    finally:
        # Not SIGKILL, for those that have a child.
        for pid in pids:
            os.kill(pid, signal.SIGTERM)
        for pid in pids:
            os.waitpid(pid, 0)


def adopt_orphans():
    """Makes this process the parent of what its children leave: prctl(2), PR_SET_CHILD_SUBREAPER."""
    ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)


def cgroup(program, task):
    """The kernel charges in batches that each CPU keeps in reserve. A limit that cannot be met has
    it give the reserves back first: memory_high_write() and mem_cgroup_force_empty() in its
    mm/memcontrol.c and mm/memcontrol-v1.c."""
    samples = []
    for _ in range(task.count):
        try:
            group = Group("memory")
        except OSError as error:
            raise CannotHave(f"no cgroup of its own: {error.strerror}: {error.filename}") from error
        with group, sandbox(program, "--mount", "--net", "--ipc", "--uts", group=group):
            group.write(0, "memory.force_empty", "memory.high")
            samples.append(int(group.read("memory.usage_in_bytes", "memory.current")) / 1024)
    return {"cgroup": samples}


def density(programs, task):
    """Sandboxes a second with the image of each program, in turn."""
    if os.geteuid() != 0:
        raise CannotHave("an engine is started by root only")
    make("need-engines", "build/test/cri_pb2.py")
    images = [word for program in programs for word in (program.name, archive_of(program))]
    said = output_of("test/isolated", "bench/density", str(task.count), *images)
    return {name: {"sandboxes": [float(rate)]} for name, rate in (line.split() for line in said.splitlines())}


def idle(programs, task):
    """What each of several programs does at once in task.count seconds of nothing, as of a minute."""
    samples = {}
    with contextlib.ExitStack() as stack:
        pids = {program.name: stack.enter_context(sandbox(program)).pid for program in programs}
        kinds = "voluntary", "nonvoluntary"
        time.sleep(1)
        before = {name: (switches(pid, *kinds), cpu_ns(pid)) for name, pid in pids.items()}
        time.sleep(task.count)
        for name, pid in pids.items():
            minute = 60 / task.count
            samples[name] = {
                "idle_wakeups": [(switches(pid, *kinds) - before[name][0]) * minute],
                "idle_cpu": [(cpu_ns(pid) - before[name][1]) / 1000 * minute],
            }
    return samples


def busy():
    """The share of one CPU that others use while this process sleeps half a second."""
    before = cpu_seconds()
    time.sleep(0.5)
    return sum(after - at_first for after, at_first in zip(cpu_seconds(), before)) / 0.5


def stolen():
    """Seconds that the host has kept from this machine since it started."""
    return cpu_seconds()[-1]


def cpu_seconds():
    """What all CPUs have done but idle and wait: user, nice, system, irq, softirq, steal; proc(5)."""
    words = proc("", "stat").split()[1:9]
    return [int(word) / os.sysconf("SC_CLK_TCK") for word in words[:3] + words[5:]]
