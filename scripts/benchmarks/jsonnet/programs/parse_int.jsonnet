std.foldl(
  function(total, i) total + std.parseInt('' + i) + std.parseInt('-' + i) + std.parseHex('%x' % i),
  std.range(1, 30000), 0
)
