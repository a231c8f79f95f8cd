"""What must hold for any set of Kubernetes objects that a package makes. Every function yields complaints."""

import re

# Kind -> (apiVersion, namespaced): what Kubernetes 1.29 to 1.34 serve, and the custom resources the packages use.
KINDS = {
    "Namespace": ("v1", False),
    "CustomResourceDefinition": ("apiextensions.k8s.io/v1", False),
    "ClusterRole": ("rbac.authorization.k8s.io/v1", False),
    "ClusterRoleBinding": ("rbac.authorization.k8s.io/v1", False),
    "ValidatingWebhookConfiguration": ("admissionregistration.k8s.io/v1", False),
    "Role": ("rbac.authorization.k8s.io/v1", True),
    "RoleBinding": ("rbac.authorization.k8s.io/v1", True),
    "ServiceAccount": ("v1", True),
    "Secret": ("v1", True),
    "ConfigMap": ("v1", True),
    "PersistentVolumeClaim": ("v1", True),
    "Service": ("v1", True),
    "Deployment": ("apps/v1", True),
    "Ingress": ("networking.k8s.io/v1", True),
    "NetworkPolicy": ("networking.k8s.io/v1", True),
    "HorizontalPodAutoscaler": ("autoscaling/v2", True),
    "TFJob": ("kubeflow.org/v1", True),
    "DestinationRule": ("networking.istio.io/v1", True),
    "VirtualService": ("networking.istio.io/v1", True),
}
# Fields that mean something when they are empty.
MAY_BE_EMPTY = {"emptyDir", "status", "namespaceSelector", "data"}
OPEN = "x-kubernetes-preserve-unknown-fields"
INT_OR_STRING = "x-kubernetes-int-or-string"


def identity(o):
    return o["kind"], o["metadata"].get("namespace", ""), o["metadata"]["name"]


def check(objects, namespace, given, bare=False):
    """`given` names what exists elsewhere; `bare` objects (the system prototypes) need no probes, labels or limits."""
    for o in objects:
        where = "/".join(x for x in identity(o) if x)
        for complaint in (*identities(o, namespace), *empties(o, ()), *references(o, objects, given)):
            yield f"{where}: {complaint}"
        if o["kind"] == "CustomResourceDefinition":
            yield from (f"{where}: {c}" for c in crd(o))
        if o["kind"] == "Service":
            yield from (f"{where}: {c}" for c in service(o, objects))
        if pod_template(o) and not bare:
            yield from (f"{where}: {c}" for c in workload(o))
        if not bare and not labelled(o):
            yield f"{where}: lacks the labels app.kubernetes.io/name and instance"
    names = [identity(o) for o in objects]
    yield from (f"{n} is there twice" for n in set(names) if names.count(n) > 1)


def labelled(o):
    labels = o["metadata"].get("labels", {})
    return {"app.kubernetes.io/name", "app.kubernetes.io/instance"} <= set(labels)


