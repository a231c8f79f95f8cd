// @apiVersion 0.1
// @name io.ksonnet.pkg.jupyter
// @description JupyterHub: people log in and start a notebook server of their own, choosing its image, CPU, memory and
// GPUs from a form. Home directories outlive the servers.
// @shortDescription Notebooks on demand with JupyterHub
// @param name string Name of the hub, first part of every object's name
// @optionalParam image string quay.io/jupyterhub/k8s-hub:4.4.0 Image of the hub
// @optionalParam proxyImage string quay.io/jupyterhub/configurable-http-proxy:5.2.0 Image of the proxy
// @optionalParam serviceType string ClusterIP Type of the Service people connect to {ClusterIP|NodePort|LoadBalancer}
// @optionalParam baseUrl string /jupyter/ URL path the hub lives under
// @optionalParam jupyterHubAuthenticator string shared-password Authenticator; shared-password is one generated password for all
// @optionalParam allowedUsers array [] User names that may log in; empty allows all the authenticator accepts
// @optionalParam adminUsers array [] User names with the admin page
// @optionalParam envSecret string null Existing Secret with variables for the hub, such as OAUTH_CLIENT_SECRET
// @optionalParam hubConfig object {} Further settings as {"Class":{"trait":value}}, see JupyterHub's reference
// @optionalParam notebookImages array ["quay.io/jupyter/tensorflow-notebook:2025-07-07","quay.io/jupyter/tensorflow-notebook:cuda-2025-07-07","quay.io/jupyter/scipy-notebook:2025-07-07"] Images offered in the form, the default first
// @optionalParam allowOtherImages string true Let people type another image {true|false}
// @optionalParam cpus array [1,2,4] CPUs offered in the form, the default first
// @optionalParam memories array ["2G","4G","8G"] Memory offered in the form (K, M, G or T), the default first
// @optionalParam gpus array [0,1,2] GPUs offered in the form, the default first
// @optionalParam useJupyterLabAsDefault string true Start JupyterLab instead of the classic interface {true|false}
// @optionalParam workspaceSize string 10Gi Size of a home directory
// @optionalParam hubStorageSize string 1Gi Size of the hub's database volume
// @optionalParam storageClass string null Storage class of both; null takes the cluster's default; not a network file system
// @optionalParam notebookUid number 1000 User id in the notebook servers
// @optionalParam notebookGid number 100 Group that owns the home directories
// @optionalParam notebookPermissions string none Rights of the servers in their namespace {none|jobs}; jobs means they can act as the hub
// @optionalParam startTimeout number 600 Seconds a server may take to start; GPU images are large
// @optionalParam networkPolicy string true Let only hub, proxy and servers reach each other {true|false}
// @optionalParam resources object {"requests":{"cpu":"100m","memory":"256Mi"},"limits":{"memory":"1Gi"}} Resources of the hub

local jupyter = import 'kubeflow/jupyter/jupyter.libsonnet';
jupyter.new(env, params).list
