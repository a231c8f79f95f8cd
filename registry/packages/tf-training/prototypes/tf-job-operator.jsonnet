// @apiVersion 0.1
// @name io.ksonnet.pkg.tf-job-operator
// @description The Kubeflow Training Operator: the TFJob, PyTorchJob and XGBoostJob resources and the controller that
// runs them. One per cluster is enough; a second instance needs installCRDs and webhook false.
// @shortDescription Controller and resource definitions for TFJob, PyTorchJob and XGBoostJob
// @param name string Name of the objects
// @optionalParam tfJobImage string ghcr.io/kubeflow/training-v1/training-operator:v1-93c5489 Image of the operator
// @optionalParam enabledJobs array ["tfjob","pytorchjob","xgboostjob"] Kinds to run {tfjob|pytorchjob|xgboostjob|paddlejob|jaxjob}
// @optionalParam deploymentScope string cluster Watch all namespaces or one {cluster|namespace}
// @optionalParam deploymentNamespace string null Namespace to watch in namespace scope; null is the environment's
// @optionalParam gangScheduler string null Gang scheduler to make pod groups for, such as volcano; must be installed
// @optionalParam installCRDs string true Install the resource definitions {true|false}
// @optionalParam webhook string true Install the validating webhooks {true|false}
// @optionalParam resources object {"requests":{"cpu":"100m","memory":"128Mi"},"limits":{"memory":"512Mi"}} Resources of the operator

local operator = import 'kubeflow/tf-training/tf-job-operator.libsonnet';
operator.new(env, params).list
