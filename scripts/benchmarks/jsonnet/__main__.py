"""Measures jsonnet engines against each other. scripts/bench jsonnet builds and finds them.

The engines take turns, so that a disturbance of the machine meets all of them; what is printed is the
least CPU time of the runs, the one that others on the machine disturbed least. Peers that are too
slow are run once, and not at all beyond a limit. Ends with 1 if an output differs.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import sys
import tempfile

from engines import Engine, Run, engines, run
from workloads import WORKLOADS, Workload, write

PLAIN = {"kfctl", "jrsonnet"}  # what the ratio is made of; the others are run once


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench jsonnet")
    parser.add_argument("--spent", required=True)
    parser.add_argument("--engine", action="append", default=[], metavar="NAME=PROGRAM")
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--only", default="")
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--title", default="")
    parser.add_argument("-o", dest="format", choices=["table", "json"], default="table")
    return parser.parse_args()


def measure(args: argparse.Namespace, found: list[Engine], workload: Workload, folder: pathlib.Path) -> dict:
    runs: dict[str, list[Run]] = {engine.name: [] for engine in found}
    outputs = {engine.name: folder / f"{engine.name}.out" for engine in found}
    for turn in range(args.runs):
        for engine in found:
            if turn > 0 and (engine.name not in PLAIN or not runs[engine.name][0].ok):
                continue
            if turn == 0 and workload.cached and engine.name == "kfctl":
                run(args.spent, engine, folder, workload, outputs[engine.name], args.limit)
            runs[engine.name].append(run(args.spent, engine, folder, workload, outputs[engine.name], args.limit))
    row: dict = {"workload": workload.name, "goal": workload.goal, "goal_ms": workload.goal_ms, "engines": {}}
    for name, turns in runs.items():
        row["engines"][name] = {
            "ok": turns[0].ok,
            "cpu_ms": round(min(turn.cpu_ms for turn in turns), 3),
            "peak_mib": round(min(turn.peak_mib for turn in turns), 1),
        } if turns[0].ok else {"ok": False, "status": turns[0].status}
    row["agrees"] = agreement(row, outputs)
    judge(row)
    return row


def agreement(row: dict, outputs: dict[str, pathlib.Path]) -> dict[str, bool]:
    """Whether each peer printed what kfctl did: byte for byte, and jrsonnet by value, as it writes
    numbers in another way. Where it differs from the others too it is not asked."""
    agrees = {}
    if not row["engines"]["kfctl"]["ok"]:
        return agrees
    ours = outputs["kfctl"].read_bytes()
    for name, result in row["engines"].items():
        if name != "kfctl" and result["ok"]:
            theirs = outputs[name].read_bytes()
            agrees[name] = ours == theirs or (name == "jrsonnet" and json.loads(ours) == json.loads(theirs))
    if agrees.get("jrsonnet") is False and any(agrees.values()):
        del agrees["jrsonnet"]
    return agrees


def judge(row: dict) -> None:
    ours, bar = row["engines"]["kfctl"], row["engines"].get("jrsonnet", {"ok": False})
    row["misses"] = []
    if not ours["ok"]:
        row["misses"].append("fails")
        return
    if row["goal_ms"] is not None and ours["cpu_ms"] > row["goal_ms"]:
        row["misses"].append(f"over {row['goal_ms']:g} ms")
    if not bar["ok"]:
        return
    row["ratio"] = round(ours["cpu_ms"] / bar["cpu_ms"], 3)
    row["memory_ratio"] = round(ours["peak_mib"] / bar["peak_mib"], 3)
    if row["ratio"] > row["goal"]:
        row["misses"].append("time")
    if row["memory_ratio"] > 1:
        row["misses"].append("memory")


def figure(result: dict | None, key: str) -> str:
    if result is None:
        return ""
    if not result["ok"]:
        return "over the limit" if result["status"] >= 128 else "fails"
    return f"{result[key]:.1f}"


def cells(row: dict) -> list[str]:
    found = row["engines"]
    goal = f"{row['goal_ms']:g} ms" if row["goal_ms"] else f"{row['goal']:g}"
    verdict = ", ".join(row["misses"]) or "met"
    differing = [name for name, same in row["agrees"].items() if not same]
    if differing:
        verdict += "; DIFFERS from " + ", ".join(differing)
    return [row["workload"], figure(found["kfctl"], "cpu_ms"), figure(found.get("jrsonnet"), "cpu_ms"),
            f"{row['ratio']:.2f}" if "ratio" in row else "", goal,
            figure(found["kfctl"], "peak_mib"), figure(found.get("jrsonnet"), "peak_mib"),
            figure(found.get("go"), "cpu_ms"), figure(found.get("c++"), "cpu_ms"), verdict]


def line(words: list[str]) -> None:
    print("| " + " | ".join(words) + " |", flush=True)


def main() -> int:
    args = arguments()
    found = engines(dict(word.split("=", 1) for word in args.engine))
    rows = []
    with tempfile.TemporaryDirectory(prefix="kfctl-bench-") as name:
        folder = pathlib.Path(name)
        write(folder)
        if args.format == "table":
            print(args.title + "\n")
            line(["workload", "kfctl, ms", "jrsonnet, ms", "ratio", "goal", "kfctl, MiB", "jrsonnet, MiB",
                  "go-jsonnet, ms", "C++, ms", "goals"])
            line(["---"] * 10)
        for workload in WORKLOADS:
            if args.only not in workload.name:
                continue
            rows.append(measure(args, found, workload, folder))
            if args.format == "table":
                line(cells(rows[-1]))
    if args.format == "json":
        json.dump({"title": args.title, "rows": rows}, sys.stdout, indent=2)
        print()
    return 0 if all(all(row["agrees"].values()) for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
