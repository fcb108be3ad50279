# SPDX-License-Identifier: Apache-2.0
"""The programs that are measured: pause and its peers."""

import contextlib
import os
import platform
import subprocess

PEERS = "build/bench/peers/"
# The command of every init. SIGTERM ends it at any time, as it is not PID 1 and handles nothing.
FLOOR = PEERS + "floor"
# Those that keep the namespaces of a pod, and those that start the command of one container,
# ours first, but for the floor. tini and dumb-init have one way to be called, and are both.
PODS = ("floor", "pause", "official-glibc", "official-musl", "catatonit", "tini-static", "dumb-init")
INITS = ("pause-init", "tini-static", "catatonit-init", "dumb-init")


class CannotHave(Exception):
    """Something that this machine does not have or allow; the text says what.

    samples  what could be measured all the same
    """

    def __init__(self, why, samples=None):
        super().__init__(why)
        self.samples = samples or {}


def output_of(*command):
    """Runs command, and returns what it wrote on stdout.

    Raises CannotHave with the last line of its stderr if it fails, or cannot be run.
    """
    try:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
            try:
                said, complaints = process.communicate()
            except BaseException:
                process.terminate()  # and wait, as it has to clean up
                raise
    except OSError as error:
        raise CannotHave(f"{command[0]}: {error.strerror}") from error
    if process.returncode != 0:
        lines = complaints.strip().splitlines()
        # What make adds to a recipe's own line says nothing more.
        own = [line for line in lines if not line.startswith("make")] or lines
        raise CannotHave(own[-1] if own else f"{command[0]}: status {process.returncode}")
    return said


def make(*targets):
    """Has make(1) build targets; CannotHave if it cannot."""
    output_of("make", "-s", *targets)


class Program:
    """One of the programs.

    name      how the results call it
    label     how people call it
    path      where it is, once it has been made
    arguments what it needs to do the job of pause, or of an init
    reaps     whether it is made to reap orphans, and to end by SIGTERM
    package   the Debian package whose version it has, if it is from one
    asked     the option by which it says its version otherwise
    """

    def __init__(self, name, label, path=None, arguments=(), reaps=True, package=None, asked="-v"):
        self.name = name
        self.label = label
        self.path = path or PEERS + name
        self.arguments = arguments
        self.reaps = reaps
        self.package = package
        self.asked = asked
        self.missing = None

    @property
    def command(self):
        return [self.path, *self.arguments]

    def obtain(self):
        """Makes the program; sets missing where it cannot be had."""
        try:
            make(self.path)
            if FLOOR in self.arguments:
                make(FLOOR)
        except CannotHave as why:
            self.missing = str(why)

    def version(self):
        """What version it is, as far as it says."""
        if self.missing:
            return None
        if self.package:
            return package_version(self.package)
        if self.reaps:
            return output_of(self.path, self.asked).strip()
        return None


# By its name in build/linux-*.
THIS_PLATFORM = output_of("make", "-s", "this-platform").strip()


def all_programs():
    """The programs, the floor first."""
    ours = f"build/linux-{THIS_PLATFORM}/"
    command = ("--", FLOOR)
    return [
        Program("floor", "floor: pause(2) and no more", reaps=False),
        Program("pause", "pause", ours + "pause"),
        Program("official-glibc", "official pause, glibc"),
        Program("official-musl", "official pause, musl"),
        Program("catatonit", "catatonit -P", arguments=("-P",), package="catatonit"),
        Program("pause-init", "pause-init", ours + "pause-init", arguments=command, asked="-V"),
        Program("tini-static", "tini", arguments=command, package="tini"),
        Program("catatonit-init", "catatonit", PEERS + "catatonit", arguments=command, package="catatonit"),
        Program("dumb-init", "dumb-init", arguments=command, package="dumb-init"),
    ]


def machine():
    """What the figures depend on."""
    cpus = [line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")]
    memory = next(line.split()[1] for line in open("/proc/meminfo") if line.startswith("MemTotal"))
    return {
        "cpu": cpus[0] if cpus else platform.machine(),
        "cpus": os.cpu_count(),
        "memory_kib": int(memory),
        "kernel": platform.release(),
        "processor": platform.machine(),
    }


def versions():
    """The Debian packages that made, or run, what is measured: {package: version}."""
    found = {}
    for package in ["clang-19", "lld-19", "gcc", "libc6-dev", "musl-tools", "containerd", "runc"]:
        with contextlib.suppress(CannotHave):
            found[package] = package_version(package)
    return found


def package_version(package):
    return output_of("dpkg-query", "--show", "--showformat=${Version}", package)
