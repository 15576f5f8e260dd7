#!/bin/bash
# One node of a Swarm bay, run by cloud-init at its first boot: certificates, the engine, the swarm, and the word to Heat that
# the swarm lists the node as ready. Words between double underscores are filled in by Heat.
set -euo pipefail
umask 077
ROLE="__ROLE__" NODE_NAME="__NODE_NAME__" NODE_ADDRESS="__NODE_ADDRESS__" NODE_PUBLIC_ADDRESS="__NODE_PUBLIC_ADDRESS__"
PRIMARY="__PRIMARY_ADDRESS__" API_ADDRESSES="__API_ADDRESSES__" VOLUME_ID="__VOLUME_ID__" NODE_LABELS="__NODE_LABELS__"
STORAGE_DRIVER="__STORAGE_DRIVER__" BAY="__CLUSTER_UUID__" API_URL="__API_URL__" TOKEN="__BOOTSTRAP_TOKEN__"
SIGNAL_URL="__SIGNAL_URL__" SIGNAL_TOKEN="__SIGNAL_TOKEN__"
NODE_CREDENTIALS="__NODE_CREDENTIALS__"
pki=/etc/docker/pki
mkdir -p $pki

tell() { curl -sSf --retry 20 --retry-delay 5 -X POST -H "X-Auth-Token: $SIGNAL_TOKEN" -H 'Content-Type: application/json' \
  --data "{\"status\": \"$1\", \"reason\": \"$NODE_NAME: $2\"}" "$SIGNAL_URL"; }
trap 'tell FAILURE "line $LINENO of its user data failed"' ERR
hostnamectl set-hostname "$NODE_NAME"

# --- the node's key stays here; its certificate is signed by the bay's authority, through the API of the bay service
api() {
  local try
  for try in $(seq 60); do
    curl -sSf --max-time 60 -H "X-Auth-Token: $TOKEN" -H 'OpenStack-API-Version: container-infra latest' -H 'Content-Type: application/json' "$@" && return
    sleep 5
  done
  return 1
}
field() { python3 -c 'import json, sys; sys.stdout.write(json.load(sys.stdin)["pem"])'; }
api "$API_URL/certificates/$BAY" | field >$pki/ca.pem
openssl genrsa -out $pki/key.pem 2048
names="DNS:$NODE_NAME,DNS:localhost,IP:127.0.0.1"
for address in $(printf '%s\n' "$NODE_ADDRESS" "$NODE_PUBLIC_ADDRESS" $API_ADDRESSES | sort -u); do names="$names,IP:$address"; done
printf '[req]\ndistinguished_name=subject\nreq_extensions=wanted\nprompt=no\n[subject]\nCN=%s\n[wanted]\nkeyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=serverAuth,clientAuth\nsubjectAltName=%s\n' \
  "$NODE_NAME" "$names" >$pki/request.cnf
openssl req -new -key $pki/key.pem -config $pki/request.cnf -out $pki/request.pem
python3 -c 'import json, sys; print(json.dumps({"cluster_uuid": sys.argv[1], "csr": open(sys.argv[2]).read()}))' "$BAY" $pki/request.pem >$pki/request.json
api -X POST --data @$pki/request.json "$API_URL/certificates" | field >$pki/cert.pem

CLUSTER_UUID=$BAY BOOTSTRAP_TOKEN=$TOKEN NODE_KEY=$pki/key.pem NODE_CERTIFICATE=$pki/cert.pem
#include install-node-credentials.sh

# --- images and containers on a volume of their own
systemctl stop docker || true
if [ -n "$VOLUME_ID" ]; then
  device="/dev/disk/by-id/virtio-${VOLUME_ID:0:20}"
  for _ in $(seq 120); do [ -e "$device" ] && break; sleep 5; done
  blkid "$device" >/dev/null || mkfs.xfs -q "$device"
  mkdir -p /var/lib/docker
  echo "$device /var/lib/docker xfs defaults,nofail 0 0" >>/etc/fstab
  mount /var/lib/docker
fi

# --- the engine, for clients of the bay's authority only
cat >/etc/docker/daemon.json <<CONFIG
{ "hosts": ["unix:///var/run/docker.sock", "tcp://0.0.0.0:2375"], "storage-driver": "$STORAGE_DRIVER",
  "tlsverify": true, "tlscacert": "$pki/ca.pem", "tlscert": "$pki/cert.pem", "tlskey": "$pki/key.pem" }
CONFIG
# What the image sets on the command line must not contradict the file.
[ ! -e /etc/sysconfig/docker-storage ] || echo 'DOCKER_STORAGE_OPTIONS=' >/etc/sysconfig/docker-storage
systemctl enable docker
systemctl start docker

# --- the swarm: the first manager begins it, all others ask it for the way in
primary() { docker --tlsverify --tlscacert $pki/ca.pem --tlscert $pki/cert.pem --tlskey $pki/key.pem -H "tcp://$PRIMARY:2375" "$@"; }
active() { [ "$(docker info --format '{{.Swarm.LocalNodeState}}')" = active ]; }
until docker info >/dev/null 2>&1; do sleep 2; done
if ! active; then
  if [ "$NODE_ADDRESS" = "$PRIMARY" ]; then
    docker swarm init --advertise-addr "$NODE_ADDRESS"
  else
    as=worker
    [ "$ROLE" != master ] || as=manager
    until way=$(primary swarm join-token --quiet $as 2>/dev/null); do sleep 5; done
    docker swarm join --token "$way" --advertise-addr "$NODE_ADDRESS" "$PRIMARY:2377"
  fi
fi
until [ "$(primary node inspect --format '{{.Status.State}}' "$NODE_NAME" 2>/dev/null)" = ready ]; do sleep 2; done
for label in ${NODE_LABELS//,/ }; do primary node update --label-add "$label" "$NODE_NAME"; done
tell SUCCESS "is ready"
