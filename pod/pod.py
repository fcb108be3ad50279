# SPDX-License-Identifier: Apache-2.0
"""A pod without an engine, for Python: a program as PID 1 of namespaces of its own.

It is made by unshare(1) and joined by nsenter(1), as root, or as an ordinary user in a user
namespace of the pod's own. pod/pod.bash is the same for bash.
"""

import contextlib
import errno
import os
import signal
import subprocess
import tempfile
import time

IS_ROOT = os.geteuid() == 0
UNSHARE = ["unshare", "--fork", "--pid"] + ([] if IS_ROOT else ["--user", "--map-root-user"])
NSENTER = ["nsenter", "--pid"] + ([] if IS_ROOT else ["--user", "--preserve-credentials"])


def until(condition, what, seconds=30):
    """Returns once condition() holds; TimeoutError if it does not within so many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited in vain for {what}")
        time.sleep(0.001)


def proc(pid, name):
    """What the file /proc/PID/NAME holds."""
    with open(f"/proc/{pid}/{name}", encoding="utf-8", errors="replace") as file:
        return file.read()


def put(path, value):
    """Writes to a file of the kernel's, which may refuse what is written: OSError with the path."""
    try:
        with open(path, "w", encoding="ascii") as file:
            file.write(str(value))
    except OSError as error:
        raise OSError(error.errno, error.strerror, path) from error


def status_of(pid):
    """/proc/PID/status as a dictionary, empty if there is no such process."""
    with contextlib.suppress(OSError):
        return dict(line.split(":\t", 1) for line in proc(pid, "status").splitlines() if ":\t" in line)
    return {}


def state(pid):
    """The letter of its state by proc(5), or None if there is no such process."""
    return status_of(pid).get("State", [None])[0]


def children_of(pid):
    """Its children, zombies too."""
    with contextlib.suppress(OSError):
        return [int(child) for child in proc(pid, f"task/{pid}/children").split()]
    return []


def is_program(pid, path):
    """Whether the process runs the program, as far as this user may know."""
    try:
        return os.path.samefile(f"/proc/{pid}/exe", path)
    except PermissionError:  # it is not dumpable, and so past its exec
        return True
    except FileNotFoundError:
        return False


class Group:
    """A cgroup with a controller, of version 1 or 2. OSError if it cannot be made."""

    def __init__(self, controller):
        roots = [f"/sys/fs/cgroup/{controller}", "/sys/fs/cgroup/unified", "/sys/fs/cgroup"]
        root = next((root for root in roots if os.path.exists(f"{root}/cgroup.procs")), None)
        if not root:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), "/sys/fs/cgroup/cgroup.procs")
        self.version = 1 if root == roots[0] else 2
        if self.version == 2 and controller != "cpuacct":  # which is in all of version 2
            put(f"{root}/cgroup.subtree_control", f"+{controller}")
        self.path = tempfile.mkdtemp(prefix="pause-pod.", dir=root)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.remove()

    def read(self, *names):
        """What the file of version 1 or of version 2 holds, by the name of each."""
        with open(f"{self.path}/{names[self.version - 1]}", encoding="ascii") as file:
            return file.read()

    def write(self, value, *names):
        put(f"{self.path}/{names[self.version - 1]}", value)

    def remove(self):
        """Removes it once it is empty: its last process may still be coming apart."""

        def removed():
            with contextlib.suppress(OSError):
                os.rmdir(self.path)
            return not os.path.isdir(self.path)

        until(removed, f"{self.path} to be empty")


def in_group(group, command):
    """The command, run in a Group, or where this process is if there is None."""
    return command if not group else ["sh", "-c", f'echo $$ >"{group.path}/cgroup.procs" && exec "$@"', "sh", *command]


class Pod:
    """A command as PID 1 of a PID namespace, of several in each other if there is a depth, and of
    the namespaces that further arguments for unshare(1) make.

    launcher  a subprocess.Popen, made with the other arguments; its status is the command's
    pid       PID 1, as this process knows it; handle: the same, by pidfd_open(2)

    OSError if it does not start.
    """

    def __init__(self, command, *unshare, depth=1, group=None, **how):
        command = ["setpriv", "--pdeathsig", "KILL", *[*UNSHARE, *unshare] * depth, *command]
        self.group = group
        self.launcher = subprocess.Popen(
            in_group(group, command), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, **how
        )
        self.pid = self.launcher.pid
        self.handle = None
        try:
            for _ in range(depth):
                until(lambda: self.launcher.poll() is not None or children_of(self.pid), "the pod to start")
                if self.launcher.poll() is not None:
                    said = self.launcher.stderr.read().decode().strip() if self.launcher.stderr else ""
                    raise ChildProcessError(said or f"{command[-1]} has ended")
                self.pid = children_of(self.pid)[0]
            self.handle = os.pidfd_open(self.pid)
        except BaseException:
            self.kill()
            raise

    def send(self, sig):
        """Sends PID 1 a signal. ProcessLookupError if it has ended."""
        signal.pidfd_send_signal(self.handle, sig)

    def joined_by(self, command, *namespaces):
        """The command, run in the pod's PID namespace, those that options of nsenter(1) name, and its group."""
        return in_group(self.group, [*NSENTER, "--target", str(self.pid), *namespaces, *command])

    def kill(self):
        """Ends it, and what it left."""
        if self.handle is not None:
            with contextlib.suppress(ProcessLookupError):
                self.send(signal.SIGKILL)
            os.close(self.handle)
            self.handle = None
        self.launcher.kill()
        self.launcher.wait()
        with contextlib.suppress(ChildProcessError):  # no child of this process, if the launcher had to wait for it
            os.waitpid(self.pid, 0)
        if self.launcher.stderr:
            self.launcher.stderr.close()
