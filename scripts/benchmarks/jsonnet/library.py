"""A library in the style of ksonnet-lib, and components that are written over it.

ksonnet-lib was generated from the OpenAPI description of Kubernetes: one object literal in which
groups hold versions, versions hold kinds, and each kind has a constructor, a setter for every field
and, below `mixin`, the setters of everything nested inside of it. This one is generated from a
made-up description of the same shape and size: nearly all of it is never called, so that
what it costs is mostly its parse.
"""

from __future__ import annotations

LISTS = {"finalizers", "containers", "volumes", "ports", "rules", "tolerations", "conditions"}

METADATA = ["annotations", "clusterName", "finalizers", "generateName", "labels", "name", "namespace"]
SELECTOR = ["matchExpressions", "matchLabels"]
POD = [
    "activeDeadlineSeconds", "containers", "dnsPolicy", "hostNetwork", "nodeName", "nodeSelector",
    "priorityClassName", "restartPolicy", "schedulerName", "serviceAccountName",
    "terminationGracePeriodSeconds", "tolerations", "volumes",
]
SECURITY = ["fsGroup", "runAsGroup", "runAsNonRoot", "runAsUser", "supplementalGroups"]

# What every kind has below `mixin`: (path, fields of that level).
NESTED = [
    ("metadata", METADATA),
    ("spec", ["minReadySeconds", "paused", "progressDeadlineSeconds", "replicas", "revisionHistoryLimit",
              "ports", "type", "clusterIP", "rules", "conditions"]),
    ("spec.selector", SELECTOR),
    ("spec.strategy", ["type"]),
    ("spec.strategy.rollingUpdate", ["maxSurge", "maxUnavailable"]),
    ("spec.template", []),
    ("spec.template.metadata", METADATA),
    ("spec.template.spec", POD),
    ("spec.template.spec.affinity", []),
    ("spec.template.spec.affinity.nodeAffinity", ["preferredTerms", "requiredTerms"]),
    ("spec.template.spec.affinity.podAffinity", ["preferredTerms", "requiredTerms"]),
    ("spec.template.spec.securityContext", SECURITY),
]

GROUPS = ["admission", "apps", "autoscaling", "batch", "certificates", "core", "extensions",
          "networking", "policy", "rbac", "scheduling", "settings", "storage"]
VERSIONS = ["v1", "v1beta1"]
KINDS = ["Deployment", "Service", "StatefulSet", "Job", "ConfigMap", "Binding"]

DOC = ("describes the {field} of the {kind} in {group}/{version}. What is set here replaces what was set "
       "before; servers that do not know the field ignore it.")


def upper(name: str) -> str:
    return name[0].upper() + name[1:]


def lower(name: str) -> str:
    return name[0].lower() + name[1:]


