"""How many cores may be used: by affinity, and by the quotas of control groups, however they are mounted."""

import os
from pathlib import Path

import pytest

from semblante import cores
from semblante.cores import usable_cores
from semblante.model.bundle import load_pretrained
from semblante.onnx_runtime import open_session, session_options

HALF = {"cpu.cfs_quota_us": "50000\n", "cpu.cfs_period_us": "100000\n"}


def within(folder: str, files: dict[str, str]) -> dict[str, str]:
    return {f"{folder}/{name}": content for name, content in files.items()}


@pytest.mark.parametrize(
    ("groups", "files", "count", "reason"),
    [
        ("", {}, 8, "no quota is set"),
        ("0::/\n", {"cpu.max": "max 100000\n"}, 8, "version 2, without a quota"),
        ("0::/\n", {"cpu.max": "250000 100000\n"}, 3, "version 2, two cores and a half"),
        ("0::/\n", {"cpu.max": "1600000 100000\n"}, 8, "more than there are"),
        ("", {"cpu.max": "250000 100000\n"}, 3, "nobody says which group it is"),
        ("0::/a/b\n", {"a/b/cpu.max": "200000 100000\n"}, 2, "version 2, in a group of its own"),
        (
            "0::/a/b\n",
            {"a/cpu.max": "300000 100000", "a/b/cpu.max": "max 100000"},
            3,
            "version 2, by the group around its own",
        ),
        ("0::/a/b\n", {"cpu.max": "200000 100000"}, 2, "version 2, mounted in a container as the root"),
        ("0::/\n", {"unified/cpu.max": "100000 100000\n"}, 1, "version 2 beside version 1"),
        (
            "4:cpu:/\n",
            {"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"},
            8,
            "version 1, without a quota",
        ),
        ("4:cpu:/\n", within("cpu", HALF), 1, "version 1, half a core"),
        ("4:cpu,cpuacct:/\n", within("cpu,cpuacct", HALF), 1, "version 1, with another kind"),
        ("4:cpuacct,cpu:/a:b\n", within("cpuacct,cpu/a:b", HALF), 1, "version 1, in a group of its own"),
        ("4:cpu:/docker/1234\n", within("cpu", HALF), 1, "version 1, mounted in a container as the root"),
        ("4:cpuset:/a\n", within("cpuset/a", HALF), 8, "another kind"),
        ("nonsense\n", {"cpu.max": "nonsense\n"}, 8, "of no form that is known"),
    ],
)
def test_the_quota_of_a_container_counts(
    groups: str,
    files: dict[str, str],
    count: int,
    reason: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, content in files.items():
        (tmp_path / "cgroup" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "cgroup" / name).write_text(content)
    (tmp_path / "groups").write_text(groups)
    monkeypatch.setattr(cores, "CGROUP", tmp_path / "cgroup")
    monkeypatch.setattr(cores, "GROUPS", tmp_path / "groups")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: set(range(8)), raising=False)
    assert usable_cores() == count, reason


def test_no_session_leaves_the_number_of_threads_to_onnx_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would bind each thread to a core, which containers refuse."""
    monkeypatch.setattr("semblante.onnx_runtime.usable_cores", lambda: 3)
    assert (session_options().intra_op_num_threads, session_options(1).intra_op_num_threads) == (3, 1)
    path = load_pretrained().network_path
    for network in (path, path.read_bytes()):
        assert open_session(network).get_session_options().intra_op_num_threads == 3


def test_sessions_are_opened_in_one_place() -> None:
    source = Path(cores.__file__).parent
    opening = [path for path in source.rglob("*.py") if "InferenceSession(" in path.read_text()]
    assert [path.name for path in opening] == ["onnx_runtime.py"]
