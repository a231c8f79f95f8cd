"""What is measured: one table. A workload is a program in a folder of its own files."""

from __future__ import annotations

import dataclasses
import pathlib
import shutil

import library

PROGRAMS = pathlib.Path(__file__).parent / "programs"
COMPONENTS = 59


@dataclasses.dataclass(frozen=True)
class Workload:
    name: str
    program: str  # below the folder that write() filled
    goal: float = 0.5  # CPU time as a part of jrsonnet's
    goal_ms: float | None = None  # or in milliseconds
    flags: tuple[str, ...] = ()
    cached: bool = False  # kfctl finds the libraries that an earlier run has parsed


WORKLOADS = [
    Workload("empty program", "empty.jsonnet", goal=1.0, goal_ms=2.0),
    Workload("library of 3.4 MB, one Deployment and Service", "library/one.jsonnet", goal=0.2),
    Workload(f"{COMPONENTS} components over that library", "library/all.jsonnet", goal=0.2),
    Workload("the Deployment and Service, library cached", "library/one.jsonnet", goal=0.05, cached=True),
    Workload(f"the {COMPONENTS} components, library cached", "library/all.jsonnet", goal=0.05, cached=True),
    Workload("platform, 5 MB of objects", "platform/main.jsonnet"),
    Workload("literal object of 1 MB", "big_object.jsonnet"),
    Workload("realistic 1: machines and scripts", "realistic_1.jsonnet",
             flags=("--ext-str", "environment=production")),
    Workload("realistic 2: pairs of names", "realistic_2.jsonnet"),
    Workload("tail calls", "tail_calls.jsonnet"),
    Workload("recursive calls", "recursive_calls.jsonnet"),
    Workload("inheritance recursion", "inheritance_recursion.jsonnet"),
    Workload("inheritance chain", "inheritance_chain.jsonnet"),
    Workload("lazy array", "lazy_array.jsonnet"),
    Workload("foldl string building", "foldl_strings.jsonnet"),
    Workload("large string template", "large_string_template.jsonnet"),
    Workload("large string join", "large_string_join.jsonnet"),
    Workload("sorts", "sorts.jsonnet"),
    Workload("comparison of arrays", "compare_arrays.jsonnet"),
    Workload("comparison of primitives", "compare_primitives.jsonnet"),
    Workload("reverse", "reverse.jsonnet"),
    Workload("member", "member.jsonnet"),
    Workload("base64 of strings", "base64_string.jsonnet"),
    Workload("base64 of bytes", "base64_bytes.jsonnet"),
    Workload("base64Decode", "base64_decode.jsonnet"),
    Workload("base64DecodeBytes", "base64_decode_bytes.jsonnet"),
    Workload("strip characters", "strip_characters.jsonnet"),
    Workload("substr", "substr.jsonnet"),
    Workload("parseInt", "parse_int.jsonnet"),
    Workload("escapeStringJson", "escape_string_json.jsonnet"),
    Workload("manifestJsonEx", "manifest_json_ex.jsonnet"),
    Workload("manifestYamlDoc", "manifest_yaml_doc.jsonnet"),
    Workload("manifestTomlEx", "manifest_toml_ex.jsonnet"),
]


def big_object() -> str:
    lines = [f"  field_{i:05}: {{ number: {i}, text: 'value of field {i}', list: [{i}, {i + 1}], flag: true }},\n"
             for i in range(12500)]
    return "{\n" + "".join(lines) + "}\n"


def write(folder: pathlib.Path) -> None:
    """Fills `folder` with every file that a workload needs."""
    shutil.copytree(PROGRAMS, folder, dirs_exist_ok=True)
    (folder / "big_object.jsonnet").write_text(big_object())
    over = folder / "library"
    over.mkdir(exist_ok=True)
    files = {
        "k8s.libsonnet": library.library(),
        "package.libsonnet": library.package(),
        "params.libsonnet": library.params(COMPONENTS),
        "one.jsonnet": library.one_component(),
        "all.jsonnet": library.application(COMPONENTS),
    }
    for index in range(COMPONENTS):
        files[f"part{index:02}.jsonnet"] = library.component(index)
    for name, text in files.items():
        (over / name).write_text(text)
