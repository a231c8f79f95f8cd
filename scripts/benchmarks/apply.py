"""Measures how long tools take to bring the same objects onto the same cluster, and what they ask of it.

Called by `scripts/bench apply`, which has the cluster and its proxy up. For each number of objects and
each network delay (added by the proxy to every request), each tool makes the objects, applies them
again, applies them with one field changed, compares them with one field changed, and deletes them and
waits. Wall time, requests (of them: writes) as the proxy counted them, the process's CPU time and
peak memory.

The objects are a quarter each ConfigMaps, Services, ServiceAccounts and Deployments without replicas,
so that controllers and pods do not add to what is measured. Each tool has a home of its own, empty at
its first step. A figure is the fastest of the runs: other load only adds.

"floor" is no tool: test/cluster/floor sends the bare requests (a PATCH for each object, in a diff
as a dry run, or a DELETE), 32 at a time over one HTTP/2 connection, and waits for nothing else.
"""
import argparse
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request

# What is measured: its title, what the tool does, and with which of the two sets of objects.
STEPS = [("first apply", "install", "old"), ("no-change apply", "apply", "old"),
         ("one-field change", "apply", "new"), ("diff of one field", "diff", "old"),
         ("delete", "delete", "old")]


def objects(count, namespace, image):
    """`count` objects; `image` is that of one Deployment, the field that changes."""
    items = []
    for i in range(count):
        name, kind = f"app-{i // 4}", i % 4
        metadata = {"name": name, "namespace": namespace, "labels": {"app": name}}
        if kind == 0:
            items.append({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata,
                          "data": {"config.yaml": f"name: {name}\nworkers: 4\nlevel: info\n" * 4}})
        elif kind == 1:
            items.append({"apiVersion": "v1", "kind": "ServiceAccount", "metadata": metadata})
        elif kind == 2:
            items.append({"apiVersion": "v1", "kind": "Service", "metadata": metadata,
                          "spec": {"selector": {"app": name},
                                   "ports": [{"name": "http", "port": 80, "targetPort": 8080}]}})
        else:
            container = {"name": "main", "image": image if i == 3 else "example.org/app:1",
                         "ports": [{"containerPort": 8080}],
                         "env": [{"name": "A", "value": "b"}],
                         "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}}}
            items.append({"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata,
                          "spec": {"replicas": 0, "selector": {"matchLabels": {"app": name}},
                                   "template": {"metadata": {"labels": {"app": name}},
                                                "spec": {"containers": [container],
                                                         "serviceAccountName": name}}}})
    return items


TOOLS = ["kfctl", "kubectl", "floor", "helm"]


class Tool:
    """A tool with its own home, namespace and copy of the objects, `old` and `new`."""

    def __init__(self, name, program, work, env):
        self.name, self.program, self.work = name, program, work / name
        self.namespace = "bench-" + name
        home = self.work / "home"
        home.mkdir(parents=True)
        self.env = dict(env, HOME=str(home))

    # Other than 0, by verb. A diff that finds a difference exits 1.
    exit_codes = {"diff": 1}

    def prepare(self, count):
        for word, image in (("old", "example.org/app:1"), ("new", "example.org/app:2")):
            (self.work / word).mkdir()
            self.write(self.work / word, objects(count, self.namespace, image))


class Kfctl(Tool):
    def write(self, folder, items):
        subprocess.run([self.program, "init", "bench", "--context", "kfctl-test",
                        "--namespace", self.namespace], cwd=folder, env=self.env, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        document = {"apiVersion": "v1", "kind": "List", "items": items}
        (folder / "bench" / "components" / "all.jsonnet").write_text(json.dumps(document))

    def command(self, verb, word):
        words = {"install": ["apply"], "delete": ["delete", "--yes"]}.get(verb, [verb])
        return [self.program, *words, "--dir", str(self.work / word / "bench")]


class Kubectl(Tool):
    def write(self, folder, items):
        document = {"apiVersion": "v1", "kind": "List", "items": items}
        (folder / "all.json").write_text(json.dumps(document))

    def command(self, verb, word):
        words = {"diff": ["diff", "--server-side"],
                 "delete": ["delete"]}.get(verb, ["apply", "--server-side"])
        return [self.program, *words, "-f", str(self.work / word / "all.json")]


class Helm(Tool):
    def write(self, folder, items):
        (folder / "templates").mkdir()
        (folder / "Chart.yaml").write_text("apiVersion: v2\nname: bench\nversion: 1.0.0\n")
        text = "\n---\n".join(json.dumps(item) for item in items)
        (folder / "templates" / "all.yaml").write_text(text)

    def command(self, verb, word):
        if verb == "diff":
            return None
        chart, space = str(self.work / word), ["-n", self.namespace]
        return [self.program, *{"install": ["install", "bench", chart],
                                "delete": ["uninstall", "bench", "--wait"]}.get(
                                    verb, ["upgrade", "bench", chart, "--server-side=true"]), *space]


class Floor(Tool):
    exit_codes = {}
    COLLECTIONS = {"ConfigMap": "api/v1/namespaces/{}/configmaps",
                   "ServiceAccount": "api/v1/namespaces/{}/serviceaccounts",
                   "Service": "api/v1/namespaces/{}/services",
                   "Deployment": "apis/apps/v1/namespaces/{}/deployments"}

    # Deployments last, as kfctl does it: what controllers make of the first ones is in the way of
    # the other requests.
    def write(self, folder, items):
        kinds = list(self.COLLECTIONS)
        items = sorted(items, key=lambda item: kinds.index(item["kind"]))
        self.write_requests(folder, items)

    def path(self, item):
        return f"/{self.COLLECTIONS[item['kind']].format(self.namespace)}/{item['metadata']['name']}"

    def write_requests(self, folder, items):
        for verb, query in (("apply", ""), ("diff", "&dryRun=All")):
            lines = [{"method": "PATCH", "path": self.path(item) + "?fieldManager=floor" + query,
                      "content_type": "application/apply-patch+yaml", "body": item} for item in items]
            (folder / verb).write_text("\n".join(json.dumps(line) for line in lines))
        lines = [{"method": "DELETE", "path": self.path(item)} for item in reversed(items)]
        (folder / "delete").write_text("\n".join(json.dumps(line) for line in lines))

    def command(self, verb, word):
        file = {"install": "apply"}.get(verb, verb)
        return [self.program, "--server", os.environ["KFCTL_TEST_PROXY_SERVER"],
                "--pki", os.environ["KFCTL_TEST_PKI"], str(self.work / word / file)]



class Proxy:
    def __init__(self, url):
        self.url = url

    def ask(self, path, body=None, method="GET"):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, method=method)
        return urllib.request.urlopen(request).read().decode()

    def begin(self, delay_ms):
        self.ask("/reset", method="POST")
        if delay_ms:
            self.ask("/rules", {"latency_ms": delay_ms}, "POST")

    def count(self, methods):
        query = urllib.parse.urlencode({"method": methods, "path": "."})
        return int(self.ask("/count?" + query))


class Measured:
    """What one command took. `over` is set if it took too long; the rest is 0 then."""

    def __init__(self, over=False, requests=0, writes=0, seconds=0.0, cpu_s=0.0, peak_mb=0.0):
        self.over, self.requests, self.writes = over, requests, writes
        self.seconds, self.cpu_s, self.peak_mb = seconds, cpu_s, peak_mb

    def better_than(self, other):
        return other is None or (not self.over and (other.over or self.seconds < other.seconds))


def measure(spent, command, env, expected, limit_s):
    """Runs the command by `spent`, which says what it took."""
    with tempfile.TemporaryDirectory() as folder:
        output, errors = os.path.join(folder, "out"), os.path.join(folder, "err")
        with open(errors, "wb") as to:
            process = subprocess.Popen([spent, str(24 * 3600), output, *command], env=env,
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=to,
                                       start_new_session=True)
            try:
                numbers, _ = process.communicate(timeout=limit_s)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.communicate()
                return Measured(over=True)
        cpu_us, peak_kib, wall_us, code = map(int, numbers.split())
        if code != expected:
            sys.stderr.write(pathlib.Path(errors).read_text(errors="replace")[-2000:])
            sys.exit(f"bench apply: {' '.join(command)}: exit code {code}")
        return Measured(seconds=wall_us / 1e6, cpu_s=cpu_us / 1e6, peak_mb=peak_kib / 1024)


def run_once(tools, kubectl, proxy, spent, count, delay_ms, limit_s, best):
    for tool in tools:
        tool.prepare(count)
        subprocess.run([kubectl, "create", "namespace", tool.namespace], env=tool.env,
                       check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for step, verb, word in STEPS:
            command = tool.command(verb, word)
            if command is None:
                continue
            proxy.begin(delay_ms)
            measured = measure(spent, command, tool.env, tool.exit_codes.get(verb, 0), limit_s)
            measured.requests = proxy.count(".*")
            measured.writes = proxy.count("POST|PUT|PATCH|DELETE")
            if measured.better_than(best.get((tool.name, step))):
                best[tool.name, step] = measured
            note = "over the limit" if measured.over else f"{measured.seconds:.2f} s"
            print(f"{count} objects, {delay_ms} ms, {tool.name}, {step}: {note}", file=sys.stderr)


def cell(result, reference):
    if result is None:
        return "–"
    if result.over:
        return f"over the limit; {result.requests} ({result.writes})"
    ratio = ""
    if reference is not None and not reference.over:
        ratio = f", {result.seconds / reference.seconds:.1f}x"
    return (f"{result.seconds:.2f} s{ratio}; {result.requests} ({result.writes}); "
            f"{result.cpu_s:.2f} s, {result.peak_mb:.0f} MB")


def print_table(tools, count, delay_ms, best):
    print(f"## {count} objects, {delay_ms} ms\n")
    print("| | " + " | ".join(tool.name for tool in tools) + " |")
    print("|---" * (len(tools) + 1) + "|")
    for step, _, _ in STEPS:
        reference = best.get((tools[0].name, step))
        cells = [cell(best.get((tool.name, step)), None if tool is tools[0] else reference)
                 for tool in tools]
        print(f"| {step} | " + " | ".join(cells) + " |")
    print(flush=True)


def numbers(text):
    if not re.fullmatch(r"\d+(,\d+)*", text):
        raise argparse.ArgumentTypeError(f"'{text}' is not a list of numbers")
    return [int(one) for one in text.split(",")]


def names(text):
    chosen = text.split(",")
    if not set(chosen) <= set(TOOLS):
        raise argparse.ArgumentTypeError(f"'{text}' is not a list of {', '.join(TOOLS)}")
    return chosen


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench apply")
    parser.add_argument("--spent", required=True, help="the program of spent.cpp")
    parser.add_argument("--kfctl", required=True, type=os.path.abspath)
    parser.add_argument("--kubectl", required=True)
    parser.add_argument("--floor", required=True)
    parser.add_argument("--helm", help="left out if not given")
    parser.add_argument("--tools", type=names, default=TOOLS)
    parser.add_argument("--objects", type=numbers, default=[139, 2000])
    parser.add_argument("--delays", type=numbers, default=[0, 20])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--limit", type=int, default=600, help="seconds for one command")
    arguments = parser.parse_args()

    env = {key: value for key, value in os.environ.items() if key != "XDG_CACHE_HOME"}
    env["KUBECONFIG"] = os.environ["KFCTL_TEST_PROXY_KUBECONFIG"]
    proxy = Proxy(os.environ["KFCTL_TEST_PROXY_CONTROL"])
    for count in arguments.objects:
        for delay_ms in arguments.delays:
            best = {}
            for _ in range(arguments.runs):
                with tempfile.TemporaryDirectory() as folder:
                    work = pathlib.Path(folder)
                    tools = [make(name, program, work, env) for make, name, program in (
                        (Kfctl, "kfctl", arguments.kfctl), (Kubectl, "kubectl", arguments.kubectl),
                        (Floor, "floor", arguments.floor), (Helm, "helm", arguments.helm))
                        if program and name in arguments.tools]
                    run_once(tools, arguments.kubectl, proxy, arguments.spent, count, delay_ms,
                             arguments.limit, best)
            print_table(tools, count, delay_ms, best)


if __name__ == "__main__":
    main()