class Writer:
    """Lines with an indentation."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.depth = 0

    def line(self, text: str) -> None:
        self.lines.append("  " * self.depth + text)

    def open(self, text: str) -> None:
        self.line(text)
        self.depth += 1

    def close(self, text: str = "},") -> None:
        self.depth -= 1
        self.line(text)

    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


def setters(out: Writer, fields: list[str], wrap: str, doc: dict[str, str]) -> None:
    """`withX` for each field, and `withXMixin` where a value can be added to."""
    for field in fields:
        value = f"{wrap}({{%s: %s}})" if wrap else "{%s: %s}"
        out.line("// " + upper(field) + " " + DOC.format(field=field, **doc))
        name = upper(field)
        if field in LISTS:
            plain, added = (value % (field + plus, item) for plus, item in (("", "{0}"), ("+", "{0}")))
            for suffix, pattern in (("", plain), ("Mixin", added)):
                one = pattern.replace("{0}", f"[{field}]")
                many = pattern.replace("{0}", field)
                out.line(f"with{name}{suffix}({field}):: self + "
                         f'if std.type({field}) == "array" then {many} else {one},')
        else:
            out.line(f"with{name}({field}):: self + " + value % (field, field) + ",")
            if field in ("annotations", "labels", "matchLabels", "nodeSelector"):
                out.line(f"with{name}Mixin({field}):: self + " + value % (field + "+", field) + ",")


def mixin(out: Writer, path: str, fields: list[str], doc: dict[str, str]) -> None:
    """The setters of one level, inside of the objects on the way to it."""
    children = [(p, f) for p, f in NESTED if p.startswith(path + ".") and "." not in p[len(path) + 1:]]
    last = path.rsplit(".", 1)[-1]
    own = f"__{last}Mixin"
    outer = f"__{path.rsplit('.', 2)[-2]}Mixin" if "." in path else ""
    out.line("// " + upper(last) + " " + DOC.format(field=last, **doc))
    out.open(f"{last}:: {{")
    body = f"{outer}({{{last}+: {last}}})" if outer else f"{{{last}+: {last}}}"
    out.line(f"local {own}({last}) = {body},")
    out.line(f"mixinInstance({last}):: {own}({last}),")
    setters(out, fields, own, doc)
    for child, child_fields in children:
        mixin(out, child, child_fields, doc)
    out.close()


def kind(out: Writer, name: str, group: str, version: str) -> None:
    doc = {"kind": name, "group": group, "version": version}
    out.line(f"// {name} is a kind of {group}/{version}.")
    out.open(f"{lower(name)}:: {{")
    out.line(f'local kind = {{kind: "{name}"}},')
    out.line('new(name="", containers=[], labels={}):: apiVersion + kind'
             " + self.mixin.metadata.withName(name) + self.mixin.metadata.withLabels(labels)"
             " + self.mixin.spec.template.metadata.withLabels(labels)"
             " + self.mixin.spec.template.spec.withContainers(containers),")
    out.open("mixin:: {")
    for path, fields in NESTED:
        if "." not in path:
            mixin(out, path, fields, doc)
    out.close()
    out.close()


def container(out: Writer) -> None:
    doc = {"kind": "Container", "group": "core", "version": "v1"}
    out.open("container:: {")
    out.line("new(name, image):: {name: name, image: image},")
    setters(out, ["args", "command", "env", "image", "imagePullPolicy", "name", "ports",
                  "volumeMounts", "workingDir"], "", doc)
    out.close()


def library() -> str:
    """About 3.4 MB: the size of ksonnet-lib for Kubernetes 1.8."""
    out = Writer()
    out.open("{")
    for group in GROUPS:
        out.open(f"{group}:: {{")
        for version in VERSIONS:
            out.open(f"{version}:: {{")
            out.line(f'local apiVersion = {{apiVersion: "{group}/{version}"}},')
            for name in KINDS:
                kind(out, name, group, version)
            if group == "core" and version == "v1":
                container(out)
            out.close()
        out.close()
    out.close("}")
    return out.text()


def one_component() -> str:
    return """\
local k = import 'k8s.libsonnet';
local deployment = k.apps.v1.deployment;
local service = k.core.v1.service;
local container = k.core.v1.container;
local labels = {app: 'guestbook', tier: 'web'};
[
  deployment.new('guestbook', [
    container.new('web', 'registry.local/guestbook:3')
    + container.withPorts([{containerPort: 80}])
    + container.withArgs(['--verbose', '--port=80']),
  ], labels)
  + deployment.mixin.spec.withReplicas(3)
  + deployment.mixin.spec.selector.withMatchLabels(labels)
  + deployment.mixin.spec.strategy.rollingUpdate.withMaxSurge(1)
  + deployment.mixin.spec.template.spec.securityContext.withRunAsUser(1000),
  service.new('guestbook')
  + service.mixin.spec.withType('ClusterIP')
  + service.mixin.spec.withPorts({port: 80, targetPort: 80}),
]
"""


def package() -> str:
    """What a package of components has of its own: parts that are composed by functions."""
    return """\
