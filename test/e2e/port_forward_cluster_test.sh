#!/usr/bin/env bash
# port-forward through a real API server and the kubelet of KWOK, on whose pods port 7 echoes, port
# 9 is closed, and every other one says hello.
. "$(dirname "$0")/lib.sh"

cluster=forward-$$
test_cluster() { HOME=$outer_home "$root/scripts/test-cluster" "$@" --name "$cluster" >&2; }
forwarder=
leave() {
  [[ -z $forwarder ]] || kill "$forwarder" 2>/dev/null
  test_cluster down
  cd / && rm -rf "$scratch"
}
test_cluster up || exit 1
test_cluster proxy up || exit 1
eval "$(HOME=$outer_home "$root/scripts/test-cluster" env --name "$cluster")"
kubectl() { "$KFCTL_TEST_KUBECTL" -n ml "$@"; }
rule() { HOME=$outer_home "$root/scripts/test-cluster" proxy "$@" --name "$cluster" >/dev/null; }

# Starts it, and waits until it has said where it listens.
begin() {
  last_args=(port-forward "$@")
  : >"$scratch/out"  # what the one before said
  env --default-signal=INT "$KFCTL" port-forward "$@" >"$scratch/out" 2>"$scratch/err" </dev/null &
  forwarder=$!
  for _ in {1..300}; do
    grep -q -e '->' "$scratch/out" && break
    kill -0 $forwarder 2>/dev/null || fail 'it ended'
    sleep 0.1
  done
  port=$(sed -nE '1s/^127\.0\.0\.1:([0-9]+) -> .*/\1/p' "$scratch/out")
  [[ -n $port ]] || fail 'no port was printed'
}
# Interrupts it: 130, at once.
end() {
  kill -INT $forwarder
  code=0
  wait $forwarder || code=$?
  forwarder=
  [[ $code == 130 ]] || fail "exit code $code after an interrupt"
}
# Sends a line and prints the answer.
echoed() {
  exec 3<>"/dev/tcp/127.0.0.1/$port" || fail 'not listening'
  printf '%s\n' "$1" >&3
  read -r -t 20 answer <&3
  exec 3>&- 3<&-
  printf '%s' "${answer-}"
}

run 0 init shop --context kfctl-test --namespace ml
cd shop || exit 1
run 0 generate webapp web --image nginx
run 0 apply --wait --timeout 2m

# What cannot be is said at once.
run 2 port-forward default web
run 2 port-forward default web 0
err_has '[LOCAL:]REMOTE'
run 2 port-forward default web 70000:80
run 2 port-forward default nope 80
run 2 port-forward default web 8080:nope
err_has "has no port 'nope'"
run 2 port-forward default web :80 --address example.org
run 4 port-forward default Pod/nope :80
err_has 'not found'

begin default Deployment/web :7
[[ $(echoed one) == one ]] || fail 'no echo'
# Several at once, each with its own bytes.
head -c 3000000 /dev/urandom | base64 -w 0 >"$scratch/large"
exec 4<>"/dev/tcp/127.0.0.1/$port" 5<>"/dev/tcp/127.0.0.1/$port"
cat "$scratch/large" >&4 &
writer=$!
head -c "$(stat -c %s "$scratch/large")" <&4 >"$scratch/back" &
reader=$!
printf 'five\n' >&5
read -r -t 20 answer <&5
[[ ${answer-} == five ]] || fail 'the second connection waits for the first'
wait $writer $reader
cmp "$scratch/large" "$scratch/back" || fail 'bytes were lost'
exec 4>&- 4<&- 5>&- 5<&-

# The pod goes; the next connection goes to its successor.
kubectl delete pod --all --wait=false >/dev/null
sleep 1
[[ $(echoed two) == two ]] || fail 'no echo of the successor'
end

# A closed port is the kubelet's to tell; the forward goes on.
begin default Deployment/web :9 :7
exec 3<>"/dev/tcp/127.0.0.1/$port"
read -r -t 20 <&3 && fail 'an answer of a closed port'
exec 3>&- 3<&-
for _ in {1..50}; do grep -q 'a connection was lost' "$scratch/err" && break; sleep 0.1; done
grep -q 'a connection was lost: .*refused' "$scratch/err" || fail 'no reason was told'
end

# A component is its Service, which translates its port; -o ndjson; both families.
begin default web :80
grep -q "Service/web (Pod/web-" "$scratch/out" || fail 'not the Service'
end
: >"$scratch/out"
env --default-signal=INT "$KFCTL" port-forward default web :80 -o ndjson \
  >"$scratch/out" 2>"$scratch/err" </dev/null &
forwarder=$!
for _ in {1..100}; do [[ -s $scratch/out ]] && break; sleep 0.1; done
[[ $(head -1 "$scratch/out" | jq -r .pod) == web-* ]] || fail 'no JSON'
end

# Through a proxy that ends connections, and by a user who may not.
rule rule '{"path":"/portforward$","status":500,"times":2}'
begin default Deployment/web :7 --kubeconfig "$KFCTL_TEST_PROXY_KUBECONFIG"
[[ $(echoed three) == three ]] || fail 'not tried again'
end
run 0 env add limited --context kfctl-test-limited -n ml
run 4 port-forward limited Deployment/web :7
err_has forbidden

# No pod takes connections: it is waited for, then said.
kubectl scale deployment/web --replicas 0 >/dev/null
sleep 2
run 4 port-forward default Deployment/web :7 --timeout 1s
err_has 'waiting for a pod'
err_has 'no pod'
