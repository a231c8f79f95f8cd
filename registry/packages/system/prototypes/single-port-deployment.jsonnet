// @apiVersion 0.0.1
// @name io.ksonnet.pkg.single-port-deployment
// @description A deployment of one container that exposes one port.
// @shortDescription A deployment with one port
// @param name string Name of the deployment
// @param image string Container image
// @optionalParam replicas number 1 Number of pods
// @optionalParam containerPort number 80 Port the container listens on

{
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: params.name, namespace: env.namespace },
  spec: {
    replicas: params.replicas,
    selector: { matchLabels: { app: params.name } },
    template: {
      metadata: { labels: { app: params.name } },
      spec: {
        containers: [{
          name: params.name,
          image: params.image,
          ports: [{ containerPort: params.containerPort }],
        }],
      },
    },
  },
}
