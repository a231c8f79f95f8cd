// The namespace everything lives in, and the roles for people.
local kf = import 'kfctl.libsonnet';

// A role without rules of its own: the control plane fills `rules` from every role that carries the label, so `rules`
// must not be in the manifest, or a second apply would fight over it.
local aggregatedRole(part, prefix, level, selects) = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: '%s-%s' % [prefix, level], labels: part.labels },
  aggregationRule: {
    clusterRoleSelectors: [
      { matchLabels: { ['rbac.authorization.kubeflow.org/aggregate-to-kubeflow-' + s]: 'true' } }
      for s in selects
    ],
  },
};

{
  new(env, params):: {
    local p = kf.params(params),
    local part = kf.app('core', env, p).part(),
    local prefix = p.dnsName('rolePrefix'),

    namespace:: {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: env.namespace,
        labels: part.labels {
          'pod-security.kubernetes.io/enforce': p.choice('podSecurity', ['privileged', 'baseline', 'restricted']),
          // Katib's metrics collector goes into the trial pods of namespaces with this label.
          'katib.kubeflow.org/metrics-collector-injection': 'enabled',
          [if p.choice('istioInjection', ['enabled', 'disabled']) == 'enabled' then 'istio-injection']: 'enabled',
        },
      },
    },
    roles:: [
      aggregatedRole(part, prefix, 'admin', ['admin', 'edit', 'view']),
      aggregatedRole(part, prefix, 'edit', ['edit', 'view']),
      aggregatedRole(part, prefix, 'view', ['view']),
    ],

    list:: kf.list([self.namespace] + self.roles),
  },
}
