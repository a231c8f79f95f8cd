// @apiVersion 0.1
// @name io.ksonnet.pkg.tf-serving-deployment-aws
// @description One release of a model from S3: the server without a Service.
// @shortDescription One release of a TensorFlow model from S3
// @param name string Name of the objects
// @param modelBasePath string Folder of the model, s3://bucket/path
// @optionalParam modelName string null Name in the URLs; null takes the component's name
// @optionalParam versionName string v1 Label of this release; a second component with another one is a canary
// @optionalParam modelVersions array [] Versions of the model to load; empty loads the newest
// @optionalParam numGpus number 0 GPUs of each pod
// @optionalParam replicas number 1 Number of pods
// @optionalParam maxReplicas number 0 Above replicas, an autoscaler adds pods up to this number when CPUs are busy
// @optionalParam batching object {} Request batching, such as {"max_batch_size":32,"batch_timeout_micros":5000}
// @optionalParam enablePrometheus string true Serve metrics for Prometheus {true|false}
// @optionalParam env object {} Environment variables, name to value
// @optionalParam extraArgs array [] Further flags of tensorflow_model_server
// @optionalParam resources object {"requests":{"cpu":"1","memory":"1Gi"},"limits":{"cpu":"4","memory":"4Gi"}} Resources of each pod, without the GPUs
// @optionalParam defaultCpuImage string tensorflow/serving:2.19.1 Image without GPUs
// @optionalParam defaultGpuImage string tensorflow/serving:2.19.1-gpu Image with GPUs
// @optionalParam serviceAccount string null Existing ServiceAccount of the pods
// @optionalParam injectIstio string false Run the pods in the Istio mesh {true|false}
// @optionalParam s3SecretName string null Existing Secret with the keys of the bucket
// @optionalParam s3SecretAccesskeyidKeyName string AWS_ACCESS_KEY_ID Key of the access key id in that Secret
// @optionalParam s3SecretSecretaccesskeyKeyName string AWS_SECRET_ACCESS_KEY Key of the secret access key in that Secret
// @optionalParam s3AwsRegion string us-east-1 Region of the bucket
// @optionalParam s3Endpoint string null Host of a store other than AWS
// @optionalParam s3UseHttps string true Use HTTPS to s3Endpoint {true|false}
// @optionalParam s3VerifySsl string true Check the store's certificate {true|false}
// @optionalParam s3Image string amazon/aws-cli:2.22.0 Image that copies from s3://

local serving = import 'kubeflow/tf-serving/tf-serving.libsonnet';
serving.new(env, params).deployment
