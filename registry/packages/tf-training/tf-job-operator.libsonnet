// The Kubeflow Training Operator (v1 API): one Deployment that runs TFJobs and its siblings.
//
// The operator makes its own webhook certificate: it fills the empty Secret and writes the CA into the webhook
// configuration, which it finds by a compiled-in name. Neither is set here, so that a second apply takes nothing away.
local kf = import 'kfctl.libsonnet';
local jobCrd = import 'kubeflow/tf-training/job-crd.libsonnet';
local jobKinds = import 'kubeflow/tf-training/job-kinds.libsonnet';

local webhookConfiguration = 'validator.training-operator.kubeflow.org';

// What running jobs needs, in the namespaces the operator watches. MPIJob would also need roles and pods/exec.
local jobRules(jobs) =
  local plurals = [j.plural for j in jobs];
  [
    kf.rule('kubeflow.org', plurals, kf.fullVerbs),
    kf.rule('kubeflow.org', [p + '/finalizers' for p in plurals], ['update']),
    kf.rule('kubeflow.org', [p + '/status' for p in plurals], ['get', 'patch', 'update']),
    kf.rule('', ['events', 'pods'], kf.fullVerbs),
    kf.rule('', ['services'], ['create', 'delete', 'get', 'list', 'watch']),
    // PyTorch's init container template is read from a ConfigMap, and elastic jobs get an autoscaler.
    kf.rule('', ['configmaps'], ['list', 'watch']),
    kf.rule('autoscaling', ['horizontalpodautoscalers'], kf.fullVerbs),
    kf.rule('scheduling.volcano.sh', ['podgroups'], kf.fullVerbs),
    kf.rule('scheduling.x-k8s.io', ['podgroups'], kf.fullVerbs),
  ];

// What the certificate rotation needs. It reads Secrets of its own namespace only.
local secretRules(secretName) = [
  kf.rule('', ['secrets'], ['get', 'list', 'watch']),
  kf.rule('', ['secrets'], ['update'], names=[secretName]),
];
local webhookRules = [
  kf.rule('admissionregistration.k8s.io', ['validatingwebhookconfigurations'], ['get', 'list', 'watch']),
  kf.rule('admissionregistration.k8s.io', ['validatingwebhookconfigurations'], ['update'], names=[webhookConfiguration]),
];

// Roles for people, picked up by the aggregated roles of the package `common`.
local userRole(part, jobs, level, verbs) =
  local plurals = [j.plural for j in jobs];
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: part.clusterMeta('-' + level) {
      labels+: { ['rbac.authorization.kubeflow.org/aggregate-to-kubeflow-' + level]: 'true' },
    },
    rules: [
      kf.rule('kubeflow.org', plurals, verbs),
      kf.rule('kubeflow.org', [p + '/status' for p in plurals], ['get']),
      kf.rule('', ['events', 'pods', 'pods/log'], ['get', 'list', 'watch']),
    ],
  };

local webhooks(part, jobs) = {
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'ValidatingWebhookConfiguration',
  metadata: { name: webhookConfiguration, labels: part.labels },
  webhooks: [
    {
      name: 'validator.%s.training-operator.kubeflow.org' % std.asciiLower(j.kind),
      admissionReviewVersions: ['v1'],
      sideEffects: 'None',
      failurePolicy: 'Fail',
      clientConfig: { service: {
        name: part.name,
        namespace: part.meta().namespace,
        path: '/validate-kubeflow-org-v1-' + std.asciiLower(j.kind),
        port: 443,
      } },
      rules: [{
        apiGroups: ['kubeflow.org'],
        apiVersions: ['v1'],
        operations: ['CREATE', 'UPDATE'],
        resources: [j.plural],
        scope: 'Namespaced',
      }],
    }
    for j in jobs
  ],
};

