#!/bin/bash
# One node of a standalone Swarm, run by cloud-init at its first boot: certificates, etcd (managers), the engine, Swarm's own
# containers, and the word to Heat that the swarm works. The image brings docker, etcd and flannel.
# Words between double underscores are filled in by Heat.
set -euo pipefail
umask 077
ROLE="__ROLE__" NODE_NAME="__NODE_NAME__" NODE_INDEX="__NODE_INDEX__" NODE_ADDRESS="__NODE_ADDRESS__"
NODE_PUBLIC_ADDRESS="__NODE_PUBLIC_ADDRESS__" MASTERS="__MASTERS__" API_ADDRESSES="__API_ADDRESSES__" VOLUME_ID="__VOLUME_ID__"
NODE_LABELS="__NODE_LABELS__" STORAGE_DRIVER="__STORAGE_DRIVER__" STRATEGY="__STRATEGY__" SWARM_VERSION="__SWARM_VERSION__"
NETWORK_DRIVER="__NETWORK_DRIVER__" FLANNEL_CIDR="__FLANNEL_CIDR__" FLANNEL_SUBNET_LENGTH="__FLANNEL_SUBNET_LENGTH__"
FLANNEL_BACKEND="__FLANNEL_BACKEND__" DISCOVERY_URL="__DISCOVERY_URL__"
BAY="__CLUSTER_UUID__" API_URL="__API_URL__" TOKEN="__BOOTSTRAP_TOKEN__"
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

# --- etcd on the managers: where engines and managers find one another, and flannel its networks
peers= clients= urls=
number=0
for address in $MASTERS; do
  peers="$peers${peers:+,}master-$number=https://$address:2380"
  clients="$clients${clients:+,}$address:2379"
  urls="$urls${urls:+,}https://$address:2379"
  number=$((number + 1))
done
if [ "$ROLE" = master ]; then
  install -d -o etcd -g etcd -m 0700 /etc/etcd/pki
  for file in ca.pem cert.pem key.pem; do install -o etcd -g etcd -m 0600 $pki/$file /etc/etcd/pki/$file; done
  meeting="ETCD_INITIAL_CLUSTER=$peers"
  [ -z "$DISCOVERY_URL" ] || meeting="ETCD_DISCOVERY=$DISCOVERY_URL"
  cat >/etc/etcd/etcd.conf <<CONFIG
ETCD_NAME=master-$NODE_INDEX
ETCD_DATA_DIR=/var/lib/etcd/bay.etcd
ETCD_LISTEN_CLIENT_URLS=https://$NODE_ADDRESS:2379,https://127.0.0.1:2379
ETCD_ADVERTISE_CLIENT_URLS=https://$NODE_ADDRESS:2379
ETCD_LISTEN_PEER_URLS=https://$NODE_ADDRESS:2380
ETCD_INITIAL_ADVERTISE_PEER_URLS=https://$NODE_ADDRESS:2380
ETCD_INITIAL_CLUSTER_STATE=new
ETCD_INITIAL_CLUSTER_TOKEN=$BAY
$meeting
ETCD_CLIENT_CERT_AUTH=true
ETCD_TRUSTED_CA_FILE=/etc/etcd/pki/ca.pem
ETCD_CERT_FILE=/etc/etcd/pki/cert.pem
ETCD_KEY_FILE=/etc/etcd/pki/key.pem
ETCD_PEER_CLIENT_CERT_AUTH=true
ETCD_PEER_TRUSTED_CA_FILE=/etc/etcd/pki/ca.pem
ETCD_PEER_CERT_FILE=/etc/etcd/pki/cert.pem
ETCD_PEER_KEY_FILE=/etc/etcd/pki/key.pem
CONFIG
  chmod 0644 /etc/etcd/etcd.conf
  systemctl enable etcd
  # It is ready when a quorum is, so it must not be waited for before the other managers have begun.
  systemctl start --no-block etcd
fi
etcd() { curl -sSf --max-time 10 --cacert $pki/ca.pem --cert $pki/cert.pem --key $pki/key.pem "$@"; }
any_etcd() {
  local address
  for address in $MASTERS; do etcd "https://$address:2379$1" 2>/dev/null && return; done
  return 1
}
until any_etcd /health | grep -q true; do sleep 5; done

