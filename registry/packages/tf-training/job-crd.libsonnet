// The CustomResourceDefinition of one row of job-kinds.libsonnet.
//
// The schemas are compact: what users get wrong is typed (replica types, restart policies, the run policy), the pod
// template is open. Upstream spells out the whole PodSpec, 600 kB a CRD, more than `kubectl apply` can annotate.
local open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
local int32 = { type: 'integer', format: 'int32', minimum: 0 };

local podTemplate = open {
  properties: {
    spec: open {
      required: ['containers'],
      properties: { containers: { type: 'array', minItems: 1, items: open { required: ['name'], properties: { name: { type: 'string' } } } } },
    },
  },
};

local replicaSpecs(types) = {
  type: 'object',
  minProperties: 1,
  maxProperties: std.length(types),
  additionalProperties: {
    type: 'object',
    properties: {
      replicas: int32,
      restartPolicy: { type: 'string', enum: ['Always', 'OnFailure', 'Never', 'ExitCode'] },
      template: podTemplate,
    },
  },
  'x-kubernetes-validations': [{
    rule: 'self.all(key, key in [%s])' % std.join(', ', ["'%s'" % t for t in types]),
    message: 'replica types are ' + std.join(', ', types),
  }],
};

local runPolicy = {
  type: 'object',
  properties: {
    activeDeadlineSeconds: { type: 'integer', format: 'int64', minimum: 0 },
    backoffLimit: int32,
    cleanPodPolicy: { type: 'string', enum: ['None', 'Running', 'All'] },
    managedBy: {
      type: 'string',
      enum: ['kubeflow.org/training-operator', 'kueue.x-k8s.io/multikueue'],
      'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'managedBy cannot be changed' }],
    },
    schedulingPolicy: {
      type: 'object',
      properties: {
        minAvailable: int32,
        minResources: {
          type: 'object',
          additionalProperties: { anyOf: [{ type: 'integer' }, { type: 'string' }], 'x-kubernetes-int-or-string': true },
        },
        priorityClass: { type: 'string' },
        queue: { type: 'string' },
        scheduleTimeoutSeconds: int32,
      },
    },
    suspend: { type: 'boolean', default: false },
    ttlSecondsAfterFinished: int32,
  },
};

{
  new(job, labels):: {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: job.plural + '.kubeflow.org', labels: labels },
    spec: {
      group: 'kubeflow.org',
      scope: 'Namespaced',
      names: {
        kind: job.kind,
        listKind: job.kind + 'List',
        plural: job.plural,
        singular: std.asciiLower(job.kind),
      },
      versions: [{
        name: 'v1',
        served: true,
        storage: true,
        additionalPrinterColumns: [
          { name: 'State', type: 'string', jsonPath: '.status.conditions[-1:].type' },
          { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' },
        ],
        subresources: {
          status: {},
          [if job.scalable then 'scale']: {
            specReplicasPath: '.spec.%s.Worker.replicas' % job.specs,
            statusReplicasPath: '.status.replicaStatuses.Worker.active',
            labelSelectorPath: '.status.replicaStatuses.Worker.selector',
          },
        },
        schema: { openAPIV3Schema: {
          type: 'object',
          required: ['spec'],
          properties: {
            apiVersion: { type: 'string' },
            kind: { type: 'string' },
            metadata: { type: 'object' },
            spec: {
              type: 'object',
              required: [job.specs],
              properties: job.spec { runPolicy: runPolicy, [job.specs]: replicaSpecs(job.types) },
            },
            status: open,
          },
        } },
      }],
    },
  },
}
