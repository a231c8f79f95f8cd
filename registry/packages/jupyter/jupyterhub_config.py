# The hub's configuration. What depends on the installation comes from settings.jsonl beside it: one
# JSON object with one setting a line.
import json
import os
import pathlib

c = get_config()  # noqa: F821  JupyterHub puts it here

settings = {}
for line in (pathlib.Path(__file__).parent / "settings.jsonl").read_text().splitlines():
    settings.update(json.loads(line))


def choices(items, describe, override):
    """The first item is the default; a slug of a choice is its position, so that any text may be offered."""
    return {
        f"choice-{i}": {
            "display_name": describe(item),
            "default": i == 0,
            "kubespawner_override": override(item),
        }
        for i, item in enumerate(items)
    }


def gpu_override(count):
    if int(count) == 0:
        return {}
    resource = settings["gpuResource"]
    return {
        "extra_resource_limits": {resource: str(count)},
        "tolerations": [{"key": resource, "operator": "Exists", "effect": "NoSchedule"}],
    }


def form():
    """One profile with four independent choices."""
    image = {
        "display_name": "Image",
        "choices": choices(settings["images"], str, lambda i: {"image": i}),
    }
    if settings["allowOtherImages"]:
        image["unlisted_choice"] = {
            "enabled": True,
            "display_name": "Other image (it must contain jupyterhub-singleuser)",
            "validation_regex": r"^[^\s:]+(:\d+)?(/[^\s:]+)*(:[\w.-]+|@sha256:[0-9a-f]{64})$",
            "validation_message": "An image with a tag or a digest, such as quay.io/jupyter/r-notebook:2025-07-07",
            "kubespawner_override": {"image": "{value}"},
        }
    cpu = choices(settings["cpus"], str, lambda n: {"cpu_guarantee": float(n), "cpu_limit": float(n)})
    memory = choices(settings["memories"], str, lambda m: {"mem_guarantee": m, "mem_limit": m})
    options = {
        "image": image,
        "cpu": {"display_name": "CPUs", "choices": cpu},
        "memory": {"display_name": "Memory", "choices": memory},
    }
    if any(int(n) > 0 for n in settings["gpus"]):
        options["gpu"] = {"display_name": "GPUs", "choices": choices(settings["gpus"], str, gpu_override)}
    return [{"display_name": "Notebook server", "slug": "server", "default": True, "profile_options": options}]


c.JupyterHub.base_url = settings["baseUrl"]
c.JupyterHub.hub_bind_url = "http://:8081"
c.JupyterHub.hub_connect_url = settings["hubUrl"]
c.JupyterHub.db_url = "sqlite:///jupyterhub.sqlite"  # in the working directory, which is the volume
c.JupyterHub.cleanup_servers = False  # a restart of the hub must not stop people's servers
c.ConfigurableHTTPProxy.api_url = settings["proxyApiUrl"]
c.ConfigurableHTTPProxy.should_start = False  # it has a Deployment of its own

c.JupyterHub.authenticator_class = settings["authenticator"]
if settings["authenticator"] == "shared-password":
    c.SharedPasswordAuthenticator.user_password = os.environ["USER_PASSWORD"]
    c.SharedPasswordAuthenticator.admin_password = os.environ["ADMIN_PASSWORD"]
if settings["allowedUsers"]:
    c.Authenticator.allowed_users = set(settings["allowedUsers"])
else:
    c.Authenticator.allow_all = True
c.Authenticator.admin_users = set(settings["adminUsers"])

c.JupyterHub.spawner_class = "kubespawner.KubeSpawner"
c.KubeSpawner.namespace = os.environ["POD_NAMESPACE"]
c.KubeSpawner.pod_name_template = settings["instance"] + "-{user_server}"
c.KubeSpawner.common_labels = settings["labels"]
c.KubeSpawner.component_label = settings["component"]
c.KubeSpawner.extra_labels = {"sidecar.istio.io/inject": "false"}  # the proxy talks to the pod directly
c.KubeSpawner.profile_list = form()
c.KubeSpawner.image = settings["images"][0]
c.KubeSpawner.cmd = ["jupyterhub-singleuser"]
c.KubeSpawner.default_url = settings["defaultUrl"]
c.KubeSpawner.start_timeout = settings["startTimeout"]
c.KubeSpawner.fs_gid = settings["gid"]
c.KubeSpawner.container_security_context = {  # what the Pod Security level `restricted` asks for
    "runAsUser": settings["uid"],
    "runAsNonRoot": settings["uid"] != 0,
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "seccompProfile": {"type": "RuntimeDefault"},
}
c.KubeSpawner.service_account = settings["serviceAccount"]
c.KubeSpawner.automount_service_account_token = settings["automountToken"]

c.KubeSpawner.storage_pvc_ensure = True
c.KubeSpawner.pvc_name_template = "claim-" + settings["instance"] + "-{user_server}"
c.KubeSpawner.storage_capacity = settings["storageSize"]
c.KubeSpawner.storage_access_modes = ["ReadWriteOnce"]
if settings["storageClass"]:
    c.KubeSpawner.storage_class = settings["storageClass"]
c.KubeSpawner.volumes = [{"name": "home", "persistentVolumeClaim": {"claimName": "{pvc_name}"}}]
c.KubeSpawner.volume_mounts = [{"name": "home", "mountPath": "/home/jovyan"}]

for class_name, traits in settings["hubConfig"].items():
    for trait, value in traits.items():
        setattr(c[class_name], trait, value)
