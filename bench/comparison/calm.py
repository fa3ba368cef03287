"""Whether the machine was left alone while something was measured."""

import hashlib
import os
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

# A hash of so many bytes takes some tens of milliseconds.
SPIN_BYTES = 1 << 25

# How much slower than ever a spin may be, and what part of all cores others may take.
SLOWEST_SPIN = 1.10
LARGEST_SHARE = 0.04


class Calm:
    """Watches the machine: spins before a run, and counts what others used during it."""

    def __init__(self):
        self.data = bytes(SPIN_BYTES)
        self.cores = cores()
        self.best = None

    def watch(self, run):
        """Runs something that returns (result, its CPU seconds): the result, and complaints."""
        complaints = self.before()
        busy, stolen = cpu_seconds()
        start = time.perf_counter()
        result, own = run()
        wall = (time.perf_counter() - start) * self.cores
        busy_now, stolen_now = cpu_seconds()
        if busy is not None:
            others = (busy_now - busy - own) / wall
            if others > LARGEST_SHARE:
                complaints.append(f"other processes took {others:.0%} of the machine")
            stolen = (stolen_now - stolen) / wall
            if stolen > LARGEST_SHARE:
                complaints.append(f"other machines on this host took {stolen:.0%}")
        return result, complaints

    def before(self):
        seconds = statistics.median(self.spin() for _ in range(3))
        self.best = min(seconds, self.best or seconds)
        slower = seconds / self.best
        return [f"a spin took {slower:.2f} times the shortest"] if slower > SLOWEST_SPIN else []

    def spin(self):
        """Seconds that a fixed piece of work takes on all cores at once."""
        # Hashes of large buffers leave Python's lock to others, so threads do.
        with ThreadPoolExecutor(self.cores) as pool:
            start = time.perf_counter()
            for done in [pool.submit(hashlib.sha256, self.data) for _ in range(self.cores)]:
                done.result()
            return time.perf_counter() - start


def cores():
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cpu_seconds():
    """CPU seconds of all processes since boot, and those taken by other virtual machines."""
    try:
        with open("/proc/stat") as stat:
            user, nice, system, _, _, irq, softirq, steal = map(int, stat.readline().split()[1:9])
    except (OSError, ValueError):
        return None, None
    ticks = os.sysconf("SC_CLK_TCK")
    return (user + nice + system + irq + softirq) / ticks, steal / ticks