local k = import 'k8s.libsonnet';
{
  util:: {
    toBool(x):: if std.type(x) == 'boolean' then x else std.asciiUpper(x) == 'TRUE',
    toArray(text):: if text == 'null' || text == '' then [] else std.split(text, ','),
    upper(text):: std.join('', [
      local c = std.codepoint(letter);
      if c >= 97 && c <= 122 then std.char(c - 32) else letter
      for letter in std.stringChars(text)
    ]),
  },

  parts(params):: {
    local parts = self,
    local labels = {app: params.name, version: params.version},
    local arguments = ['--%s=%s' % [key, params[key]] for key in std.objectFields(params)],

    container(name, port)::
      k.core.v1.container.new(name, '%s/%s:%s' % [params.registry, name, params.version])
      + k.core.v1.container.withPorts([{containerPort: port}])
      + k.core.v1.container.withArgs(arguments)
      + k.core.v1.container.withEnv([
        {name: parts.upperName + '_' + std.toString(i), value: std.toString(port + i)}
        for i in std.range(1, 6)
      ]),
    upperName:: $.util.upper(params.name),

    deployment::
      local d = k.apps.v1.deployment;
      d.new(params.name, [self.container(params.name, 8080), self.container('sidecar', 9090)], labels)
      + d.mixin.metadata.withNamespace(params.namespace)
      + d.mixin.spec.withReplicas(params.replicas)
      + d.mixin.spec.selector.withMatchLabels(labels)
      + d.mixin.spec.template.spec.withVolumes([{name: 'config', configMap: {name: params.name}}])
      + d.mixin.spec.template.spec.securityContext.withRunAsUser(1000),

    service::
      local s = k.core.v1.service;
      s.new(params.name)
      + s.mixin.metadata.withNamespace(params.namespace)
      + s.mixin.metadata.withAnnotations({
        'proxy/config': std.join('\\n', [
          '---', 'kind: Mapping', 'name: %s' % params.name, 'prefix: /%s/' % params.name,
          'service: %s.%s' % [params.name, params.namespace],
        ]),
      })
      + s.mixin.spec.withPorts([{name: 'http', port: 80, targetPort: 8080}]),

    configMap:: {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {name: params.name, namespace: params.namespace},
      data: {
        'settings.json': std.manifestJsonEx(
          {name: params.name, features: $.util.toArray(params.features), limits: {cpu: null}}, '  '),
        'run.sh': |||
          #!/bin/sh
          set -e
          exec /opt/%(name)s/bin/%(name)s --replicas %(replicas)d
        ||| % params,
      },
    },

    rules:: [
      {
        apiGroups: [group],
        resources: ['%s%d' % [resource, i] for i in std.range(1, 3)],
        verbs: if group == 'apps' then ['*'] else ['get', 'list', 'watch'],
      }
      for group in ['apps', 'batch', 'core']
      for resource in ['things', 'others']
    ],
    role:: {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: {name: params.name, namespace: params.namespace, labels: labels},
      rules: parts.rules,
    },

    list:: std.prune(k.core.v1.binding.new('') + {
      kind: 'List',
      items: [parts.deployment, parts.service, parts.configMap, parts.role],
    }),
  },
}
"""


def component(index: int) -> str:
    return f"""\
local params = (import 'params.libsonnet').components['part{index:02}'];
(import 'package.libsonnet').parts(params).list
"""


def params(count: int) -> str:
    out = Writer()
    out.open("{")
    out.line("global: {namespace: 'platform', registry: 'registry.local', version: 'v0.4'},")
    out.open("components: {")
    for index in range(count):
        out.line(f"'part{index:02}': $.global + {{name: 'part{index:02}', replicas: {index % 5 + 1}, "
                 f"features: 'alpha,beta,f{index}', debug: '{str(index % 2 == 0).lower()}'}},")
    out.close()
    out.close("}")
    return out.text()


def application(count: int) -> str:
    names = [f"part{index:02}" for index in range(count)]
    return "{\n" + "".join(f"  {name}: import '{name}.jsonnet',\n" for name in names) + "}\n"
