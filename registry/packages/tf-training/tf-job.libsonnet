// A TFJob: distributed TensorFlow training. The operator tells every replica its role through TF_CONFIG.
local kf = import 'kfctl.libsonnet';

// The controller looks for a container of exactly this name.
local containerName = 'tensorflow';

local container(p, gpus) =
  local command = p.strings('command');
  local args = p.strings('args');
  local variables = p.object('env');
  local resources = kf.withGpus(p.object('resources'), gpus);
  {
    name: containerName,
    image: p.string('image'),
    [if command != [] then 'command']: command,
    [if args != [] then 'args']: args,
    [if variables != {} then 'env']: kf.env(variables),
    [if resources != {} then 'resources']: resources,
    [if p.isSet('pvc') then 'volumeMounts']: [{ name: 'data', mountPath: p.string('pvcMount') }],
  };

local pod(p, gpus) = {
  containers: [container(p, gpus)],
  [if p.isSet('serviceAccount') then 'serviceAccountName']: p.string('serviceAccount'),
  [if p.isSet('imagePullSecret') then 'imagePullSecrets']: [{ name: p.string('imagePullSecret') }],
  [if p.object('nodeSelector') != {} then 'nodeSelector']: p.object('nodeSelector'),
  [if gpus > 0 then 'tolerations']: [{ key: 'nvidia.com/gpu', operator: 'Exists', effect: 'NoSchedule' }],
  [if p.isSet('pvc') then 'volumes']: [{ name: 'data', persistentVolumeClaim: { claimName: p.string('pvc') } }],
};

local runPolicy(p) = {
  cleanPodPolicy: p.choice('cleanPodPolicy', ['None', 'Running', 'All']),
  backoffLimit: p.int('backoffLimit'),
  [if p.isSet('activeDeadlineSeconds') then 'activeDeadlineSeconds']: p.int('activeDeadlineSeconds', min=1),
  [if p.isSet('ttlSecondsAfterFinished') then 'ttlSecondsAfterFinished']: p.int('ttlSecondsAfterFinished'),
  [if p.isSet('queue') then 'schedulingPolicy']: { queue: p.string('queue') },
  [if p.bool('suspend') then 'suspend']: true,
};

{
  new(env, params):: {
    local p = kf.params(params),
    local part = kf.app('tf-job', env, p).part(),
    local numGpus = p.int('numGpus'),
    // Parameter servers hold variables and evaluators run now and then: the GPUs go to those who compute gradients.
    local replicas = {
      Chief: { count: p.int('numChief'), gpus: numGpus },
      PS: { count: p.int('numPs'), gpus: 0 },
      Worker: { count: p.int('numWorkers'), gpus: numGpus },
      Evaluator: { count: p.int('numEvaluators'), gpus: p.int('evaluatorGpus') },
    },
    local replicaSpec(r) = {
      replicas: r.count,
      restartPolicy: p.choice('restartPolicy', ['Always', 'OnFailure', 'Never', 'ExitCode']),
      template: {
        // A mesh sidecar never exits, so the job would never finish.
        metadata: { labels: part.labels { 'sidecar.istio.io/inject': 'false' } },
        spec: pod(p, r.gpus),
      },
    },
    local total = std.foldl(function(sum, type) sum + replicas[type].count, ['Chief', 'Worker'], 0),
    assert replicas.Chief.count <= 1 : "component '%s': parameter 'numChief' is at most 1" % part.name,
    assert replicas.Evaluator.count <= 1 : "component '%s': parameter 'numEvaluators' is at most 1" % part.name,
    assert total > 0 : "component '%s': a job needs a worker or a chief; set 'numWorkers' or 'numChief'" % part.name,

    job:: {
      apiVersion: 'kubeflow.org/v1',
      kind: 'TFJob',
      metadata: part.meta(),
      spec: {
        runPolicy: runPolicy(p),
        [if p.isSet('successPolicy') then 'successPolicy']: p.choice('successPolicy', ['AllWorkers']),
        tfReplicaSpecs: { [t]: replicaSpec(replicas[t]) for t in std.objectFields(replicas) if replicas[t].count > 0 },
      },
    },

    list:: kf.list([self.job]),
  },
}
