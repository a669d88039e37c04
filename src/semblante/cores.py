"""The cores that this process may use: by affinity, and by the quota of the container that it is in."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

CGROUP: Final = Path("/sys/fs/cgroup")
GROUPS: Final = Path("/proc/self/cgroup")
"""Names the control groups that this process is in: a line for each kind, `number:kinds:path`."""


def usable_cores() -> int:
    """How many cores this process may use: those it may run on, and no more than its container's quota.

    A quota holds for a control group and all groups in it; parts of a core are rounded up.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min([cores, *_quotas()]))


def _quotas() -> Iterator[int]:
    """The cores that Linux gives to the control groups of this process, where there are quotas."""
    for folder in dict.fromkeys(_folders()):
        for names in (("cpu.max",), ("cpu.cfs_quota_us", "cpu.cfs_period_us")):  # Version 2, version 1.
            try:
                quota_us, period_us = map(
                    int, " ".join((folder / name).read_text() for name in names).split()
                )
            except (OSError, ValueError):  # "max" in version 2.
                continue
            if quota_us > 0 and period_us > 0:  # -1 in version 1.
                yield -(-quota_us // period_us)


def _folders() -> Iterator[Path]:
    """Where the files of this process's groups, and of those around them, may be.

    In a container its own group is often mounted as the root, though it is called by its path outside.
    """
    try:
        lines = GROUPS.read_text().splitlines()
    except OSError:
        lines = []
    groups = {"": "/", "cpu": "/"}
    for kinds, path in (line.split(":", 2)[1:] for line in lines if line.count(":") >= 2):
        if not kinds or "cpu" in kinds.split(","):
            groups[kinds] = path
    for kinds, path in groups.items():
        inside = Path(path.strip("/"))
        for mount in (CGROUP / kinds, CGROUP / "unified") if not kinds else (CGROUP / kinds,):
            yield from (mount / each for each in (inside, *inside.parents))
