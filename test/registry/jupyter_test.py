"""The Python files of the package jupyter, run with what the package renders for them."""

import importlib.util
import os
import pathlib
import sys
import tempfile
import unittest

from prototype import PACKAGES, all_prototypes

JUPYTER = next(p for p in all_prototypes() if p.name == "io.ksonnet.pkg.jupyter")


class Config(dict):
    """As traitlets' Config: an attribute is a section, made on first use."""

    def __getattr__(self, name):
        return self.setdefault(name, Config())

    def __setattr__(self, name, value):
        self[name] = value

    def __missing__(self, name):
        return self.setdefault(name, Config())


def hub_config(**params):
    """What JupyterHub would be configured with."""
    objects = JUPYTER.render({"name": "jupyter", **params})
    data = next(o for o in objects if o["kind"] == "ConfigMap")["data"]
    with tempfile.TemporaryDirectory() as folder:
        for name, text in data.items():
            (pathlib.Path(folder) / name).write_text(text)
        config = Config()
        file = f"{folder}/jupyterhub_config.py"
        os.environ.update(POD_NAMESPACE="kubeflow", USER_PASSWORD="sesame-user", ADMIN_PASSWORD="sesame-admin")
        exec(compile(data["jupyterhub_config.py"], file, "exec"), {"get_config": lambda: config, "__file__": file})
    return config


def options(config):
    return config.KubeSpawner["profile_list"][0]["profile_options"]


class HubConfig(unittest.TestCase):
    def test_defaults(self):
        c = hub_config()
        self.assertEqual(c.JupyterHub["base_url"], "/jupyter/")
        self.assertEqual(c.JupyterHub["hub_connect_url"], "http://jupyter-hub:8081")
        self.assertEqual(c.ConfigurableHTTPProxy["api_url"], "http://jupyter-proxy-api:8001")
        self.assertEqual(c.SharedPasswordAuthenticator["user_password"], "sesame-user")
        self.assertEqual(c.SharedPasswordAuthenticator["admin_password"], "sesame-admin")
        self.assertIs(c.Authenticator["allow_all"], True)
        self.assertEqual(c.KubeSpawner["pod_name_template"], "jupyter-{user_server}")
        self.assertEqual(c.KubeSpawner["service_account"], "jupyter-notebook")
        self.assertIs(c.KubeSpawner["automount_service_account_token"], False)
        self.assertNotIn("storage_class", c.KubeSpawner)
        security = c.KubeSpawner["container_security_context"]
        self.assertEqual((security["runAsUser"], security["runAsNonRoot"]), (1000, True))

    def test_the_servers_carry_the_labels_the_network_policies_select(self):
        c = hub_config()
        policies = [o for o in JUPYTER.render({"name": "jupyter"}) if o["kind"] == "NetworkPolicy"]
        selector = next(p for p in policies if p["metadata"]["name"] == "jupyter-notebook")["spec"]["podSelector"]["matchLabels"]
        # KubeSpawner adds the component label itself.
        labels = {**c.KubeSpawner["common_labels"], "app.kubernetes.io/component": c.KubeSpawner["component_label"]}
        self.assertLessEqual(selector.items(), labels.items())

    def test_the_form_offers_gpus_and_the_first_choice_is_the_default(self):
        gpu = options(hub_config(gpus="[0,2]"))["gpu"]["choices"]
        self.assertEqual([c["default"] for c in gpu.values()], [True, False])
        self.assertEqual(gpu["choice-0"]["kubespawner_override"], {})
        self.assertEqual(gpu["choice-1"]["kubespawner_override"]["extra_resource_limits"], {"nvidia.com/gpu": "2"})

    def test_a_cluster_without_gpus_has_no_gpu_choice(self):
        self.assertEqual(set(options(hub_config(gpus="[0]"))), {"image", "cpu", "memory"})

    def test_other_images_need_a_tag_or_a_digest(self):
        image = options(hub_config())["image"]["unlisted_choice"]
        for good in ("a/b:1", "registry:5000/a:v1.2", "a@sha256:" + "0" * 64):
            self.assertRegex(good, image["validation_regex"])
        for bad in ("a/b", "a b:1", "registry:5000/a"):
            self.assertNotRegex(bad, image["validation_regex"])
        self.assertNotIn("unlisted_choice", options(hub_config(allowOtherImages="false"))["image"])

    def test_users_and_further_settings(self):
        c = hub_config(
            jupyterHubAuthenticator="github",
            allowedUsers='["ada","bob"]',
            adminUsers='["ada"]',
            hubConfig='{"GitHubOAuthenticator":{"scope":["read:org"]}}',
        )
        self.assertEqual(c.Authenticator["allowed_users"], {"ada", "bob"})
        self.assertEqual(c.Authenticator["admin_users"], {"ada"})
        self.assertNotIn("allow_all", c.Authenticator)
        self.assertNotIn("user_password", c.SharedPasswordAuthenticator)
        self.assertEqual(c.GitHubOAuthenticator["scope"], ["read:org"])


class FillSecret(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        spec = importlib.util.spec_from_file_location("fill_secret", PACKAGES / "jupyter" / "fill_secret.py")
        cls.module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(cls.module)

    def test_an_empty_secret_gets_every_key(self):
        patch = self.module.missing_keys({"metadata": {"resourceVersion": "7"}}, ["a", "b"])
        self.assertEqual(set(patch["data"]), {"a", "b"})
        self.assertNotEqual(patch["data"]["a"], patch["data"]["b"])
        self.assertEqual(patch["metadata"], {"resourceVersion": "7"})

    def test_existing_keys_are_kept(self):
        patch = self.module.missing_keys({"metadata": {"resourceVersion": "7"}, "data": {"a": "eA=="}}, ["a", "b"])
        self.assertEqual(set(patch["data"]), {"b"})

    def test_a_full_secret_is_left_alone(self):
        self.assertIsNone(self.module.missing_keys({"metadata": {}, "data": {"a": "eA=="}}, ["a"]))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-q", *sys.argv[1:]])