# --- the network between containers of several nodes: Docker's own overlays, or flannel below its bridge
if [ "$NETWORK_DRIVER" = flannel ]; then
  network="{\"Network\": \"$FLANNEL_CIDR\", \"SubnetLen\": $FLANNEL_SUBNET_LENGTH, \"Backend\": {\"Type\": \"$FLANNEL_BACKEND\"}}"
  if [ "$ROLE" = master ] && [ "$NODE_INDEX" = 0 ]; then
    etcd -X PUT --data-urlencode "value=$network" "https://$NODE_ADDRESS:2379/v2/keys/bay/network/config" >/dev/null
  fi
  until any_etcd /v2/keys/bay/network/config >/dev/null; do sleep 5; done
  cat >/etc/sysconfig/flanneld <<CONFIG
FLANNEL_ETCD_ENDPOINTS="$urls"
FLANNEL_ETCD_PREFIX="/bay/network"
FLANNEL_OPTIONS="-etcd-cafile=$pki/ca.pem -etcd-certfile=$pki/cert.pem -etcd-keyfile=$pki/key.pem -iface=$NODE_ADDRESS"
CONFIG
  systemctl enable flanneld
  # Before Docker: its unit takes the address of the bridge from flannel.
  systemctl stop docker || true
  ip link delete docker0 2>/dev/null || true
  systemctl restart flanneld
fi

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
labels=
for label in ${NODE_LABELS//,/ }; do labels="$labels${labels:+, }\"$label\""; done
cat >/etc/docker/daemon.json <<CONFIG
{ "hosts": ["unix:///var/run/docker.sock", "tcp://0.0.0.0:2375"], "storage-driver": "$STORAGE_DRIVER", "labels": [$labels],
  "tlsverify": true, "tlscacert": "$pki/ca.pem", "tlscert": "$pki/cert.pem", "tlskey": "$pki/key.pem",
  "cluster-store": "etcd://$clients/docker", "cluster-advertise": "$NODE_ADDRESS:2375",
  "cluster-store-opts": { "kv.cacertfile": "$pki/ca.pem", "kv.certfile": "$pki/cert.pem", "kv.keyfile": "$pki/key.pem" } }
CONFIG
# What the image sets on the command line must not contradict the file.
[ ! -e /etc/sysconfig/docker-storage ] || echo 'DOCKER_STORAGE_OPTIONS=' >/etc/sysconfig/docker-storage
systemctl enable docker
systemctl start docker
until docker info >/dev/null 2>&1; do sleep 2; done

# --- Swarm itself: an agent on every node, which tells etcd of its engine, and a manager on every master (one of them leads, the
# others pass on)
run_swarm() {
  local name="swarm-$1" how="$1"
  shift
  docker rm -f "$name" >/dev/null 2>&1 || true
  docker run -d --name "$name" --restart=always --net=host -v $pki:$pki:ro,z "docker.io/library/swarm:$SWARM_VERSION" "$how" \
    --discovery-opt kv.cacertfile=$pki/ca.pem --discovery-opt kv.certfile=$pki/cert.pem --discovery-opt kv.keyfile=$pki/key.pem \
    "$@" "etcd://$clients/swarm"
}
swarm() { docker --tlsverify --tlscacert $pki/ca.pem --tlscert $pki/cert.pem --tlskey $pki/key.pem -H "tcp://$1:2376" "${@:2}"; }
listed() {
  local address
  for address in $MASTERS; do
    swarm "$address" info 2>/dev/null | grep -A 3 "^ *$NODE_NAME: " | grep -q 'Status: Healthy' && return
  done
  return 1
}
if [ "$ROLE" = master ]; then
  run_swarm manage -H tcp://0.0.0.0:2376 --strategy "$STRATEGY" --replication --advertise "$NODE_ADDRESS:2376" \
    --tlsverify --tlscacert $pki/ca.pem --tlscert $pki/cert.pem --tlskey $pki/key.pem
fi
run_swarm join --advertise "$NODE_ADDRESS:2375"
until listed; do sleep 5; done
tell SUCCESS "is ready"
