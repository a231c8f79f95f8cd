// Dashboards are documents inside of configuration maps.
{
  values+:: { dashboards: { count: 1, panels: 4, refresh: '10s' } },

  panels:: {
    target(expr, legend):: { expr: expr, legendFormat: legend, format: 'time_series', intervalFactor: 2 },
    base(title):: {
      title: title,
      targets: [],
      datasource: '$datasource',
      span: 6,
      addTarget(target)::
        local letter = std.char(65 + std.length(self.targets));
        self + { targets+: [target { refId: letter }] },
    },
    graph(title, unit='short'):: $.panels.base(title) + {
      type: 'graph',
      fill: 1,
      linewidth: 1,
      nullPointMode: 'null as zero',
      legend: { show: true, values: false, avg: false, current: false },
      yaxes: [{ format: unit, min: 0, show: true }, { format: 'short', show: false }],
    },
    stat(title, unit='percent'):: $.panels.base(title) + {
      type: 'stat',
      format: unit,
      thresholds: [{ color: color, value: 30 * i } for i in [0, 1, 2] for color in [['green', 'orange', 'red'][i]]],
    },
  },

  dashboard(index):: {
    local it = self,
    local job = 'job="unit%d",namespace="$namespace"' % index,
    title: 'Platform / Unit %d' % index,
    uid: std.md5(it.title)[0:12],
    tags: ['platform', 'unit-%d' % (index % 7)],
    refresh: $.values.dashboards.refresh,
    time: { from: 'now-1h', to: 'now' },
    templating: {
      list: [
        { name: name, label: null, query: 'label_values(up{%s}, %s)' % [job, name], type: 'query', hide: 0 }
        for name in ['datasource', 'namespace', 'pod']
      ],
    },
    rows: [
      {
        title: 'Row %d' % row,
        collapse: row > 2,
        panels: [
          (if panel % 2 == 0 then $.panels.graph('Rate %d' % panel, 'ops') else $.panels.stat('Share %d' % panel))
          .addTarget($.panels.target('sum(rate(unit_%d_%d{%s}[$__interval]))' % [row, panel, job], '{{pod}}'))
          .addTarget($.panels.target('avg(unit_%d_%d{%s})' % [row, panel, job], '{{namespace}}'))
          { gridPos: { h: 8, w: 12, x: 12 * (panel % 2), y: 8 * panel } }
          for panel in std.range(1, $.values.dashboards.panels / 2)
        ],
      }
      for row in [1, 2]
    ],
  },

  dashboards: {
    list: [
      $.configMap {
        _config:: { name: 'dashboard-%03d' % i, component: 'dashboards', version: 'config', common: $.values.common },
        data: { ['unit-%d.json' % i]: std.manifestJsonEx($.dashboard(i), '    ') },
      }
      for i in std.range(1, $.values.dashboards.count)
    ],
  },
}
