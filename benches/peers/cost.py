"""What a command costs: CPU seconds of its whole process tree, wall time, peak memory."""

import ctypes
import os
import pathlib
import resource
import subprocess
import threading
import time
from dataclasses import dataclass

PR_SET_CHILD_SUBREAPER = 36
# Peaks of a page last tenths of a second; a sample costs about a millisecond of the harness's own CPU.
SAMPLE_SECONDS = 0.05


@dataclass(frozen=True)
class Cost:
    """One run of one command."""

    cpu: float
    "User and system seconds of the command and all its descendants."
    wall: float
    "Seconds from start to exit."
    peak: int
    "Largest sum of PSS over the process tree, bytes."


class Failed(Exception):
    """The command did not exit with 0."""


def adopt_orphans():
    """Makes grandchildren whose parent died ours, so that their CPU is counted when they are reaped."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def run(command, env, log):
    """Runs `command` and returns its cost; its output goes to the file `log`."""
    before, start = children_cpu(), time.monotonic()
    with open(log, "wb") as output:
        process = subprocess.Popen(
            command, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
    watch = Watch(process.pid)
    watch.start()
    status = process.wait()
    wall = time.monotonic() - start
    watch.stop()
    reap_orphans()
    if status != 0:
        tail = pathlib.Path(log).read_text(errors="replace")[-2000:]
        raise Failed(f"exit {status}: {' '.join(map(str, command))}\n{tail}")
    return Cost(children_cpu() - before, wall, watch.peak)


def children_cpu():
    """User and system seconds of all descendants that were waited for."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def reap_orphans():
    """Waits for whatever the command left behind."""
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


class Watch(threading.Thread):
    """Samples the memory of a process and its descendants until told to stop."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.peak, self.done = pid, 0, threading.Event()

    def run(self):
        while not self.done.is_set():
            self.peak = max(self.peak, sum(map(pss, tree(self.pid))))
            self.done.wait(SAMPLE_SECONDS)

    def stop(self):
        self.done.set()
        self.join()


def tree(pid):
    """The process and its descendants, as far as they still live."""
    found, todo = [], [pid]
    while todo:
        found.append(parent := todo.pop())
        for task in pathlib.Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                todo.extend(map(int, task.read_text().split()))
            except OSError:
                continue
    return found


def pss(pid):
    """Memory of one process, shared pages divided among their users, bytes."""
    try:
        rollup = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    for line in rollup.splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
