#!/bin/sh
# A Swarm of one manager and two workers the way one would type it: the floor of swarm.bench.ts.
# usage: swarm-by-hand.sh up|down <directory> <name, at most 8 characters> <first three bytes of the addresses>
set -eu
action=$1 dir=$2 name=$3 net=$4
run=/run/$name

docker_at() { # <node> <docker arguments...>
  node=$1; shift
  DOCKER_HOST=tcp://$net.$((node + 1)):2376 DOCKER_TLS_VERIFY=1 DOCKER_CERT_PATH=$dir/n$node docker "$@"
}

certificate() { # <node>
  mkdir -p "$dir/n$1"
  printf 'subjectAltName=IP:%s\nextendedKeyUsage=serverAuth,clientAuth\n' "$net.$(($1 + 1))" >"$dir/n$1/extensions"
  openssl req -newkey rsa:2048 -nodes -keyout "$dir/n$1/key.pem" -out "$dir/n$1/csr.pem" -subj "/CN=node-$1" 2>/dev/null
  openssl x509 -req -in "$dir/n$1/csr.pem" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -set_serial "$1" -days 1 -extfile "$dir/n$1/extensions" -out "$dir/n$1/cert.pem" 2>/dev/null
  cp "$dir/ca.pem" "$dir/n$1/ca.pem"
}

node() { # <node>
  address=$net.$(($1 + 1))
  ip netns add "$name-$1"
  ip link add "$name-v$1" type veth peer name eth0 netns "$name-$1"
  ip link set "$name-v$1" master "$name-b" up
  ip -netns "$name-$1" address add "$address/24" dev eth0
  ip -netns "$name-$1" link set eth0 up
  ip -netns "$name-$1" link set lo up
}

engine() { # <node>
  echo '{}' >"$dir/n$1/daemon.json"
  exec setsid nsenter --net="/run/netns/$name-$1" unshare --uts sh -c 'echo "$0" >/proc/sys/kernel/hostname && exec "$@"' "node-$1" \
    dockerd --config-file "$dir/n$1/daemon.json" --data-root "$dir/n$1/data" --exec-root "$run/n$1" --pidfile "$dir/n$1/pid" \
    --cgroup-parent "/$name-$1" --log-level warn -H "tcp://$net.$(($1 + 1)):2376" \
    --tlsverify --tlscacert "$dir/n$1/ca.pem" --tlscert "$dir/n$1/cert.pem" --tlskey "$dir/n$1/key.pem" >"$dir/n$1/log" 2>&1 </dev/null
}

answers() { # <node>
  until docker_at "$1" version >/dev/null 2>&1; do sleep 0.02; done
}

up() {
  openssl req -x509 -newkey rsa:2048 -nodes -keyout "$dir/ca.key" -out "$dir/ca.pem" -subj /CN=by-hand -days 1 2>/dev/null
  ip link add "$name-b" type bridge
  ip address add "$net.1/24" dev "$name-b"
  ip link set "$name-b" up
  for n in 1 2 3; do certificate $n & done
  for n in 1 2 3; do node $n; done
  wait
  for n in 1 2 3; do engine $n & done
  for n in 1 2 3; do answers $n; done
  docker_at 1 swarm init --advertise-addr "$net.2" --listen-addr "$net.2" >/dev/null
  token=$(docker_at 1 swarm join-token --quiet worker)
  docker_at 2 swarm join --advertise-addr "$net.3" --listen-addr "$net.3" --token "$token" "$net.2:2377" >/dev/null
  docker_at 3 swarm join --advertise-addr "$net.4" --listen-addr "$net.4" --token "$token" "$net.2:2377" >/dev/null
  until [ "$(docker_at 1 node ls --format '{{.Status}}' | grep -c Ready)" = 3 ]; do sleep 0.02; done
}

down() {
  for n in 1 2 3; do [ ! -f "$dir/n$n/pid" ] || kill "$(cat "$dir/n$n/pid")" 2>/dev/null || true; done
  for n in 1 2 3; do while [ -f "$dir/n$n/pid" ] && [ -d "/proc/$(cat "$dir/n$n/pid" 2>/dev/null || echo none)" ]; do sleep 0.05; done; done
  for n in 1 2 3; do ip link delete "$name-v$n" 2>/dev/null || true; ip netns delete "$name-$n" 2>/dev/null || true; done
  ip link delete "$name-b" 2>/dev/null || true
  awk -v a="$dir/" -v b="$run/" 'index($2, a) == 1 || index($2, b) == 1 { print $2 }' /proc/mounts | tac | xargs -r umount
  find /sys/fs/cgroup -depth -type d -path "*/$name-[123]*" -exec rmdir {} + 2>/dev/null || true
  rm -rf "$run"
}

"$action"
