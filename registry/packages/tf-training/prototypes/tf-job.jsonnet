// @apiVersion 0.1
// @name io.ksonnet.pkg.tf-job
// @description A TFJob: distributed TensorFlow training with workers and, as needed, a chief, parameter servers and an
// evaluator. Needs the operator of tf-job-operator in the cluster.
// @shortDescription A distributed TensorFlow training job
// @param name string Name of the job
// @param image string Image with the training program
// @optionalParam numWorkers number 2 Number of workers
// @optionalParam numChief number 0 Number of chiefs, 0 or 1; without one, worker 0 leads
// @optionalParam numPs number 0 Number of parameter servers
// @optionalParam numEvaluators number 0 Number of evaluators, 0 or 1
// @optionalParam command array [] Replaces the image's entrypoint
// @optionalParam args array [] Arguments of the command
// @optionalParam env object {} Environment variables, name to value
// @optionalParam numGpus number 0 GPUs of each worker and of the chief
// @optionalParam evaluatorGpus number 0 GPUs of the evaluator
// @optionalParam resources object {"requests":{"cpu":"1","memory":"2Gi"}} Resources of each replica, without the GPUs
// @optionalParam restartPolicy string OnFailure When a replica's pod is started again {Always|OnFailure|Never|ExitCode}
// @optionalParam cleanPodPolicy string Running Pods deleted when the job ends {None|Running|All}
// @optionalParam backoffLimit number 3 Restarts before the job counts as failed
// @optionalParam activeDeadlineSeconds numberOrString null Seconds the job may run; null is no limit
// @optionalParam ttlSecondsAfterFinished numberOrString null Seconds a finished job is kept; null keeps it
// @optionalParam successPolicy string null AllWorkers waits for every worker; null for the chief or worker 0
// @optionalParam suspend string false Create the job without starting it {true|false}
// @optionalParam queue string null Queue of the gang scheduler
// @optionalParam pvc string null Existing PersistentVolumeClaim mounted into every replica
// @optionalParam pvcMount string /mnt/data Path of the claim in the replicas
// @optionalParam serviceAccount string null Existing ServiceAccount of the pods
// @optionalParam imagePullSecret string null Existing Secret for a private image registry
// @optionalParam nodeSelector object {} Labels the nodes must have

local tfJob = import 'kubeflow/tf-training/tf-job.libsonnet';
tfJob.new(env, params).list