def identities(o, namespace):
    version, namespaced = KINDS.get(o["kind"], (None, None))
    if version is None:
        yield "unknown kind"
    elif o["apiVersion"] != version:
        yield f"apiVersion {o['apiVersion']}, not {version}"
    elif namespaced and "namespace" not in o["metadata"]:
        yield "has no namespace"
    elif namespaced and o["metadata"]["namespace"] not in (namespace, "team-a"):
        yield f"is in namespace {o['metadata']['namespace']}"
    elif not namespaced and "namespace" in o["metadata"]:
        yield "is cluster-wide but has a namespace"
    name = o["metadata"]["name"]
    if not re.fullmatch(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?", name) or (o["kind"] == "Service" and len(name) > 63):
        yield "bad name"


def empties(value, path):
    """null anywhere, and {} or [] where it says nothing, would show as a difference after every apply."""
    if value is None:
        yield f"{'.'.join(path)} is null"
    elif value in ({}, []) and path[-1] not in MAY_BE_EMPTY:
        yield f"{'.'.join(path)} is empty"
    elif isinstance(value, dict):
        for k, v in value.items():
            yield from empties(v, path + (k,))
    elif isinstance(value, list):
        for i, v in enumerate(value):
            yield from empties(v, path + (str(i),))


def pod_template(o):
    """The Deployment's pod template. TFJobs have several, and their pods are the user's."""
    return o["spec"]["template"] if o["kind"] == "Deployment" else None


def pod_specs(o):
    if o["kind"] == "Deployment":
        return [o["spec"]["template"]["spec"]]
    if o["kind"] == "TFJob":
        return [r["template"]["spec"] for r in o["spec"]["tfReplicaSpecs"].values()]
    return []


def references(o, objects, given):
    here = {(x["kind"], x["metadata"]["name"]): x for x in objects}
    for pod in pod_specs(o):
        for kind, name, key in pod_references(pod):
            target = here.get((kind, name))
            if target is None and name not in given:
                yield f"refers to {kind} {name}, which is not there"
            elif target and key and kind == "ConfigMap" and key not in target["data"]:
                yield f"refers to key {key} of ConfigMap {name}"
        volumes = {v["name"] for v in pod.get("volumes", [])}
        mounts = {m["name"] for c in containers(pod) for m in c.get("volumeMounts", [])}
        if volumes != mounts:
            yield f"volumes {sorted(volumes)} but mounts {sorted(mounts)}"
    if o["kind"].endswith("RoleBinding"):
        if (o["roleRef"]["kind"], o["roleRef"]["name"]) not in here:
            yield f"binds {o['roleRef']['name']}, which is not there"
        for s in o["subjects"]:
            if "namespace" not in s or (s["kind"], s["name"]) not in here:
                yield f"binds to {s}, which is not there"
    if o["kind"] == "Ingress":
        yield from ingress(o, here)
    if o["kind"] == "ValidatingWebhookConfiguration":
        for w in o["webhooks"]:
            if ("Service", w["clientConfig"]["service"]["name"]) not in here or "caBundle" in w["clientConfig"]:
                yield f"webhook {w['name']}: its service is not there, or caBundle is set"
    if o["kind"] == "HorizontalPodAutoscaler":
        target = here.get(("Deployment", o["spec"]["scaleTargetRef"]["name"]))
        if target is None or "replicas" in target["spec"]:
            yield "scales a Deployment that is not there or fixes its replicas"


def ingress(o, here):
    for rule in o["spec"]["rules"]:
        for path in rule["http"]["paths"]:
            backend = path["backend"]["service"]
            target = here.get(("Service", backend["name"]))
            if target is None or backend["port"]["name"] not in [p.get("name") for p in target["spec"]["ports"]]:
                yield f"leads to {backend}, which is not there"


def containers(pod):
    return pod.get("initContainers", []) + pod["containers"]


def pod_references(pod):
    """(kind, name, key or None) of everything a pod needs to start."""
    if "serviceAccountName" in pod:
        yield "ServiceAccount", pod["serviceAccountName"], None
    for s in pod.get("imagePullSecrets", []):
        yield "Secret", s["name"], None
    for v in pod.get("volumes", []):
        if "configMap" in v:
            yield "ConfigMap", v["configMap"]["name"], None
        elif "secret" in v:
            yield "Secret", v["secret"]["secretName"], None
        elif "persistentVolumeClaim" in v:
            yield "PersistentVolumeClaim", v["persistentVolumeClaim"]["claimName"], None
    for c in containers(pod):
        for e in c.get("envFrom", []):
            yield "Secret", e["secretRef"]["name"], None
        for e in c.get("env", []):
            source = e.get("valueFrom", {})
            if "secretKeyRef" in source:
                yield "Secret", source["secretKeyRef"]["name"], source["secretKeyRef"]["key"]
            if "configMapKeyRef" in source:
                yield "ConfigMap", source["configMapKeyRef"]["name"], source["configMapKeyRef"]["key"]


def service(o, objects):
    """Its selector must match a pod of the set, and that pod must have the ports."""
    selector = o["spec"]["selector"].items()
    pods = [t for t in map(pod_template, objects) if t and selector <= t["metadata"]["labels"].items()]
    if not pods:
        yield "selects no pod of the set"
    for pod in pods:
        ports = [p for c in pod["spec"]["containers"] for p in c.get("ports", [])]
        known = {p.get("name") for p in ports} | {p["containerPort"] for p in ports}
        for p in o["spec"]["ports"]:
            if p.get("targetPort", p["port"]) not in known:
                yield f"port {p} leads to no container port"


def workload(o):
    template = pod_template(o)
    if not o["spec"]["selector"]["matchLabels"].items() <= template["metadata"]["labels"].items():
        yield "selector does not match its own pods"
    for c in containers(template["spec"]):
        if "requests" not in c.get("resources", {}):
            yield f"container {c['name']} requests no resources"
        if c.get("securityContext", {}).get("allowPrivilegeEscalation") is not False:
            yield f"container {c['name']} may gain privileges"
        if ":" not in c["image"] or c["image"].endswith(":latest"):
            yield f"container {c['name']} has no fixed image"
    for c in template["spec"]["containers"]:
        if not {"readinessProbe", "livenessProbe"} <= set(c):
            yield f"container {c['name']} lacks a probe"
        ports = {p["name"] for p in c["ports"]}
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            for action in ("httpGet", "tcpSocket"):
                if c.get(probe, {}).get(action, {}).get("port", next(iter(ports))) not in ports:
                    yield f"container {c['name']}: {probe} asks an unknown port"


def crd(o):
    spec = o["spec"]
    if o["metadata"]["name"] != f"{spec['names']['plural']}.{spec['group']}":
        yield "is not called PLURAL.GROUP"
    if [v["storage"] for v in spec["versions"]].count(True) != 1:
        yield "does not have one storage version"
    for v in spec["versions"]:
        yield from structural(v["schema"]["openAPIV3Schema"], v["name"])


def structural(schema, path):
    """The rules of apiextensions.k8s.io/v1: a type everywhere, and no field that would be pruned without notice."""
    if schema.get(INT_OR_STRING):
        if "type" in schema:
            yield f"{path}: int-or-string with a type"
        return
    kind = schema.get("type")
    if kind not in ("object", "array", "string", "integer", "number", "boolean"):
        yield f"{path}: type {kind}"
    if kind == "array" and "items" not in schema:
        yield f"{path}: array without items"
    if kind == "object" and not {"properties", "additionalProperties", OPEN} & set(schema) and path.count(".") != 1:
        yield f"{path}: every field would be pruned"
    for name, child in schema.get("properties", {}).items():
        yield from structural(child, f"{path}.{name}")
    for name in ("items", "additionalProperties"):
        if name in schema:
            yield from structural(schema[name], f"{path}.{name}")
