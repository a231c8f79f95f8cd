// What users add: changes to everything, made from outside.
{
  local everywhere = { metadata+: { annotations+: { 'platform/managed': 'true' } } },
  local spread(name) = {
    spec+: { template+: { spec+: {
      affinity: { podAntiAffinity: { preferred: [{ weight: 100, key: 'kubernetes.io/hostname', name: name }] } },
    } } },
  },

  deployment+:: everywhere + { spec+: { template+: { spec+: { priorityClassName: 'platform' } } } },
  service+:: everywhere,
  monitor+:: { spec+: { endpoints: [endpoint { honorLabels: true } for endpoint in super.endpoints] } },
  configMap+:: everywhere,

  exporter(index):: super.exporter(index) + {
    deployment+: if index % 2 == 0 then spread(super.deployment.metadata.name) else {},
    [if index % 10 == 0 then 'budget']: $.object {
      local budget = self,
      _config:: { name: 'budget-%03d' % index, component: 'exporter', version: 'exporter', common: $.values.common },
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      spec: { minAvailable: 1, selector: { matchLabels: $.lib.selectorOf(budget.metadata.labels) } },
    },
  },
}
