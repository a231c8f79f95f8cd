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
        return render_all({"component": (self, overrides)}, namespace)["component"]


def render_all(components, namespace="kubeflow"):
    """{key: (prototype, parameters)} to {key: objects}: one app with many components, evaluated in one go."""
    params = ", ".join(f'"{k}": {p.params_source(o)}' for k, (p, o) in components.items())
    environments = json.dumps({"server": "https://127.0.0.1:6443", "namespace": namespace})
    with tempfile.TemporaryDirectory() as folder:
        vendor = pathlib.Path(folder)
        (vendor / "kubeflow").symlink_to(PACKAGES)
        # One file, as ksonnet joins them: jsonnet 0.18 takes 30 ms for every file it opens.
        (vendor / "main.jsonnet").write_text("{\n%s}\n" % "".join(
            f'"{key}": (\n'
            'local env = std.extVar("__ksonnet/environments");\n'
            f'local params = std.extVar("__ksonnet/params").components["{key}"];\n\n{prototype.body}),\n'
            for key, (prototype, _) in components.items()))
        (vendor / "params.jsonnet").write_text("{components: {%s}}" % params)
        run = subprocess.run(
            ["jsonnet", "-J", str(ROOT / "templates" / "lib"), "-J", folder,
             "--ext-code-file", f"__ksonnet/params={folder}/params.jsonnet",
             "--ext-code", "__ksonnet/environments=" + environments,
             str(vendor / "main.jsonnet")],
            capture_output=True, text=True)
    if run.returncode != 0:
        raise JsonnetError(run.stderr)
    return {key: flatten(objects) for key, objects in json.loads(run.stdout).items()}


class JsonnetError(Exception):
    pass


class Raw(str):
    """A parameter's value as jsonnet source, whatever its declared type: what `kfctl param set` may leave in the file."""


def literal(kind, value):
    if isinstance(value, Raw):
        return value
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
