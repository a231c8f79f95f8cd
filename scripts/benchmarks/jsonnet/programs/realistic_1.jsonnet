// Virtual machines and their start-up scripts, for many regions.
local regions = ['%s-%s%d' % [part, side, n]
                 for part in ['asia', 'europe', 'us'] for side in ['east', 'west'] for n in [1, 2, 3, 4]];
local script = |||
  #!/bin/bash
  set -e
  export REGION=%(region)s ROLE=%(role)s INDEX=%(index)d
  mkdir -p /srv/%(role)s/%(region)s
  cat >/srv/%(role)s/%(region)s/config <<END
  listen = 0.0.0.0:%(port)d
  name = %(role)s-%(region)s-%(index)03d
  share = %(share)5.3f
  END
  exec /opt/%(role)s --config /srv/%(role)s/%(region)s/config
|||;
local machine(region, role, index) = {
  local it = self,
  name: '%s-%s-%03d' % [role, region, index],
  region: region,
  size: if role == 'database' then 'large' else 'small',
  disks: [{ name: it.name + '-' + kind, kind: kind, gigabytes: 100 } for kind in ['boot', 'data']],
  labels: { role: role, region: region, environment: std.extVar('environment') },
  script: script % { region: region, role: role, index: index, port: 8000 + index, share: index / 8 },
};
local roles = { web: 12, cache: 4, database: 2, queue: 4 };
{
  machines: {
    [m.name]: m
    for region in regions
    for role in std.objectFields(roles)
    for m in [machine(region, role, i) for i in std.range(1, roles[role])]
  },
  firewall: std.flattenArrays([
    [{ from: a, to: b, ports: [22, 80, 443] } for b in regions if b != a]
    for a in regions
  ]),
}
