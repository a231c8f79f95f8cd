// @apiVersion 0.0.1
// @name io.ksonnet.pkg.namespace
// @description A namespace.
// @shortDescription A namespace
// @param name string Name of the namespace

{
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: params.name },
}
