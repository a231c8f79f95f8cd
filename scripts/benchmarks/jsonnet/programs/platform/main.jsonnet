// A monitoring platform in the style of kube-prometheus: a base that many add-ons extend, and
// nearly every object computed from configuration.
local platform =
  (import 'base.libsonnet')
  + (import 'exporters.libsonnet')
  + (import 'rules.libsonnet')
  + (import 'dashboards.libsonnet')
  + (import 'addons.libsonnet')
  + {
    values+:: {
      common+: { namespace: 'monitoring', versions+: { server: '2.55.0' } },
      server+: { replicas: 3, external+: { cluster: 'main' } },
      exporters+: { count: 120 },
      rules+: { groups: 130, perGroup: 8 },
      dashboards+: { count: 60, panels: 24 },
    },
  };

{ ['setup/' + name]: platform.setup[name] for name in std.objectFields(platform.setup) }
+ { ['server/' + name]: platform.server[name] for name in std.objectFields(platform.server) }
+ {
  ['exporters/%s-%s' % [kind, name]]: platform.exporters[kind][name]
  for kind in std.objectFields(platform.exporters)
  for name in std.objectFields(platform.exporters[kind])
}
+ { ['rules/' + rule.metadata.name]: rule for rule in platform.rules.list }
+ { ['dashboards/' + map.metadata.name]: map for map in platform.dashboards.list }
