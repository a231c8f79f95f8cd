"""Every prototype of the built-in registry: it renders, what it makes is sound, and wrong parameters are refused."""

import functools
import re
import sys
import unittest

import cases
import structure
from prototype import PACKAGES, JsonnetError, Raw, all_prototypes, render_all

PROTOTYPES = {p.name.removeprefix("io.ksonnet.pkg."): p for p in all_prototypes()}
# Objects of which a cluster has one, whatever the component is called.
SINGLETONS = {"CustomResourceDefinition", "ValidatingWebhookConfiguration", "Namespace"}


@functools.cache
def rendered_namespace(namespace):
    requests = {
        f"{short} {case} {name}": (PROTOTYPES[short], {"name": name, **cases.GOOD[short][case]})
        for short, case in every_case()
        for name in ("one", "two")
    }
    return render_all(requests, namespace)


def rendered(short, case, name, namespace="kubeflow"):
    """The objects of a good case under the name "one" or "two"."""
    return rendered_namespace(namespace)[f"{short} {case} {name}"]


def every_case():
    return [(short, case) for short, sets in cases.GOOD.items() for case in sets]


def yaml_list(text, key):
    """The items of a block list in parts.yaml, or the keys of the map in registry.yaml."""
    block = re.search(rf"^{key}:\n((?:[ ]+.*\n?)*)", text, re.M).group(1)
    return re.findall(r"^  (?:- (\S+)|(\S+):)$", block, re.M)


class Registry(unittest.TestCase):
    def test_registry_lists_every_package(self):
        listed = {b for _, b in yaml_list((PACKAGES / "registry.yaml").read_text(), "libraries")}
        self.assertEqual(listed, {p.name for p in PACKAGES.iterdir() if p.is_dir()})

    def test_parts_list_every_prototype_and_a_quick_start_that_exists(self):
        for folder in (p for p in PACKAGES.iterdir() if p.is_dir()):
            with self.subTest(package=folder.name):
                parts = (folder / "parts.yaml").read_text()
                own = {p.name for p in PROTOTYPES.values() if p.package == folder.name}
                self.assertEqual({a for a, _ in yaml_list(parts, "prototypes")}, own)
                self.assertIn(re.search(r"^  prototype: (\S+)$", parts, re.M).group(1), own)
                self.assertRegex(parts, r"(?m)^apiVersion: 0\.0\.1\nkind: ksonnet\.io/parts\nname: %s$" % folder.name)
                self.assertTrue((folder / "README.md").read_text().startswith(f"# {folder.name}\n"))

    def test_every_prototype_has_cases(self):
        self.assertEqual(set(PROTOTYPES), set(cases.GOOD))

    def test_every_parameter_is_used(self):
        for short, p in PROTOTYPES.items():
            source = p.body + "".join(f.read_text() for f in (PACKAGES / p.package).glob("*.libsonnet"))
            for name in (set(p.required) | set(p.optional)) - {"name"}:
                with self.subTest(prototype=short, parameter=name):
                    self.assertTrue(re.search(rf"('{name}'|params\.{name}\b)", source), "is not used")


class Rendering(unittest.TestCase):
    def test_objects_are_sound(self):
        for short, case in every_case():
            with self.subTest(prototype=short, case=case):
                objects = rendered(short, case, "one")
                self.assertTrue(objects)
                around = objects
                if short == "tf-serving-service":  # its pods are another component's
                    around = objects + rendered("tf-serving-deployment", "default", "one")
                if short == "single-port-service":
                    around = objects + PROTOTYPES["single-port-deployment"].render({"name": "web", **cases.IMAGE})
                bare = PROTOTYPES[short].package == "system"
                self.assertEqual(list(structure.check(around, "kubeflow", cases.GIVEN, bare)), [])

    def test_a_value_may_be_given_in_its_other_spelling(self):
        for short, p in PROTOTYPES.items():
            if p.package == "system":
                continue
            spelled = {}
            for name, (kind, default) in p.optional.items():
                if kind == "number":
                    spelled[name] = Raw(f'"{default}"')
                elif default in ("true", "false"):
                    spelled[name] = Raw(default)
                elif default == "null":
                    spelled[name] = Raw("null")
                elif kind == "array" and re.fullmatch(r'\["[^"]*"(,"[^"]*")*\]', default):
                    spelled[name] = Raw('"%s"' % ",".join(re.findall(r'"([^"]*)"', default)))
            with self.subTest(prototype=short):
                given = {"name": "one", **cases.GOOD[short]["default"]}
                self.assertEqual(p.render({**spelled, **given}), rendered(short, "default", "one"))

    def test_two_instances_do_not_clash(self):
        for short, case in every_case():
            with self.subTest(prototype=short, case=case):
                one = {structure.identity(o) for o in rendered(short, case, "one")}
                two = {structure.identity(o) for o in rendered(short, case, "two")}
                shared = {i for i in one & two if i[0] not in SINGLETONS}
                if short == "core":
                    shared = {i for i in shared if i[0] != "ClusterRole"}  # named by rolePrefix, for people to bind
                self.assertEqual(shared, set())

    def test_two_instances_do_not_select_each_others_pods(self):
        for short in ("webapp", "jupyter", "tf-serving", "tf-job-operator"):
            with self.subTest(prototype=short):
                one, two = rendered(short, "default", "one"), rendered(short, "default", "two")
                for o in one:
                    selector = o.get("spec", {}).get("selector", {})
                    selector = selector.get("matchLabels", selector).items()
                    for pod in filter(None, map(structure.pod_template, two)):
                        self.assertFalse(selector and selector <= pod["metadata"]["labels"].items(), o["metadata"]["name"])

    def test_two_namespaces_share_a_cluster(self):
        for short, case in every_case():
            with self.subTest(prototype=short, case=case):
                here = {structure.identity(o) for o in rendered(short, case, "one")}
                there = {structure.identity(o) for o in rendered(short, case, "one", "other")}
                shared = {i for i in here & there if i[0] not in SINGLETONS and i[1] != "team-a"}
                if short == "core":
                    shared = {i for i in shared if i[0] != "ClusterRole"}
                self.assertEqual(shared, set())

    def test_wrong_parameters_are_refused_by_name(self):
        for short, params, message in cases.BAD:
            with self.subTest(prototype=short, params=params):
                with self.assertRaises(JsonnetError) as caught:
                    PROTOTYPES[short].render({"name": "one", **params})
                self.assertIn(message, str(caught.exception))
                self.assertIn(f"component '{params.get('name', 'one')}'", str(caught.exception))


