// @apiVersion 0.1
// @name io.ksonnet.pkg.core
// @description The environment's namespace with its Pod Security level, and the cluster roles admin, edit and view that
// collect the rights the other packages hand out. Bind people to them.
// @shortDescription Namespace and roles for people
// @param name string Value of the label app.kubernetes.io/instance
// @optionalParam podSecurity string baseline Pod Security level of the namespace {privileged|baseline|restricted}
// @optionalParam istioInjection string disabled Sidecar injection; it breaks jobs, which would never end {enabled|disabled}
// @optionalParam rolePrefix string kubeflow Prefix of the three cluster roles

local core = import 'kubeflow/common/core.libsonnet';
core.new(env, params).list
