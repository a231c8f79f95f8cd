"""A prototype as ksonnet sees it: its header read, its component written, its objects rendered with the jsonnet command."""

import json
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGES = ROOT / "registry" / "packages"
TYPES = {"number", "string", "numberOrString", "object", "array"}
DIRECTIVES = {"apiVersion", "name", "description", "shortDescription", "param", "optionalParam"}


class Prototype:
    """One prototypes/*.jsonnet. `required` and `optional` map a parameter to its type and its (type, default)."""

    def __init__(self, path):
        self.path = path
        self.package = path.relative_to(PACKAGES).parts[0]
        self.header, self.required, self.optional = {}, {}, {}
        lines = path.read_text().splitlines()
        last = None
        while lines and lines[0].startswith("//"):
            text = lines.pop(0)[2:].strip()
            if text.startswith("@"):
                last = self._directive(text)
            elif text and last:
                self.header[last] = self.header.get(last, "") + "\n" + text
            else:
                last = None
        self.body = "\n".join(lines).strip() + "\n"
        self.name = self.header["name"]

    def _directive(self, text):
        word, _, rest = text[1:].partition(" ")
        assert word in DIRECTIVES, f"{self.path}: unknown directive @{word}"
        if word == "param":
            name, kind, _ = rest.split(" ", 2)
            self.required[name] = kind
        elif word == "optionalParam":
            name, kind, default, _ = rest.split(" ", 3)
            self.optional[name] = (kind, default)
        else:
            self.header[word] = rest
            return word
        assert kind in TYPES, f"{self.path}: {name} has unknown type {kind}"
        return None

    def params_source(self, overrides):
        """The object kfctl writes into params.libsonnet: strings quoted without escaping, other types raw."""
        unknown = set(overrides) - set(self.required) - set(self.optional)
        assert not unknown, f"{self.path}: no such parameter: {unknown}"
        values = {k: (kind, overrides.get(k, default)) for k, (kind, default) in self.optional.items()}
        for name, kind in self.required.items():
            assert overrides.get(name), f"{self.path}: required parameter {name} is not given"
            values[name] = (kind, overrides[name])
        return "{" + ", ".join(f"'{k}': {literal(kind, v)}" for k, (kind, v) in sorted(values.items())) + "}"

    def render(self, overrides, namespace="kubeflow"):
        """The objects, Lists flattened. Raises JsonnetError with what jsonnet said."""
        component = overrides["name"]
        source = (
            'local env = std.extVar("__ksonnet/environments");\n'
            f'local params = std.extVar("__ksonnet/params").components["{component}"];\n\n' + self.body
        )
        params = "{components: {'%s': %s}}" % (component, self.params_source(overrides))
        environments = json.dumps({"server": "https://127.0.0.1:6443", "namespace": namespace})
        with tempfile.TemporaryDirectory() as folder:
            vendor = pathlib.Path(folder)
            (vendor / "kubeflow").symlink_to(PACKAGES)
            (vendor / "component.jsonnet").write_text(source)
            run = subprocess.run(
                ["jsonnet", "-J", str(ROOT / "templates" / "lib"), "-J", folder,
                 "--ext-code", "__ksonnet/params=" + params, "--ext-code", "__ksonnet/environments=" + environments,
                 str(vendor / "component.jsonnet")],
                capture_output=True, text=True)
        if run.returncode != 0:
            raise JsonnetError(run.stderr)
        return flatten(json.loads(run.stdout))


class JsonnetError(Exception):
    pass


def literal(kind, value):
    if kind == "string":
        return '"%s"' % value
    if kind == "numberOrString":
        try:
            float(value)
        except ValueError:
            return '"%s"' % value
    return value


def flatten(result):
    items = result if isinstance(result, list) else result["items"] if result.get("kind") == "List" else [result]
    return [o for item in items for o in (flatten(item) if item.get("kind") == "List" else [item])]


def all_prototypes():
    return [Prototype(p) for p in sorted(PACKAGES.glob("*/prototypes/**/*.jsonnet"))]
