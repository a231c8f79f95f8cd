// The job kinds of the Training Operator v1 API, by the name its flag --enable-scheme takes. One row is all that the
// CRDs, the webhooks and the roles need to know about a kind.
//   specs     the spec field that maps a replica type to its replicas
//   types     the replica types the controller knows; they are case-sensitive
//   spec      further typed fields of the spec
//   scalable  an autoscaler may set the number of workers
// MPIJob is missing on purpose: mpi-operator owns that CRD's name, in another version.
local elasticPolicy = {
  type: 'object',
  properties: {
    minReplicas: { type: 'integer', format: 'int32', minimum: 1 },
    maxReplicas: { type: 'integer', format: 'int32', minimum: 1 },
    maxRestarts: { type: 'integer', format: 'int32', minimum: 0 },
    rdzvBackend: { type: 'string', enum: ['c10d', 'etcd', 'etcd-v2'] },
    rdzvHost: { type: 'string' },
    rdzvPort: { type: 'integer', format: 'int32' },
    rdzvId: { type: 'string' },
    rdzvConf: {
      type: 'array',
      items: { type: 'object', properties: { key: { type: 'string' }, value: { type: 'string' } } },
    },
    standalone: { type: 'boolean' },
    nProcPerNode: { type: 'integer', format: 'int32' },
    metrics: { type: 'array', items: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
  },
};

{
  tfjob: {
    kind: 'TFJob',
    plural: 'tfjobs',
    specs: 'tfReplicaSpecs',
    types: ['Chief', 'Evaluator', 'Master', 'PS', 'Worker'],
    spec: {
      successPolicy: { type: 'string', enum: ['', 'AllWorkers'] },
      enableDynamicWorker: { type: 'boolean' },
    },
    scalable: false,
  },
  pytorchjob: {
    kind: 'PyTorchJob',
    plural: 'pytorchjobs',
    specs: 'pytorchReplicaSpecs',
    types: ['Master', 'Worker'],
    spec: { nprocPerNode: { type: 'string' }, elasticPolicy: elasticPolicy },
    scalable: true,
  },
  xgboostjob: {
    kind: 'XGBoostJob',
    plural: 'xgboostjobs',
    specs: 'xgbReplicaSpecs',
    types: ['Master', 'Worker'],
    spec: {},
    scalable: false,
  },
  paddlejob: {
    kind: 'PaddleJob',
    plural: 'paddlejobs',
    specs: 'paddleReplicaSpecs',
    types: ['Master', 'Worker'],
    spec: { elasticPolicy: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    scalable: true,
  },
  jaxjob: {
    kind: 'JAXJob',
    plural: 'jaxjobs',
    specs: 'jaxReplicaSpecs',
    types: ['Worker'],
    spec: {},
    scalable: true,
  },
}