def only(objects, kind, name=None):
    found = [o for o in objects if o["kind"] == kind and name in (None, o["metadata"]["name"])]
    assert len(found) == 1, f"{len(found)} objects of kind {kind} called {name}"
    return found[0]


class Details(unittest.TestCase):
    def test_a_changed_config_rolls_the_pods_of_webapp(self):
        def checksum(config):
            objects = PROTOTYPES["webapp"].render({"name": "web", **cases.IMAGE, "config": config})
            return only(objects, "Deployment")["spec"]["template"]["metadata"]["annotations"]["checksum/config"]

        self.assertEqual(checksum('{"a":"1"}'), checksum('{"a":"1"}'))
        self.assertNotEqual(checksum('{"a":"1"}'), checksum('{"a":"2"}'))

    def test_webapp_without_files_has_no_config_map(self):
        self.assertEqual([o["kind"] for o in rendered("webapp", "default", "one")], ["Service", "Deployment"])

    def test_gpus_of_a_tf_job_go_to_workers_and_chief(self):
        params = {"name": "job", **cases.IMAGE, "numChief": "1", "numPs": "1", "numGpus": "2"}
        replicas = only(PROTOTYPES["tf-job"].render(params), "TFJob")["spec"]["tfReplicaSpecs"]
        gpus = {
            kind: r["template"]["spec"]["containers"][0]["resources"].get("limits", {}).get("nvidia.com/gpu")
            for kind, r in replicas.items()
        }
        self.assertEqual(gpus, {"Chief": 2, "PS": None, "Worker": 2})

    def test_the_operator_gets_crds_and_webhooks_of_the_enabled_kinds_only(self):
        objects = rendered("tf-job-operator", "one-kind", "one")
        self.assertEqual(only(objects, "CustomResourceDefinition")["metadata"]["name"], "tfjobs.kubeflow.org")
        self.assertEqual(len(only(objects, "ValidatingWebhookConfiguration")["webhooks"]), 1)

    def test_an_operator_of_one_namespace_has_its_job_rights_there_only(self):
        objects = rendered("tf-job-operator", "namespace", "one")
        rules = only(objects, "ClusterRole", "kubeflow-one")["rules"]
        self.assertEqual({g for r in rules for g in r["apiGroups"]}, {"admissionregistration.k8s.io"})
        self.assertEqual(only(objects, "Role", "one-jobs")["metadata"]["namespace"], "team-a")
        self.assertIn("--namespace=team-a", only(objects, "Deployment")["spec"]["template"]["spec"]["containers"][0]["args"])

    def test_a_serving_service_covers_all_releases_and_istio_tells_them_apart(self):
        model = {"modelName": "digits", **cases.MODEL}
        releases = [
            only(PROTOTYPES["tf-serving-deployment"].render({"name": "digits", "versionName": v, **model}), "Deployment")
            for v in ("v1", "v2")
        ]
        params = {"name": "front", "modelName": "digits", "injectIstio": "true", "trafficRule": "v1:90:v2:10"}
        front = PROTOTYPES["tf-serving-service"].render(params)
        self.assertEqual([d["metadata"]["name"] for d in releases], ["digits-v1", "digits-v2"])
        subsets = only(front, "DestinationRule")["spec"]["subsets"]
        for release, subset in zip(releases, subsets, strict=True):
            labels = release["spec"]["template"]["metadata"]["labels"].items()
            self.assertLessEqual(only(front, "Service")["spec"]["selector"].items(), labels)
            self.assertLessEqual(subset["labels"].items(), labels)

    def test_secrets_are_never_in_the_manifests(self):
        for short, case in every_case():
            for o in rendered(short, case, "one"):
                if o["kind"] == "Secret":
                    self.assertFalse({"data", "stringData"} & set(o), (short, case))


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], "-q", *sys.argv[1:]])
