{
  values:: {
    common: {
      namespace: 'default',
      registry: 'registry.local',
      versions: { server: '2.0.0', exporter: '1.8.2', config: '0.9.0', proxy: '0.18.0' },
      labels: { 'app.kubernetes.io/part-of': 'platform' },
    },
    server: {
      name: 'main',
      replicas: 1,
      resources: { requests: { memory: '400Mi', cpu: '100m' }, limits: { memory: '2Gi' } },
      external: { cluster: 'none', replica: '$(POD_NAME)' },
      scrape: { interval: '30s', timeout: '10s', relabel: ['namespace', 'pod', 'node', 'service'] },
    },
  },

  lib:: {
    labelsOf(name, component):: {
      'app.kubernetes.io/name': name,
      'app.kubernetes.io/component': component,
    },
    selectorOf(labels):: {
      [key]: labels[key]
      for key in std.objectFields(labels)
      if key != 'app.kubernetes.io/version'
    },
    image(common, name):: '%s/%s:v%s' % [common.registry, name, common.versions[name]],
  },

  object:: {
    local it = self,
    _config:: error 'an object needs its _config',
    _name:: it._config.name,
    _labels:: it._config.common.labels + $.lib.labelsOf(it._name, it._config.component) + {
      'app.kubernetes.io/version': it._config.common.versions[it._config.version],
    },
    metadata: {
      name: it._name,
      namespace: it._config.common.namespace,
      labels: it._labels,
    },
  },

  deployment:: $.object + {
    local it = self,
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    _containers:: [],
    spec: {
      replicas: it._config.replicas,
      selector: { matchLabels: $.lib.selectorOf(it._labels) },
      template: {
        metadata: { labels: it._labels, annotations: { 'kubectl.kubernetes.io/default-container': it._name } },
        spec: {
          containers: [
            { securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } } + container
            for container in it._containers
          ],
          nodeSelector: { 'kubernetes.io/os': 'linux' },
          securityContext: { runAsNonRoot: true, runAsUser: 65534 },
          serviceAccountName: it._name,
        },
      },
    },
  },

  service:: $.object + {
    local it = self,
    apiVersion: 'v1',
    kind: 'Service',
    _ports:: {},
    spec: {
      selector: $.lib.selectorOf(it._labels),
      ports: [
        { name: name, port: it._ports[name], targetPort: name }
        for name in std.objectFields(it._ports)
      ],
    },
  },

  configMap:: $.object + { apiVersion: 'v1', kind: 'ConfigMap', data: {} },

  monitor:: $.object + {
    local it = self,
    apiVersion: 'monitoring.example.com/v1',
    kind: 'ServiceMonitor',
    _endpoints:: ['http'],
    spec: {
      jobLabel: 'app.kubernetes.io/name',
      selector: { matchLabels: $.lib.selectorOf(it._labels) },
      endpoints: [
        {
          port: endpoint,
          interval: $.values.server.scrape.interval,
          relabelings: [
            { action: 'replace', sourceLabels: ['__meta_kubernetes_' + label], targetLabel: label }
            for label in $.values.server.scrape.relabel
          ],
          metricRelabelings: [{
            action: 'drop',
            sourceLabels: ['__name__'],
            regex: std.join('|', ['%s_(%s)_.+' % [it._name, part] for part in ['debug', 'internal', 'test']]),
          }],
        }
        for endpoint in it._endpoints
      ],
    },
  },

  setup: {
    namespace: {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: $.values.common.namespace },
    },
  },

  server: {
    local server = self,
    _config:: $.values.server { common: $.values.common, component: 'server', version: 'server' },
    deployment: $.deployment {
      _config:: server._config,
      _containers:: [{
        name: 'server',
        image: $.lib.image($.values.common, 'server'),
        resources: server._config.resources,
        args: ['--external=%s=%s' % [key, server._config.external[key]]
               for key in std.objectFields(server._config.external)],
      }],
    },
    service: $.service { _config:: server._config, _ports:: { web: 9090, reload: 8080 } },
    configuration: $.configMap {
      _config:: server._config,
      data: {
        'server.yaml': std.manifestYamlDoc({
          global: { scrape_interval: server._config.scrape.interval, external_labels: server._config.external },
          rule_files: ['/etc/rules/%s.yaml' % rule.metadata.name for rule in $.rules.list],
          scrape_configs: [
            { job_name: name, static_configs: [{ targets: ['%s.%s.svc:9100' % [name, $.values.common.namespace]] }] }
            for name in std.objectFields($.exporters)
          ],
        }),
      },
    },
  },
}
