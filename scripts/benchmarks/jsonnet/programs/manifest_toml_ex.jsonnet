local toml(value) =
  if std.isObject(value) then { [key]: toml(value[key]) for key in std.objectFields(value) if value[key] != null }
  else value;
local tree = toml((import 'objects.libsonnet').tree(1000));
std.foldl(function(total, i) total + std.length(std.manifestTomlEx(tree + { i: i }, '  ')), std.range(1, 8), 0)
