"""What packages_test.py renders: per prototype its working parameter sets, and those that must be refused and how."""

IMAGE = {"image": "registry.example/app:1"}
MODEL = {"modelBasePath": "pvc://models/mnist"}

# Prototype (last word of its name) -> {case: parameters}. `name` is added. Every case must render and be sound.
GOOD = {
    "configMap": {"default": {}, "data": {"data": '{"a":"b"}'}},
    "namespace": {"default": {}},
    "deployed-service": {"default": IMAGE, "ports": {**IMAGE, "servicePort": "8080", "containerPort": "8081", "type": "NodePort"}},
    "single-port-deployment": {"default": IMAGE, "three": {**IMAGE, "replicas": "3"}},
    "single-port-service": {"default": {"targetLabelSelector": '{"app":"web"}'}},
    "core": {"default": {}, "restricted": {"podSecurity": "restricted", "istioInjection": "enabled", "rolePrefix": "ml"}},
    "webapp": {
        "default": IMAGE,
        "config": {**IMAGE, "config": '{"app.ini":"a=1\\n","app.json":{"b":2}}', "env": '{"LEVEL":3}', "envSecret": "web-secret"},
        "ingress": {**IMAGE, "ingressHost": "web.example", "ingressClass": "nginx", "ingressTlsSecret": "web-tls"},
        "root": {**IMAGE, "securityProfile": "baseline", "probePath": "null", "serviceType": "LoadBalancer"},
        "user": {**IMAGE, "runAsUser": "101", "command": '["/app"]', "args": '["--port",8080]'},
    },
    "jupyter": {
        "default": {},
        "no-gpu": {"gpus": "[0]", "networkPolicy": "false", "baseUrl": "hub"},
        "jobs": {"notebookPermissions": "jobs", "storageClass": "fast", "serviceType": "NodePort"},
        "oauth": {
            "jupyterHubAuthenticator": "github",
            "envSecret": "github-oauth",
            "allowedUsers": '["ada"]',
            "adminUsers": '["ada"]',
            "hubConfig": '{"GitHubOAuthenticator":{"oauth_callback_url":"https://hub.example/hub/oauth_callback"}}',
        },
    },
    "tf-serving": {
        "default": MODEL,
        "image": {"modelBasePath": "/models/mnist", "enablePrometheus": "false"},
        "gcs": {"modelBasePath": "gs://bucket/mnist", "gcpCredentialSecretName": "user-gcp-sa"},
        "s3": {"modelBasePath": "s3://bucket/mnist", "s3SecretName": "s3-keys", "s3Endpoint": "minio:9000", "s3UseHttps": "false"},
        "s3-anonymous": {"modelBasePath": "s3://bucket/mnist", "s3VerifySsl": "false"},
        "http": {"modelBasePath": "https://models.example/mnist.tar.gz"},
        "gpu": {**MODEL, "numGpus": "2", "batching": '{"max_batch_size":32,"allowed_batch_sizes":[8,32]}'},
        "scaled": {**MODEL, "replicas": "2", "maxReplicas": "5", "modelVersions": "[1,2]", "modelName": "digits"},
    },
    "tf-serving-deployment": {"default": MODEL, "canary": {**MODEL, "versionName": "v2", "injectIstio": "true"}},
    "tf-serving-deployment-gcp": {"default": {"modelBasePath": "gs://bucket/mnist"}},
    "tf-serving-deployment-aws": {"default": {"modelBasePath": "s3://bucket/mnist", "s3SecretName": "s3-keys"}},
    "tf-serving-service": {"default": {}, "split": {"injectIstio": "true", "trafficRule": "v1:90:v2:10"}},
    "tf-job-operator": {
        "default": {},
        "one-kind": {"enabledJobs": '["tfjob"]', "gangScheduler": "volcano"},
        "all-kinds": {"enabledJobs": '["jaxjob","paddlejob","pytorchjob","tfjob","xgboostjob"]'},
        "namespace": {"deploymentScope": "namespace", "deploymentNamespace": "team-a"},
        "second": {"deploymentScope": "namespace", "installCRDs": "false", "webhook": "false"},
    },
    "tf-job": {
        "default": IMAGE,
        "ps": {**IMAGE, "numChief": "1", "numPs": "2", "numEvaluators": "1", "command": '["python"]', "args": '["train.py",3]'},
        "gpu": {**IMAGE, "numGpus": "1", "nodeSelector": '{"gpu":"a100"}', "env": '{"EPOCHS":3}'},
        "policy": {
            **IMAGE,
            "ttlSecondsAfterFinished": "60",
            "activeDeadlineSeconds": "3600",
            "cleanPodPolicy": "All",
            "restartPolicy": "ExitCode",
            "successPolicy": "AllWorkers",
            "suspend": "true",
            "queue": "batch",
        },
        "volume": {**IMAGE, "pvc": "datasets", "serviceAccount": "trainer", "imagePullSecret": "registry"},
    },
    "tf-job-simple": {"default": {}, "bigger": {"numWorkers": "4", "numPs": "2"}},
}

