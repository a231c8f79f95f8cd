local tree = (import 'objects.libsonnet').tree(1000);
std.foldl(function(total, i) total + std.length(std.manifestJsonEx(tree + { i: i }, '  ')), std.range(1, 8), 0)
