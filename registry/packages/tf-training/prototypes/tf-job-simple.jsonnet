// @apiVersion 0.1
// @name io.ksonnet.pkg.tf-job-simple
// @description A small TFJob to try the operator with: a parameter server and two workers train on MNIST, without GPUs.
// @shortDescription A small TFJob to try the operator with
// @param name string Name of the job
// @optionalParam image string ghcr.io/kubeflow/training-v1/tf-dist-mnist-test:latest Image with the training program
// @optionalParam numWorkers number 2 Number of workers
// @optionalParam numPs number 1 Number of parameter servers

local tfJob = import 'kubeflow/tf-training/tf-job.libsonnet';
local defaults = {
  numChief: 0,
  numEvaluators: 0,
  command: [],
  args: [],
  env: {},
  numGpus: 0,
  evaluatorGpus: 0,
  resources: { requests: { cpu: '500m', memory: '1Gi' } },
  restartPolicy: 'OnFailure',
  cleanPodPolicy: 'Running',
  backoffLimit: 3,
  suspend: false,
  nodeSelector: {},
};
tfJob.new(env, defaults + params).list
