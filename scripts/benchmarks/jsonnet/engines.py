"""The engines, and one run of one of them."""

from __future__ import annotations

import dataclasses
import os
import pathlib
import subprocess

from workloads import Workload

STACK = "100000"  # calls: none of the programs is to fail for want of them


@dataclasses.dataclass(frozen=True)
class Engine:
    name: str
    command: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class Run:
    cpu_ms: float
    wall_ms: float
    peak_mib: float
    status: int

    @property
    def ok(self) -> bool:
        return self.status == 0


def engines(programs: dict[str, str]) -> list[Engine]:
    """From name to program; the names are kfctl, jrsonnet, go and c++."""
    words = {"kfctl": ("jsonnet", "--max-stack", STACK), "jrsonnet": ("--max-stack", STACK),
             "go": ("--max-stack", STACK), "c++": ("--max-stack", STACK)}
    return [Engine(name, (program, *words[name])) for name, program in programs.items()]


def run(spent: str, engine: Engine, folder: pathlib.Path, workload: Workload, output: pathlib.Path,
        limit_s: int) -> Run:
    """One run of a workload whose files lie in `folder`. kfctl keeps its cache there."""
    program = folder / workload.program
    flags = list(workload.flags)
    if engine.name == "kfctl" and not workload.cached:
        flags.append("--no-cache")
    done = subprocess.run([spent, str(limit_s), str(output), *engine.command, *flags, program.name],
                          cwd=program.parent, env={**os.environ, "XDG_CACHE_HOME": str(folder / "cache")},
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    cpu, peak, wall, status = (int(word) for word in done.stdout.split())
    return Run(cpu / 1e3, wall / 1e3, peak / 1024, status)
