// @apiVersion 0.1
// @name io.ksonnet.pkg.tf-serving-service
// @description The Service of all releases of a model. With Istio it splits the traffic between them.
// @shortDescription The address of a TensorFlow model
// @param name string Name of the Service
// @optionalParam modelName string null Model whose servers it covers; null takes the component's name
// @optionalParam serviceType string ClusterIP Service type {ClusterIP|NodePort|LoadBalancer}
// @optionalParam enablePrometheus string true Mark the Service for Prometheus {true|false}
// @optionalParam injectIstio string false Make the Istio routes {true|false}
// @optionalParam trafficRule string v1:100 Share of each release in percent, such as v1:90:v2:10; needs injectIstio
// @optionalParam istioGateway string kubeflow-gateway Istio gateway the routes are for

local serving = import 'kubeflow/tf-serving/tf-serving.libsonnet';
serving.new(env, params).service
