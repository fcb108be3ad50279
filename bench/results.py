# SPDX-License-Identifier: Apache-2.0
"""The results of bench/run, and what follows from them."""

import json
import statistics
import sys

from programs import INITS, PODS

RESULTS = "build/bench/results.json"
KEYS = {"busy", "command", "date", "machine", "missing", "orphans", "programs", "samples", "stolen", "versions"}

# Shares of a CPU that others may use while nothing is measured, and of all the time that
# the host may keep from a virtual machine, before its microseconds are not to be trusted.
BUSY = 0.1
STOLEN = 0.01


class Results:
    """What is in the file, by program and figure."""

    def __init__(self, content):
        missing = (KEYS - content.keys()) or {*PODS, *INITS} - content["programs"].keys()
        if missing:
            raise ValueError(f"no {', '.join(sorted(missing))}")
        self.content = content
        self.programs = content["programs"]
        self.machine = content["machine"]

    @classmethod
    def read(cls):
        """The results in build/bench; ends the program with a line and status 1 if they are none."""
        try:
            with open(RESULTS, encoding="utf-8") as file:
                results = cls(json.load(file))
            if not results.samples("pause", "file"):
                raise ValueError("nothing of pause")
            results.goals()
            results.noise()
            return results
        except FileNotFoundError:
            sys.exit(f"no {RESULTS}: run make bench first")
        except (ValueError, LookupError, TypeError, AttributeError) as error:
            sys.exit(f"{RESULTS} is not what make bench writes: {error!r}")

    def samples(self, program, figure):
        return self.content["samples"].get(figure, {}).get(program, [])

    def median(self, program, figure):
        """The median, or None where nothing was measured."""
        samples = self.samples(program, figure)
        return statistics.median(samples) if samples else None

    def share(self, program, figure):
        """The mean, for what is 0 or 1, or the number of the latter."""
        samples = self.samples(program, figure)
        return statistics.mean(samples) if samples else None

    def spread(self, program, figure):
        """The quartiles around the median."""
        samples = self.samples(program, figure)
        if len(samples) < 2:
            return samples * 2
        first, _, third = statistics.quantiles(samples, method="inclusive")
        return [first, third]

    def spans(self):
        """Microseconds after exec with which each span begins that SIGTERMs were sent in."""
        return [int(name.split("_")[1]) for name in self.content["samples"] if name.startswith("lost_")]

    def crowd(self):
        """Of how many processes at once the memory was measured at most; 0 if it was not."""
        names = [name for name, found in self.content["samples"].items() if name.startswith("memory_") and found]
        return max((int(name.split("_")[1]) for name in names), default=0)

    def noise(self):
        """What was noisy, in a line each."""
        lines = []
        if max(self.content["busy"]) > BUSY:
            lines.append(f"others used up to {max(self.content['busy']):.0%} of a CPU while nothing was measured")
        if self.content["stolen"] > STOLEN:
            lines.append(f"the host kept {self.content['stolen']:.1%} of the time from this machine")
        return lines

    def goals(self):
        """(what, bound, value or None, whether it is met or None) of each."""
        found = []

        def goal(what, bound, value, met):
            found.append((what, bound, value, None if value is None else met(value)))

        def ratio(figure, one, other):
            one, other = self.median(one, figure), self.median(other, figure)
            return None if one is None or not other else one / other

        def to_best(figure, one, others):
            ratios = [ratio(figure, one, other) for other in others]
            return max((value for value in ratios if value is not None), default=None)

        goal(
            "size of the official file, to ours",
            "at least 300",
            ratio("file", "official-glibc", "pause"),
            lambda v: v >= 300,
        )
        goal(
            "time from exec to the wait, to that of the floor",
            "at most 1.15",
            ratio("ready", "pause", "floor"),
            lambda v: v <= 1.15,
        )
        self.same_goals("pause", goal)
        goal("time to stop, to the fastest peer's", "at most 1", to_best("stop", "pause", PODS[2:]), lambda v: v <= 1)
        goal(
            "CPU time of all processes for an orphan, 1 maker, to the official program's",
            "at most 1",
            ratio("orphan_cpu_1", "pause", "official-glibc"),
            lambda v: v <= 1,
        )
        crowd = self.crowd()
        for other, bound in [("floor", 1.03), ("official-glibc", 0.55)]:
            value = ratio(f"memory_{crowd}", "pause", other) if crowd else None
            what = f"memory a process, to that of {self.label(other)}"
            goal(what, f"at most {bound}", value, lambda v, b=bound: v <= b)
        goal(
            "time from exec of pause-init to that of its command, to the fastest init's",
            "at most 0.75",
            to_best("command", "pause-init", INITS[1:]),
            lambda v: v <= 0.75,
        )
        self.same_goals("pause-init", goal)
        goal(
            "memory of pause-init and its command, to the smallest init's",
            "at most 0.75",
            to_best(f"memory_{crowd}", "pause-init", INITS[1:]) if crowd else None,
            lambda v: v <= 0.75,
        )
        return found

    def same_goals(self, program, goal):
        """Those that pause and pause-init have alike."""
        lost = [sample for start in self.spans() if start >= 50 for sample in self.samples(program, f"lost_{start}")]
        goal(
            f"SIGTERMs that {program} loses, of {len(lost):,} sent 50 µs after exec or later",
            "0",
            sum(lost) if lost else None,
            lambda v: v == 0,
        )
        for figure, what in [
            ("wakeups", "wake-ups of {} while orphans are reaped"),
            ("reaping_ticks", "ticks of CPU of {} while orphans are reaped"),
            ("idle_wakeups", "wake-ups of {} in a minute of nothing"),
            ("idle_cpu", "µs of CPU of {} in a minute of nothing"),
        ]:
            names = [name for name in self.content["samples"] if name.startswith(figure)]
            seen = [sample for name in names for sample in self.samples(program, name)]
            goal(what.format(program), "0", max(seen, default=None), lambda v: v == 0)

    def label(self, program):
        return self.programs[program]["label"]


def goal_lines(results):
    """Each goal, as text."""
    for what, bound, value, met in results.goals():
        said = "not measured" if value is None else f"{value:.4g}, {'met' if met else 'MISSED'}"
        yield f"{what}: {said} ({bound})"
