// JupyterHub with one pod and one home directory for each user: a hub, a proxy, and what the servers run as.
local kf = import 'kfctl.libsonnet';
local hubs = import 'kubeflow/jupyter/hub.libsonnet';
local network = import 'kubeflow/jupyter/network.libsonnet';
local proxies = import 'kubeflow/jupyter/proxy.libsonnet';

// What servers may do when they may start jobs. Who can make pods can read every Secret of the namespace, the hub's
// token included, so this is for namespaces whose users trust each other.
local jobRules = [
  kf.rule('kubeflow.org', ['*'], kf.fullVerbs),
  kf.rule('argoproj.io', ['workflows'], kf.fullVerbs),
  kf.rule('', ['pods', 'pods/log', 'services'], ['create', 'delete', 'get', 'list', 'watch']),
  kf.rule('apps', ['deployments'], ['create', 'delete', 'get', 'list', 'watch']),
  kf.rule('batch', ['jobs'], ['create', 'delete', 'get', 'list', 'watch']),
];

local withSlashes(path) =
  local head = if std.startsWith(path, '/') then path else '/' + path;
  if std.endsWith(head, '/') then head else head + '/';

// KubeSpawner's own unit suffixes; it refuses Kubernetes' Gi.
local memory(p, v) =
  if std.isString(v) && std.length(v) > 1 && std.member(['K', 'M', 'G', 'T'], v[std.length(v) - 1]) then v
  else p.fail('memories', "has '%s'; write a number and K, M, G or T, such as 2G" % v);

local nonEmpty(p, name) =
  local v = p.array(name);
  if v == [] then p.fail(name, 'must offer at least one choice') else v;

// What jupyterhub_config.py reads. `jobs` tells whether the servers get the rights of their ServiceAccount.
local settings(p, hub, proxyApi, notebook, baseUrl, jobs) = {
  instance: p.string('name'),
  baseUrl: baseUrl,
  hubUrl: 'http://%s:8081' % hub.name,
  proxyApiUrl: 'http://%s:8001' % proxyApi,
  labels: notebook.labels { 'app.kubernetes.io/managed-by': 'kubespawner' },
  component: notebook.labels['app.kubernetes.io/component'],
  authenticator: if p.isSet('jupyterHubAuthenticator') then p.string('jupyterHubAuthenticator') else 'shared-password',
  allowedUsers: p.strings('allowedUsers'),
  adminUsers: p.strings('adminUsers'),
  hubConfig: p.object('hubConfig'),
  images: nonEmpty(p, 'notebookImages'),
  allowOtherImages: p.bool('allowOtherImages'),
  cpus: nonEmpty(p, 'cpus'),
  memories: [memory(p, m) for m in nonEmpty(p, 'memories')],
  gpus: nonEmpty(p, 'gpus'),
  gpuResource: 'nvidia.com/gpu',
  defaultUrl: if p.bool('useJupyterLabAsDefault') then '/lab' else '/tree',
  startTimeout: p.int('startTimeout', min=1),
  uid: p.int('notebookUid'),
  gid: p.int('notebookGid'),
  serviceAccount: notebook.name,
  automountToken: jobs,
  storageSize: p.string('workspaceSize'),
  storageClass: p.optional('storageClass'),
};

// One setting a line, so that a diff shows the setting that changed.
local jsonLines(object) = std.join('', [std.toString({ [k]: object[k] }) + '\n' for k in std.objectFields(object)]);

{
  new(env, params):: {
    local p = kf.params(params),
    local app = kf.app('jupyter', env, p),
    local hub = app.part('hub'),
    local proxy = app.part('proxy'),
    local notebook = app.part('notebook'),
    local baseUrl = withSlashes(p.string('baseUrl')),
    local jobs = p.choice('notebookPermissions', ['none', 'jobs']) == 'jobs',
    local data = {
      'jupyterhub_config.py': importstr 'kubeflow/jupyter/jupyterhub_config.py',
      'fill_secret.py': importstr 'kubeflow/jupyter/fill_secret.py',
      'settings.jsonl': jsonLines(settings(p, hub, proxy.name + '-api', notebook, baseUrl, jobs)),
    },

    accounts:: [kf.serviceAccount(hub), kf.serviceAccount(notebook, automount=jobs)],
    grants:: kf.grant(hub, hubs.rules(hub.name)) + (if jobs then kf.grant(notebook, jobRules) else []),
    configMap:: kf.configMap(hub, data),
    secret:: kf.emptySecret(hub),
    database:: kf.pvc(hub, p.string('hubStorageSize'), p.optional('storageClass'), '-db'),
    services:: [
      kf.service(hub, [{ name: 'http', port: 8081, targetPort: 'http' }]),
      kf.service(proxy, [{ name: 'http', port: 8001, targetPort: 'api' }], suffix='-api'),
      kf.service(
        proxy,
        [{ name: 'http', port: 80, targetPort: 'http' }],
        type=p.choice('serviceType', ['ClusterIP', 'NodePort', 'LoadBalancer']),
        suffix='-public',
      ),
    ],
    deployments:: [
      hubs.deployment(p, hub, baseUrl, data),
      proxies.deployment(p, proxy, 'http://%s:8081' % hub.name, { name: hub.name, key: hubs.tokenKey }),
    ],
    policies:: if p.bool('networkPolicy') then network.policies(hub, proxy, notebook) else [],

    list:: kf.list(
      self.policies + self.accounts + [self.secret, self.configMap, self.database] + self.grants + self.services +
      self.deployments
    ),
  },
}
