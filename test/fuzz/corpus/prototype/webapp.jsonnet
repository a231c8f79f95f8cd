// @apiVersion 0.1
// @name io.ksonnet.pkg.webapp
// @description A stateless web application: Deployment, Service, a ConfigMap whose files are mounted into the pods,
// and an Ingress when a host is given. A change of the configuration rolls the pods.
// @shortDescription Deployment, Service and ConfigMap of a web application
// @param name string Name of the objects
// @param image string Container image; with the default securityProfile it must not need root
// @optionalParam replicas number 2 Number of pods
// @optionalParam containerPort number 8080 Port the application listens on
// @optionalParam servicePort number 80 Port of the Service
// @optionalParam serviceType string ClusterIP Service type {ClusterIP|NodePort|LoadBalancer}
// @optionalParam command array [] Replaces the image's entrypoint
// @optionalParam args array [] Arguments of the command
// @optionalParam env object {} Environment variables, name to value
// @optionalParam envSecret string null Existing Secret whose keys become environment variables
// @optionalParam config object {} Configuration files, file name to content; objects are written as JSON
// @optionalParam configPath string /etc/config Folder the configuration files appear in
// @optionalParam probePath string / HTTP path of the health probes; null probes the TCP port
// @optionalParam resources object {"requests":{"cpu":"100m","memory":"64Mi"},"limits":{"memory":"256Mi"}} Container resources
// @optionalParam securityProfile string restricted Pod Security level {restricted|baseline}; baseline allows root
// @optionalParam runAsUser numberOrString null Numeric user id; null takes the image's
// @optionalParam ingressHost string null Host name; an Ingress is made when it is set
// @optionalParam ingressClass string null Ingress class; null takes the cluster's default
// @optionalParam ingressTlsSecret string null Existing TLS Secret for the host

local webapp = import 'kubeflow/webapp/webapp.libsonnet';
webapp.new(env, params).list
