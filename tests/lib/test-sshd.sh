#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# TAP: the private sshd starts, runs a forced command, is cut, changes its key and is gone.
here=$(cd "$(dirname "$0")" && pwd)
. "$here/sshd.sh"
dir=$(mktemp -d)
trap 'sshd_stop "$dir/sshd"; rm -rf "$dir"' EXIT
count=0

ok() {
  count=$((count + 1))
  if eval "$2"; then echo "ok $count - $1"; else echo "not ok $count - $1"; fi
}

remote() {
  ssh -F none -i "$dir/key" -p "$(cat "$dir/sshd/port")" -o BatchMode=yes -o IdentitiesOnly=yes \
    -o StrictHostKeyChecking=yes -o UserKnownHostsFile="$known" 127.0.0.1 "$@" 2>"$dir/error"
}

ssh-keygen -q -t ed25519 -N '' -f "$dir/key" || exit 1
export GREETING='hello from outside'
SSHD_SETENV=GREETING
ok 'starts' 'sshd_start "$dir/sshd"'
ok 'refuses to start twice' '! sshd_start "$dir/sshd" 2>/dev/null'
known=$dir/sshd/known_hosts
ok 'lets nobody in at first' '! remote true'
echo "restrict,command=\"echo forced \$GREETING; cat\" $(cat "$dir/key.pub")" >"$dir/sshd/authorized_keys"
ok 'runs the forced command with the given environment' \
  '[ "$(remote rm -rf / </dev/null)" = "forced hello from outside" ]'
mkfifo "$dir/silence"
exec 9<>"$dir/silence"
(remote cat <&9 >/dev/null; echo "$?" >"$dir/status") &
for _ in $(seq 50); do [ -n "$(sshd_children "$(cat "$dir/sshd/sshd.pid")")" ] && break; sleep 0.1; done
sshd_cut "$dir/sshd"
for _ in $(seq 100); do [ -s "$dir/status" ] && break; sleep 0.1; done
ok 'cuts an open connection' '[ "$(cat "$dir/status")" = 255 ]'
ok 'still listens after the cut' 'remote true </dev/null >/dev/null'
sshd_rekey "$dir/sshd"
known=$dir/sshd/known_hosts.before
ok 'an impostor is noticed by the old known_hosts' '! remote true && grep -qi "identification has changed" "$dir/error"'
known=$dir/sshd/known_hosts
ok 'and accepted with its own' 'remote true </dev/null >/dev/null'
pid=$(cat "$dir/sshd/sshd.pid")
sshd_stop "$dir/sshd"
ok 'is gone after stop' '! kill -0 "$pid" 2>/dev/null'
ok 'stop is quiet when nothing runs' 'sshd_stop "$dir/sshd"'
echo "1..$count"
