// @apiVersion 0.0.1
// @name io.ksonnet.pkg.configMap
// @description A simple config map with optional user-specified data.
// @shortDescription A config map
// @param name string Name of the config map
// @optionalParam data object {} Keys and their (string) values

{
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: params.name, namespace: env.namespace },
  data: params.data,
}
