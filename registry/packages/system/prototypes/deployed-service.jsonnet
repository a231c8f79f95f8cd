// @apiVersion 0.0.1
// @name io.ksonnet.pkg.deployed-service
// @description A deployment of one container and a service in front of it.
// @shortDescription A deployment and its service
// @param name string Name of both objects
// @param image string Container image
// @optionalParam servicePort number 80 Port of the service
// @optionalParam containerPort number 80 Port the container listens on
// @optionalParam replicas number 1 Number of pods
// @optionalParam type string ClusterIP Service type {ClusterIP|NodePort|LoadBalancer}

[
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: params.name, namespace: env.namespace },
    spec: {
      type: params.type,
      selector: { app: params.name },
      ports: [{ port: params.servicePort, targetPort: params.containerPort }],
    },
  },
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
  },
]