# Prototype, parameters, what the error must say.
BAD = [
    ("webapp", {**IMAGE, "serviceType": "Cluster"}, "'serviceType' is 'Cluster'; allowed: ClusterIP, NodePort, LoadBalancer"),
    ("webapp", {**IMAGE, "name": "Web"}, "'name' is 'Web'; use at most 45 lower-case letters"),
    ("webapp", {**IMAGE, "replicas": "-1"}, "'replicas' must be at least 0, not -1"),
    ("webapp", {**IMAGE, "replicas": "1.5"}, "'replicas' must be a whole number, not 1.5"),
    ("webapp", {**IMAGE, "runAsUser": "root"}, "'runAsUser' must be a whole number, not \"root\""),
    ("webapp", {**IMAGE, "config": "[]"}, "'config' must be an object"),
    ("webapp", {**IMAGE, "ingressTlsSecret": "web-tls"}, "'ingressTlsSecret' does nothing without ingressHost"),
    ("core", {"podSecurity": "none"}, "'podSecurity' is 'none'; allowed: privileged, baseline, restricted"),
    ("jupyter", {"memories": '["2Gi"]'}, "'memories' has '2Gi'; write a number and K, M, G or T"),
    ("jupyter", {"gpus": "[]"}, "'gpus' must offer at least one choice"),
    ("jupyter", {"networkPolicy": "yes"}, "'networkPolicy' must be true or false, not \"yes\""),
    ("jupyter", {"notebookPermissions": "all"}, "'notebookPermissions' is 'all'; allowed: none, jobs"),
    ("tf-serving", {"modelBasePath": "models/mnist"}, "'modelBasePath' is 'models/mnist'; it starts with /"),
    ("tf-serving", {"modelBasePath": "pvc:///mnist"}, "'modelBasePath' must be pvc://CLAIM/FOLDER"),
    ("tf-serving", {**MODEL, "replicas": "3", "maxReplicas": "2"}, "'maxReplicas' is 2, below replicas, which is 3"),
    ("tf-serving", {**MODEL, "batching": '{"size":3}'}, "'batching' has 'size'; allowed: allowed_batch_sizes"),
    ("tf-serving-service", {"injectIstio": "true", "trafficRule": "v1:90:v2:20"}, "the weights add up to 110, not 100"),
    ("tf-serving-service", {"injectIstio": "true", "trafficRule": "v1"}, "write VERSION:WEIGHT pairs"),
    ("tf-serving-service", {"injectIstio": "true", "trafficRule": "v1:all"}, "'all' is not a weight"),
    ("tf-job-operator", {"enabledJobs": '["mpijob"]'}, "'enabledJobs' has 'mpijob'; allowed: jaxjob, paddlejob"),
    ("tf-job-operator", {"enabledJobs": "[]"}, "'enabledJobs' must name at least one kind of job"),
    ("tf-job-operator", {"deploymentNamespace": "team-a"}, "'deploymentNamespace' does nothing without deploymentScope namespace"),
    ("tf-job-operator", {"deploymentScope": "all"}, "'deploymentScope' is 'all'; allowed: cluster, namespace"),
    ("tf-job", {**IMAGE, "numWorkers": "0"}, "a job needs a worker or a chief"),
    ("tf-job", {**IMAGE, "numChief": "2"}, "'numChief' is at most 1"),
    ("tf-job", {**IMAGE, "restartPolicy": "Sometimes"}, "'restartPolicy' is 'Sometimes'; allowed: Always, OnFailure, Never, ExitCode"),
]

# Names that exist outside the rendered set because a parameter says so.
GIVEN = {"web-secret", "web-tls", "github-oauth", "user-gcp-sa", "s3-keys", "models", "datasets", "trainer", "registry"}
