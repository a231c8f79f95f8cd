// Every pair of many names, in objects of a few levels.
local zones = ['%s-%s%d-%s' % [area, side, n, letter]
               for area in ['europe', 'us'] for side in ['central', 'north', 'west'] for n in [1, 2]
               for letter in ['a', 'b']];
function(prefix='prefix', perZone=40)
  local long(zone, i) = 'a-name-that-is-long-as-generated-names-are-%s-in-%s-with-%04d' % [prefix, zone, i];
  {
    backends: std.join([], [
      [
        { created: '2026-01-01T00:00:00Z', spec: { name: long(zone, i), labels: [zone, 'backend'], count: '9' } }
        for i in std.range(1, perZone)
      ]
      for zone in zones
    ]),
    routes: std.join([], [
      local all = [long(zone, i) for i in std.range(1, perZone)];
      [
        { created: '2026-01-01T00:00:00Z', kind: 'Route', spec: { via: 'the-default-gateway', from: p, to: q } }
        for p in all
        for q in all
        if p != q
      ]
      for zone in zones
    ]),
  }
