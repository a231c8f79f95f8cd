// A model served by TensorFlow Serving: `deployment` runs the server, `service` is its address, `all` is both.
//
// Labels: `app` is the model's name and `version` the release, so that a Service made apart from the Deployments covers
// all releases of a model, and Istio can tell them apart.
local kf = import 'kfctl.libsonnet';
local modelServer = import 'kubeflow/tf-serving/model-server.libsonnet';
local modelService = import 'kubeflow/tf-serving/model-service.libsonnet';

// What a prototype leaves out, because it does not apply to it.
local defaults = {
  modelName: null,
  gcpCredentialSecretName: null,
  s3SecretName: null,
  s3SecretAccesskeyidKeyName: 'AWS_ACCESS_KEY_ID',
  s3SecretSecretaccesskeyKeyName: 'AWS_SECRET_ACCESS_KEY',
  s3AwsRegion: 'us-east-1',
  s3Endpoint: null,
  s3UseHttps: true,
  s3VerifySsl: true,
  s3Image: 'amazon/aws-cli:2.22.0',
  httpImage: 'curlimages/curl:8.12.1',
  serviceAccount: null,
  injectIstio: false,
};

{
  new(env, params):: {
    local p = kf.params(defaults + params),
    local app = kf.app('tf-serving', env, p),
    local modelName = if p.isSet('modelName') then p.dnsName('modelName') else app.name,
    local version = p.dnsName('versionName'),
    local serverPart = app.part(extraSelector={ app: modelName, version: version }) { name: '%s-%s' % [app.name, version] },
    local model = { 'app.kubernetes.io/name': 'tf-serving', app: modelName },

    deployment:: kf.list(modelServer.new(p, serverPart, modelName)),
    service:: kf.list(modelService.new(p, app.part(), model, modelName)),
    all:: kf.list(
      modelService.new(p, app.part(), model { 'app.kubernetes.io/instance': app.name }, modelName) +
      modelServer.new(p, serverPart, modelName)
    ),
  },
}
