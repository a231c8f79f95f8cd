# shellcheck shell=bash
# The processes of one test cluster: scripts/test-cluster sources this.
#
# Each process's id lies in $dir/pids/NAME, and each command line names a path under $dir (the
# cluster's own folder). A process is ours only if both hold, so that an id which the system has
# since given to another process is never signalled.

# Starts PROGRAM in a session of its own, with an environment that names no cluster, proxy or home
# of the user's. Its output goes to $dir/logs/NAME.log.
start_process() {  # NAME PROGRAM ARGS...
  local name=$1
  shift
  (
    # Written by the process itself before it becomes PROGRAM: no moment exists in which it runs
    # and nobody knows its id.
    printf '%s\n' "$BASHPID" >"$dir/pids/$name"
    exec env -i HOME="$dir" TMPDIR="$dir/tmp" PATH="$PATH" setsid "$@"
  ) </dev/null >"$dir/logs/$name.log" 2>&1 9>&- &
  disown $!  # or bash would report how it ended
  # At first its command line is still this script's, and process_id would not know it.
  until process_id "$name" >/dev/null || ! alive $!; do sleep 0.01; done
}

alive() {  # PID
  local state
  state=$(sed -nE 's/^State:[[:space:]]+(.).*/\1/p' "/proc/$1/status" 2>/dev/null) || return 1
  [ -n "$state" ] && [ "$state" != Z ]
}

# Prints the process's id if it runs.
process_id() {  # NAME
  local id arguments
  [ -r "$dir/pids/$1" ] || return 1
  id=$(<"$dir/pids/$1")
  [ -n "$id" ] || return 1
  arguments=$(tr '\0' '\n' 2>/dev/null <"/proc/$id/cmdline") || return 1
  [[ $arguments == *"$dir/"* ]] || return 1
  printf '%s' "$id"
}

# Ends the processes at once. None is asked to end in good order: what they would save is removed.
stop_processes() {  # NAMES, or paths of files in $dir/pids...
  local name id
  local -a ids=()
  for name in "$@"; do
    id=$(process_id "${name##*/}") || continue
    ids+=("$id")
    kill -KILL "$id" 2>/dev/null || true
  done
  for id in "${ids[@]}"; do
    while alive "$id"; do sleep 0.02; done
  done
}

# A loopback port that nobody listens on. It lies below the range that Linux gives to outgoing
# connections, so only another server can take it before its user does; `up` then tries again.
free_port() {
  local port
  while :; do
    port=$((RANDOM % 12000 + 20000))
    (: </dev/tcp/127.0.0.1/$port) 2>/dev/null || break
  done
  printf '%s' "$port"
}
