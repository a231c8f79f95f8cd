// @apiVersion 0.0.1
// @name io.ksonnet.pkg.single-port-service
// @description A service that exposes one port of the pods its selector matches.
// @shortDescription A service with one port
// @param name string Name of the service
// @param targetLabelSelector object Labels of the pods, as {"app":"web"}
// @optionalParam servicePort number 80 Port of the service
// @optionalParam targetPort number 80 Port of the pods
// @optionalParam protocol string TCP Protocol {TCP|UDP|SCTP}
// @optionalParam serviceType string ClusterIP Service type {ClusterIP|NodePort|LoadBalancer}

{
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: params.name, namespace: env.namespace },
  spec: {
    type: params.serviceType,
    selector: params.targetLabelSelector,
    ports: [{
      protocol: params.protocol,
      port: params.servicePort,
      targetPort: params.targetPort,
    }],
  },
}
