"""Measures `kfctl show` of apps. scripts/bench show builds and finds the programs.

The rows take turns, so that a disturbance of the machine meets all of them. Wall time is what a
person waits for, CPU time what other load on the machine spoils least. Ends with 1 if an output
depends on the cache or on the number of processors.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

import library

COMPONENTS = 59
PROCESSORS = sorted(os.sched_getaffinity(0))


@dataclasses.dataclass
class Row:
    name: str
    app: str
    flags: tuple[str, ...]
    processors: list[int]
    goal_ms: float | None = None
    wall: list[float] = dataclasses.field(default_factory=list)
    cpu: list[float] = dataclasses.field(default_factory=list)
    peak: list[float] = dataclasses.field(default_factory=list)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench show")
    parser.add_argument("--spent", required=True)
    parser.add_argument("--kfctl", required=True)
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--title", default="")
    return parser.parse_args()


def component(name: str) -> str:
    return (f"local params = std.extVar('__ksonnet/params').components['{name}'];\n"
            "(import 'package.libsonnet').parts(params).list\n")


def make_app(kfctl: str, root: pathlib.Path, components: int) -> None:
    """An app of components over the library of scripts/bench jsonnet, as a user would write it."""
    subprocess.run([kfctl, "init", root.name], cwd=root.parent, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    (root / "lib").mkdir(exist_ok=True)
    (root / "lib/k8s.libsonnet").write_text(library.library())
    (root / "lib/package.libsonnet").write_text(library.package())
    for index in range(components):
        name = f"part{index:02}"
        (root / f"components/{name}.jsonnet").write_text(component(name))
    (root / "components/params.libsonnet").write_text(library.params(components))


def make_small_app(kfctl: str, root: pathlib.Path) -> None:
    subprocess.run([kfctl, "init", root.name], cwd=root.parent, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)
    subprocess.run([kfctl, "generate", "webapp", "web", "--image", "nginx"], cwd=root, check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def rows() -> list[Row]:
    app = f"{COMPONENTS} components over 3.4 MB"
    several, one = f"{len(PROCESSORS)} processors", "1 processor"
    return [
        Row(f"{app}, {several}", "app", ("--no-cache",), PROCESSORS, 50),
        Row(f"{app}, {one}", "app", ("--no-cache",), PROCESSORS[:1]),
        Row(f"{app}, cached, {several}", "app", (), PROCESSORS, 20),
        Row(f"{app}, cached, {one}", "app", (), PROCESSORS[:1]),
        Row(f"1 component, {several}", "small", (), PROCESSORS),
        Row(f"1 component, {one}", "small", (), PROCESSORS[:1]),
    ]


def measure(args: argparse.Namespace, folder: pathlib.Path, row: Row) -> bytes:
    output = folder / "out"
    os.sched_setaffinity(0, row.processors)
    done = subprocess.run([args.spent, "60", str(output), args.kfctl, "show", "default", *row.flags],
                          cwd=folder / row.app, stdout=subprocess.PIPE, check=True)
    cpu, peak, wall, status = (int(word) for word in done.stdout.split())
    if status != 0:
        sys.exit(f"kfctl show ended with {status}")
    row.wall.append(wall / 1e3)
    row.cpu.append(cpu / 1e3)
    row.peak.append(peak / 1024)
    return output.read_bytes()


def main() -> int:
    args = arguments()
    found = rows()
    outputs: dict[str, set[bytes]] = {row.app: set() for row in found}
    with tempfile.TemporaryDirectory(prefix="kfctl-bench-") as name:
        folder = pathlib.Path(name)
        os.environ["XDG_CACHE_HOME"] = str(folder)
        make_app(args.kfctl, folder / "app", COMPONENTS)
        make_small_app(args.kfctl, folder / "small")
        measure(args, folder, dataclasses.replace(found[2], wall=[], cpu=[], peak=[]))  # fills the cache
        for _ in range(args.runs):
            for row in found:
                outputs[row.app].add(measure(args, folder, row))
    print(args.title + f"; {args.runs} runs each\n")
    print("| app | wall, ms (least) | median | CPU, ms (least) | peak, MiB | goal, wall |\n|---|---|---|---|---|---|")
    for row in found:
        goal = "" if row.goal_ms is None else f"{row.goal_ms:g} ms: " + ("met" if min(row.wall) <= row.goal_ms else "MISSED")
        print(f"| {row.name} | {min(row.wall):.1f} | {statistics.median(row.wall):.1f} | {min(row.cpu):.1f} "
              f"| {max(row.peak):.1f} | {goal} |")
    return 0 if all(len(texts) == 1 for texts in outputs.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
