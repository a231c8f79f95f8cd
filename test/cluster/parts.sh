# shellcheck shell=bash
# The parts of one test cluster, how each is started, and the files that tell clients of it:
# scripts/test-cluster sources this. All paths lie under $dir, the cluster's own folder:
#
#   pki/         keys, certificates and tokens (test/cluster/certs)
#   ports        a shell assignment, api_port
#   kubeconfig   for tests; kubeconfig.NAME for the parts and for special users
#   audit.log    one line of JSON for each request that the API server answered
#   bin/         a link to kubectl, for the user's PATH; tools/ links to our own programs
#   logs/ pids/  one file for each part
#   etcd/        the data

readonly parts=(etcd kube-apiserver kube-controller-manager kube-scheduler kwok)

start_etcd() {
  local client=http://127.0.0.1:$etcd_port peer=http://127.0.0.1:$etcd_peer_port
  start_process etcd "${program[etcd]}" --data-dir "$dir/etcd" --name test --unsafe-no-fsync \
    --listen-client-urls "$client" --advertise-client-urls "$client" \
    --listen-peer-urls "$peer" --initial-advertise-peer-urls "$peer" \
    --initial-cluster "test=$peer" --log-level warn
}

# The certificate named front-proxy is the test proxy's: see test/cluster/certs.
start_kube-apiserver() {
  local pki=$dir/pki
  start_process kube-apiserver "${program[kube-apiserver]}" \
    --bind-address=127.0.0.1 --secure-port="$api_port" --advertise-address=127.0.0.1 \
    --endpoint-reconciler-type=none \
    --etcd-servers="http://127.0.0.1:$etcd_port" --cert-dir="$dir/apiserver" \
    --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" \
    --client-ca-file="$pki/ca.crt" --token-auth-file="$pki/tokens.csv" \
    --authorization-mode=RBAC --allow-privileged=true \
    --requestheader-client-ca-file="$pki/front-proxy-ca.crt" \
    --requestheader-allowed-names=front-proxy \
    --requestheader-username-headers=X-Remote-User \
    --requestheader-group-headers=X-Remote-Group \
    --requestheader-extra-headers-prefix=X-Remote-Extra- \
    --service-account-issuer=https://kubernetes.default.svc \
    --service-account-key-file="$pki/sa.pub" --service-account-signing-key-file="$pki/sa.key" \
    --service-cluster-ip-range=10.96.0.0/16 \
    --audit-policy-file="$modules/audit-policy.yaml" --audit-log-path="$dir/audit.log"
}

# A node is lost only after minutes without a heartbeat, not the usual 50 s: a busy machine that
# runs the tests must not evict the pods they wait for.
start_kube-controller-manager() {
  start_process kube-controller-manager "${program[kube-controller-manager]}" \
    --kubeconfig="$dir/kubeconfig.controller-manager" --secure-port=0 --leader-elect=false \
    --service-account-private-key-file="$dir/pki/sa.key" --root-ca-file="$dir/pki/ca.crt" \
    --node-monitor-grace-period=10m
}

start_kube-scheduler() {
  start_process kube-scheduler "${program[kube-scheduler]}" \
    --kubeconfig="$dir/kubeconfig.scheduler" --secure-port=0 --leader-elect=false
}

# It answers as the kubelet of its nodes, with one log for all containers: a file that tests write
# to, in the form in which container runtimes keep logs. Port 7 of every pod echoes, port 9 is
# refused as a port on which nothing listens is, and every other one answers a request with hello.
start_kwok() {
  local port
  port=$(free_port)
  printf '%s stdout F %s\n' "$(date -u +%Y-%m-%dT%H:%M:%S.%NZ)" 'hello from the test cluster' \
    >"$dir/pods.log"
  printf '%s\n' 'apiVersion: kwok.x-k8s.io/v1alpha1' 'kind: ClusterLogs' 'metadata: {name: all}' \
    "spec: {logs: [{logsFile: '$dir/pods.log', follow: true}]}" \
    --- 'apiVersion: kwok.x-k8s.io/v1alpha1' 'kind: ClusterPortForward' 'metadata: {name: all}' \
    'spec: {forwards: [' '{ports: [7], command: [cat]},' \
    '{ports: [9], target: {address: 127.0.0.1, port: 1}},' \
    "{command: [sh, -c, 'read -r line; printf \"HTTP/1.0 200 OK\\\\r\\\\n\\\\r\\\\nhello\\\\n\"']}]}" \
    >"$dir/kwok.yaml"
  start_process kwok "${program[kwok]}" --kubeconfig="$dir/kubeconfig.kwok" \
    --manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake --node-ip=127.0.0.1 \
    --config="$dir/kwok.yaml" --node-port="$port" --server-address="127.0.0.1:$port" \
    --tls-cert-file="$dir/pki/apiserver.crt" --tls-private-key-file="$dir/pki/apiserver.key"
}

start_proxy() {  # NAME ADDRESSES
  start_process "proxy-$1" "${program[proxy]}" serve --server "https://127.0.0.1:$api_port" \
    --pki "$dir/pki" --addresses "$2"
}

# One for each part, for tests, and for the users whom tests want alone.
write_kubeconfigs() {  # SERVER
  local server=$1 user
  for user in controller-manager scheduler kwok setup; do
    kubeconfig "$server" ca "$user" "$(certificate_user "$user")" >"$dir/kubeconfig.$user"
  done
  kubeconfig "$server" ca limited "$(token_user limited)" >"$dir/kubeconfig.limited"
  kubeconfig "$server" wrong-ca admin "$(certificate_user admin)" >"$dir/kubeconfig.wrong-ca"
  test_kubeconfig "$server" >"$dir/kubeconfig"
}

# What tests use: the three users they want.
test_kubeconfig() {  # SERVER
  kubeconfig "$1" ca admin "$(certificate_user admin)" admin-token "$(token_user admin)" \
    limited "$(token_user limited)"
}

# A kubeconfig with a context for each user, named kfctl-test for the first and kfctl-test-USER for
# the others; the first is the current one.
kubeconfig() {  # SERVER CA USER CREDENTIALS [USER CREDENTIALS]...
  local server=$1 ca=$2
  shift 2
  local contexts='' users='' context=kfctl-test
  while [ $# -gt 0 ]; do
    contexts+="- {name: $context, context: {cluster: kfctl-test, user: $1, namespace: default}}"$'\n'
    users+="- {name: $1, user: {$2}}"$'\n'
    context=kfctl-test-${3:-}
    shift 2
  done
  printf '%s\n' 'apiVersion: v1' 'kind: Config' 'current-context: kfctl-test' \
    'clusters:' '- name: kfctl-test' '  cluster:' "    server: $server" \
    "    certificate-authority-data: $(base64 -w 0 "$dir/pki/$ca.crt")"
  printf 'contexts:\n%susers:\n%s' "$contexts" "$users"
}

certificate_user() {  # NAME
  printf 'client-certificate-data: %s, client-key-data: %s' \
    "$(base64 -w 0 "$dir/pki/$1.crt")" "$(base64 -w 0 "$dir/pki/$1.key")"
}

token_user() {  # NAME
  printf 'token: "%s"' "$(<"$dir/pki/$1.token")"
}
