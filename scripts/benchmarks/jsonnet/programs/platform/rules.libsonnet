{
  values+:: { rules: { groups: 1, perGroup: 4, runbook: 'https://runbooks.example.com/%s' } },

  alert(group, index):: {
    local it = self,
    _severity:: ['info', 'warning', 'critical'][index % 3],
    _limit:: 50 + 5 * index,
    alert: 'Unit%s%02dFails' % [std.asciiUpper(group), index],
    expr: |||
      (
        sum by (namespace, pod) (rate(unit_%(group)s_errors_total{job="%(group)s",code=~"5.."}[5m]))
      /
        sum by (namespace, pod) (rate(unit_%(group)s_requests_total{job="%(group)s"}[5m]))
      ) * 100 > %(limit)d
    ||| % { group: group, limit: it._limit },
    'for': '%dm' % (5 + index),
    labels: { severity: it._severity },
    annotations: {
      summary: '%s: more than %d%% of requests fail.' % [group, it._limit],
      description: 'Pod {{ $labels.namespace }}/{{ $labels.pod }} of %s fails for {{ printf "%%.2f" $value }}%%.' % group,
      runbook_url: $.values.rules.runbook % std.asciiLower(it.alert),
    },
  },

  record(group, index):: {
    record: 'namespace:%s_usage_%d:sum' % [group, index],
    expr: 'sum by (namespace) (max by (namespace, pod) (unit_%s_usage{kind="%d"}))' % [group, index],
  },

  rules: {
    group(index):: {
      local name = 'group%d' % index,
      name: name + '.rules',
      rules: [$.alert(name, i) for i in std.range(1, $.values.rules.perGroup)]
             + [$.record(name, i) for i in std.range(1, $.values.rules.perGroup)],
    },
    adjusted(group):: group {
      rules: [
        if std.objectHas(rule, 'alert') && rule.labels.severity == 'info'
        then rule { labels+: { muted: 'true' } }
        else rule
        for rule in super.rules
      ],
    },
    list: [
      $.object {
        _config:: { name: 'rules-%03d' % i, component: 'rules', version: 'server', common: $.values.common },
        apiVersion: 'monitoring.example.com/v1',
        kind: 'Rule',
        spec: { groups: [$.rules.adjusted($.rules.group(i))] },
      }
      for i in std.range(1, $.values.rules.groups)
    ],
  },
}
