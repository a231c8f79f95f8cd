{
  values+:: { exporters: { count: 1, ports: { http: 9100, telemetry: 9101 } } },

  exporter(index):: {
    local exporter = self,
    _config:: {
      name: 'exporter-%03d' % index,
      component: 'exporter',
      version: 'exporter',
      replicas: 1 + index % 3,
      common: $.values.common,
      ports: $.values.exporters.ports,
      collectors: ['collector-%d' % n for n in std.range(1, 3 + index % 5)],
      ignored: '^/(dev|proc|sys|var/lib/%s/.+)($|/)' % self.name,
    },
    deployment: $.deployment {
      _config:: exporter._config,
      _containers:: [
        {
          name: 'exporter',
          image: $.lib.image($.values.common, 'exporter'),
          args: ['--collector.' + name for name in exporter._config.collectors]
                + ['--ignored=' + exporter._config.ignored, '--listen=127.0.0.1:9100'],
          resources: { requests: { cpu: '%dm' % (100 + index), memory: '%dMi' % (150 + 2 * index) } },
          volumeMounts: [
            { name: name, mountPath: '/host/' + name, readOnly: true, mountPropagation: 'HostToContainer' }
            for name in ['proc', 'sys', 'root']
          ],
        },
        {
          name: 'proxy',
          image: $.lib.image($.values.common, 'proxy'),
          args: ['--secure-listen-address=[$(IP)]:9100', '--upstream=http://127.0.0.1:9100/'],
          env: [{ name: 'IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } }],
          ports: [
            { name: name, containerPort: exporter._config.ports[name] }
            for name in std.objectFields(exporter._config.ports)
          ],
        },
      ],
      spec+: { template+: { spec+: { hostNetwork: index % 4 == 0, tolerations: [{ operator: 'Exists' }] } } },
    },
    service: $.service { _config:: exporter._config, _ports:: exporter._config.ports },
    monitor: $.monitor { _config:: exporter._config, _endpoints:: std.objectFields(exporter._config.ports) },
    configuration: $.configMap {
      _config:: exporter._config,
      data: {
        'exporter.json': std.manifestJsonEx({
          collectors: { [name]: { enabled: true, interval: 15 } for name in exporter._config.collectors },
          ignored: [exporter._config.ignored],
        }, '    '),
      },
    },
  },

  exporters: {
    ['exporter-%03d' % i]: $.exporter(i)
    for i in std.range(1, $.values.exporters.count)
  },
}
