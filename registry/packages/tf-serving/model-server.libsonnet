// The model server's Deployment, its configuration and its autoscaler.
local kf = import 'kfctl.libsonnet';
local modelStorage = import 'kubeflow/tf-serving/model-storage.libsonnet';
local serverConfig = import 'kubeflow/tf-serving/server-config.libsonnet';

local configFolder = '/etc/tf-serving';

// The configuration files this server needs, by name.
local files(p, modelName, basePath) =
  local versions = p.strings('modelVersions');
  {
    [if p.bool('enablePrometheus') then 'monitoring.config']: serverConfig.monitoring,
    [if p.object('batching') != {} then 'batching.config']: serverConfig.batching(p),
    [if versions != [] then 'models.config']: serverConfig.models(modelName, basePath, versions),
  };

local args(p, modelName, basePath, data) =
  local has(file) = std.objectHas(data, file);
  ['--port=8500', '--rest_api_port=8501', '--enable_grpc_healthcheck_service=true'] +
  (if has('models.config')
   then ['--model_config_file=%s/models.config' % configFolder]
   else ['--model_name=' + modelName, '--model_base_path=' + basePath]) +
  (if has('monitoring.config') then ['--monitoring_config_file=%s/monitoring.config' % configFolder] else []) +
  (if has('batching.config')
   then ['--enable_batching=true', '--batching_parameters_file=%s/batching.config' % configFolder] else []) +
  p.strings('extraArgs');

local container(p, modelName, storage, data, gpus) =
  local env = storage.env + kf.env(p.object('env'));
  local mounts =
    storage.mounts + (if data == {} then [] else [{ name: 'config', mountPath: configFolder, readOnly: true }]);
  {
    name: 'tf-serving',
    image: p.string(if gpus > 0 then 'defaultGpuImage' else 'defaultCpuImage'),
    command: ['/usr/bin/tensorflow_model_server'],
    args: args(p, modelName, storage.basePath, data),
    [if env != [] then 'env']: env,
    ports: [{ name: 'grpc', containerPort: 8500 }, { name: 'http', containerPort: 8501 }],
    // The ports open once the model is loaded, which takes minutes for a large one. The REST status page answers 200
    // even when loading failed, so readiness asks over gRPC.
    startupProbe: { tcpSocket: { port: 'grpc' }, periodSeconds: 10, failureThreshold: 60 },
    readinessProbe: { grpc: { port: 8500 }, periodSeconds: 10, timeoutSeconds: 5 },
    livenessProbe: { tcpSocket: { port: 'grpc' }, periodSeconds: 30, timeoutSeconds: 5 },
    resources: kf.withGpus(p.object('resources'), gpus),
    securityContext: kf.restricted,
    [if mounts != [] then 'volumeMounts']: mounts,
  };

local autoscaler(part, min, max) = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: part.meta(),
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: part.name },
    minReplicas: min,
    maxReplicas: max,
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }],
  },
};

{
  // `part` names the Deployment and selects its pods.
  new(p, part, modelName)::
    local gpus = p.int('numGpus');
    local replicas = p.int('replicas', min=1);
    local maxReplicas =
      local max = p.int('maxReplicas');
      if max > 0 && max < replicas then p.fail('maxReplicas', 'is %d, below replicas, which is %d' % [max, replicas]) else max;
    local scales = maxReplicas > replicas;
    local storage = modelStorage.new(p, modelName);
    local data = files(p, modelName, storage.basePath);
    local volumes =
      storage.volumes + (if data == {} then [] else [{ name: 'config', configMap: { name: part.name + '-config' } }]);
    [
      if data == {} then null else kf.configMap(part, data, '-config'),
      kf.deployment(
        part,
        {
          [if p.isSet('serviceAccount') then 'serviceAccountName']: p.string('serviceAccount'),
          [if !p.isSet('serviceAccount') then 'automountServiceAccountToken']: false,
          enableServiceLinks: false,
          securityContext: { runAsUser: 1000, fsGroup: 1000 },
          [if storage.initContainers != [] then 'initContainers']: storage.initContainers,
          containers: [container(p, modelName, storage, data, gpus)],
          [if gpus > 0 then 'tolerations']: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
          [if volumes != [] then 'volumes']: volumes,
        },
        replicas=if scales then null else replicas,
        annotations=if data == {} then {} else { 'checksum/config': kf.checksum(data) },
        labels={ 'sidecar.istio.io/inject': std.toString(p.bool('injectIstio')) },
        // An update must not wait for a GPU that is not there.
        strategy=if gpus == 0 then null
        else { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
      ),
      if scales then autoscaler(part, replicas, maxReplicas) else null,
    ],
}
