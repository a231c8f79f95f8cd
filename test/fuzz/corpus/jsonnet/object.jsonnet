local o = { local x = 1, a: [i * x for i in std.range(1, 3) if i % 2 == 1], b: 'x' in super, c::: |||
  text
||| };
o { b: '%5.2f|%s' % [1.5, self.a], d: o.a[1:] }