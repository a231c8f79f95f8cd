// The CustomResourceDefinitions of this package, for `kfctl validate` of an app that has jobs but not their operator.
local definition = import 'job-crd.libsonnet';
local kinds = import 'job-kinds.libsonnet';

[definition.new(kinds[name], {}) for name in std.objectFields(kinds)]