local container(p, part, enabled, secretName, watched) = {
  name: 'training-operator',
  image: p.string('tfJobImage'),
  command: ['/manager'],
  args:
    ['--enable-scheme=' + name for name in enabled] +
    ['--webhook-service-name=' + part.name, '--webhook-secret-name=' + secretName] +
    (if watched != null then ['--namespace=' + watched] else []) +
    (if p.isSet('gangScheduler') then ['--gang-scheduler-name=' + p.string('gangScheduler')] else []),
  env: [
    { name: 'MY_POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
    { name: 'MY_POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
  ],
  ports: [
    { name: 'metrics', containerPort: 8080 },
    { name: 'webhook-server', containerPort: 9443 },
    { name: 'health', containerPort: 8081 },
  ],
  livenessProbe: { httpGet: { path: '/healthz', port: 'health' }, initialDelaySeconds: 15, periodSeconds: 20, timeoutSeconds: 3 },
  readinessProbe: { httpGet: { path: '/readyz', port: 'health' }, initialDelaySeconds: 10, periodSeconds: 15, timeoutSeconds: 3 },
  resources: p.object('resources'),
  securityContext: kf.restricted,
  volumeMounts: [{ name: 'cert', mountPath: '/tmp/k8s-webhook-server/serving-certs', readOnly: true }],
};

{
  new(env, params):: {
    local p = kf.params(params),
    local part = kf.app('training-operator', env, p).part(extraSelector={ 'control-plane': 'kubeflow-training-operator' }),
    local secretName = part.name + '-webhook-cert',
    local known = std.objectFields(jobKinds),
    local enabled = [
      if std.member(known, name) then name
      else p.fail('enabledJobs', "has '%s'; allowed: %s" % [name, std.join(', ', known)])
      for name in p.strings('enabledJobs')
    ],
    local jobs = [jobKinds[name] for name in enabled],
    local namespaced = p.choice('deploymentScope', ['cluster', 'namespace']) == 'namespace',
    local watched =
      if !namespaced then null
      else if p.isSet('deploymentNamespace') then p.string('deploymentNamespace')
      else env.namespace,
    assert !p.onlyWith('deploymentNamespace', 'deploymentScope namespace', namespaced),
    assert enabled != [] : "component '%s': parameter 'enabledJobs' must name at least one kind of job" % part.name,

    crds:: if p.bool('installCRDs') then [jobCrd.new(j, part.labels) for j in jobs] else [],
    secret:: kf.emptySecret(part, '-webhook-cert'),
    // In namespace scope the job rules live in the watched namespace, which need not be the operator's.
    grants::
      local own = kf.grant(part, secretRules(secretName));
      local everywhere = kf.grant(part, webhookRules + (if namespaced then [] else jobRules(jobs)), cluster=true);
      local inWatched = [
        o { metadata+: { name: part.name + '-jobs', namespace: watched }, [if o.kind == 'RoleBinding' then 'roleRef']+: { name: part.name + '-jobs' } }
        for o in kf.grant(part, jobRules(jobs))
      ];
      own + everywhere + (if namespaced then inWatched else []),
    userRoles:: [
      userRole(part, jobs, 'edit', kf.fullVerbs),
      userRole(part, jobs, 'view', ['get', 'list', 'watch']),
    ],
    service:: kf.service(
      part,
      [{ name: 'metrics', port: 8080, targetPort: 'metrics' }, { name: 'webhook-server', port: 443, targetPort: 'webhook-server' }],
      annotations={ 'prometheus.io/scrape': 'true', 'prometheus.io/path': '/metrics', 'prometheus.io/port': '8080' },
    ),
    deployment:: kf.deployment(
      part,
      {
        serviceAccountName: part.name,
        terminationGracePeriodSeconds: 10,
        containers: [container(p, part, enabled, secretName, watched)],
        volumes: [{ name: 'cert', secret: { secretName: secretName } }],
      },
      // A mesh sidecar in front of the webhook server would answer the API server with the wrong certificate.
      labels={ 'sidecar.istio.io/inject': 'false' },
    ),
    webhooks:: if p.bool('webhook') then webhooks(part, jobs) else null,

    list:: kf.list(
      self.crds + [kf.serviceAccount(part)] + self.grants + self.userRoles +
      [self.secret, self.service, self.deployment, self.webhooks]
    ),
  },
}
