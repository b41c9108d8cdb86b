#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A private sshd on loopback for tests and the demo: own host key, own authorized_keys, free port.
# SSHD_ADDRESS names another address to listen on, for tests with networks of their own.
#
#   sshd.sh start DIR      writes DIR/port, DIR/host_key.pub, DIR/known_hosts, DIR/authorized_keys
#   sshd.sh stop DIR       ends exactly that sshd
#   sshd.sh cut DIR        ends the connections that are open now; sshd keeps listening
#   sshd.sh rekey DIR      gives it another host key, as an impostor would have
#
# Or `. sshd.sh` and call sshd_start DIR, sshd_stop DIR, sshd_cut DIR, sshd_rekey DIR.
# Lines for DIR/authorized_keys come from `doorstep-station authorized-keys`.

sshd_address=${SSHD_ADDRESS:-127.0.0.1}

sshd_fail() {
  echo "sshd.sh: $*" >&2
  return 1
}

sshd_free_port() {
  /usr/bin/python3 -c 'import socket, sys; s = socket.socket(); s.bind((sys.argv[1], 0)); print(s.getsockname()[1])' \
    "$sshd_address"
}

# sshd_config DIR PORT: strict modes are off because DIR may lie under a world-writable folder.
sshd_config() {
  local dir=$1 port=$2
  cat >"$dir/sshd_config" <<EOF
ListenAddress $sshd_address:$port
HostKey $dir/host_key
PidFile $dir/sshd.pid
AuthorizedKeysFile $dir/authorized_keys
StrictModes no
PubkeyAuthentication yes
PasswordAuthentication no
KbdInteractiveAuthentication no
UsePAM no
PermitRootLogin prohibit-password
AllowTcpForwarding no
AllowAgentForwarding no
X11Forwarding no
PermitUserEnvironment no
MaxStartups 100
LogLevel VERBOSE
EOF
  # Forced commands run in a bare environment: say which of ours they may see.
  local name
  for name in ${SSHD_SETENV:-}; do
    printf 'SetEnv %s="%s"\n' "$name" "${!name}" >>"$dir/sshd_config"
  done
}

sshd_listens() {
  (exec 3<>"/dev/tcp/$sshd_address/$1") 2>/dev/null
}

sshd_running() {
  [ -s "$1/sshd.pid" ] && kill -0 "$(cat "$1/sshd.pid")" 2>/dev/null
}

sshd_known_hosts() {
  printf '[%s]:%s %s\n' "$sshd_address" "$(cat "$1/port")" "$(cut -d' ' -f1,2 "$1/host_key.pub")" >"$1/known_hosts"
}

sshd_launch() {
  local dir=$1 sshd port attempt
  sshd=$(command -v sshd || echo /usr/sbin/sshd)
  [ -x "$sshd" ] || { sshd_fail "no sshd; install openssh-server"; return 1; }
  # Started by root, sshd separates privileges into this folder; distributions make it at boot.
  [ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd || return 1
  for attempt in 1 2 3 4 5; do
    port=$(cat "$dir/port" 2>/dev/null) || port=$(sshd_free_port) || return 1
    sshd_config "$dir" "$port"
    "$sshd" -f "$dir/sshd_config" -E "$dir/sshd.log" </dev/null >/dev/null 2>&1
    for _ in $(seq 50); do
      if sshd_running "$dir" && sshd_listens "$port"; then
        echo "$port" >"$dir/port"
        sshd_known_hosts "$dir"
        return 0
      fi
      sleep 0.1
    done
    rm -f "$dir/port"   # somebody else took the port meanwhile
  done
  tail -n 3 "$dir/sshd.log" >&2
  sshd_fail "sshd does not start, see $dir/sshd.log"
}

sshd_start() {
  local dir=$1
  mkdir -p "$dir" && dir=$(cd "$dir" && pwd) || return 1
  if sshd_running "$dir"; then sshd_fail "already running in $dir"; return 1; fi
  [ -f "$dir/host_key" ] || ssh-keygen -q -t ed25519 -N '' -C doorstep-test -f "$dir/host_key" || return 1
  [ -f "$dir/authorized_keys" ] || (umask 077 && : >"$dir/authorized_keys")
  sshd_launch "$dir"
}

# Only processes that descend from this sshd: by its own pid, never by name.
sshd_children() {
  local child
  for child in $(ps -o pid= --ppid "$1" 2>/dev/null); do
    sshd_children "$child"
    echo "$child"
  done
}

sshd_cut() {
  local child
  sshd_running "$1" || { sshd_fail "not running in $1"; return 1; }
  for child in $(sshd_children "$(cat "$1/sshd.pid")"); do
    kill -KILL "$child" 2>/dev/null
  done
  return 0
}

sshd_stop() {
  local pid
  sshd_running "$1" || return 0
  pid=$(cat "$1/sshd.pid")
  sshd_cut "$1"
  kill "$pid" 2>/dev/null
  for _ in $(seq 50); do
    kill -0 "$pid" 2>/dev/null || { rm -f "$1/sshd.pid"; return 0; }
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null
  rm -f "$1/sshd.pid"
}

sshd_rekey() {
  local dir
  dir=$(cd "$1" && pwd) || return 1
  cp "$dir/known_hosts" "$dir/known_hosts.before" || return 1
  sshd_stop "$dir"
  rm -f "$dir/host_key" "$dir/host_key.pub"
  ssh-keygen -q -t ed25519 -N '' -C doorstep-impostor -f "$dir/host_key" && sshd_launch "$dir"
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  set -u
  case "${1:-} ${2:+DIR}" in
    'start DIR') sshd_start "$2" ;;
    'stop DIR') sshd_stop "$2" ;;
    'cut DIR') sshd_cut "$2" ;;
    'rekey DIR') sshd_rekey "$2" ;;
    *) echo "usage: sshd.sh start|stop|cut|rekey DIR" >&2; exit 64 ;;
  esac
fi
