"""What a process cost, as the kernel counts it, and how figures are summed up."""

import os
import re
import statistics
import time
from collections.abc import Sequence
from pathlib import Path

SCHED = 2


def cpu_seconds(pid: int) -> float:
    """Return the CPU that a process has used, all its threads together."""
    # The kernel's MAKE_PROCESS_CPUCLOCK: finer than the hundredths of a second in /proc.
    return time.clock_gettime((~pid << 3) | SCHED)


def resident_bytes(pid: int) -> int:
    """Return the memory that a process holds."""
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) * 1024 if found else 0


def forget_pages(folder: Path) -> None:
    """Let the kernel drop what it keeps in memory of these files."""
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb") as opened:
                os.fsync(opened.fileno())
                os.posix_fadvise(opened.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def median(figures: Sequence[float]) -> float:
    """Return the middle one."""
    return statistics.median(figures)


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """Return the median of the ratios of the rounds: what is noise hits both of a round."""
    pairs = [our / their for our, their in zip(ours, theirs, strict=True) if their]
    return statistics.median(pairs) if pairs else float("nan")


def most_in_a_second(moments: list[float]) -> int:
    """Count the calls of the second that had most of them."""
    first, most = 0, 0
    for last, moment in enumerate(moments):
        while moments[first] <= moment - 1.0:
            first += 1
        most = max(most, last - first + 1)
    return most
