#!/bin/bash
# One node of a DC/OS bay, run by cloud-init at its first boot. The image brings docker, python, ipset, tar, xz, unzip and curl;
# the installer of DC/OS comes from the image (/opt/dcos/dcos_generate_config.sh) or from the address that is given.
# Words between double underscores are filled in by Heat.
set -euo pipefail
ROLE="__ROLE__" DCOS_ROLE="__DCOS_ROLE__" NODE_NAME="__NODE_NAME__" NODE_INDEX="__NODE_INDEX__" NODE_ADDRESS="__NODE_ADDRESS__"
MASTERS="__MASTERS__" VOLUME_ID="__VOLUME_ID__" NODE_LABELS="__NODE_LABELS__" STORAGE_DRIVER="__STORAGE_DRIVER__"
INSTALLER_URL="__INSTALLER_URL__" INSTALLER_SHA256="__INSTALLER_SHA256__" ZOOKEEPER_IMAGE="__ZOOKEEPER_IMAGE__"
SIGNAL_URL="__SIGNAL_URL__" SIGNAL_TOKEN="__SIGNAL_TOKEN__"
NODE_CREDENTIALS="__NODE_CREDENTIALS__" CLUSTER_UUID="__CLUSTER_UUID__" API_URL="__API_URL__" BOOTSTRAP_TOKEN="__BOOTSTRAP_TOKEN__"

tell() { curl -sSf --retry 20 --retry-delay 5 -X POST -H "X-Auth-Token: $SIGNAL_TOKEN" -H 'Content-Type: application/json' \
  --data "{\"status\": \"$1\", \"reason\": \"$NODE_NAME: $2\"}" "$SIGNAL_URL"; }
trap 'tell FAILURE "line $LINENO of its user data failed"' ERR
hostnamectl set-hostname "$NODE_NAME"
python=$(command -v python3 || command -v python)

NODE_KEY=/etc/jeroboam/node.key NODE_CERTIFICATE=/etc/jeroboam/node.crt
#include install-node-credentials.sh

# --- what DC/OS asks of its hosts
setenforce 0 || true
sed -i 's/^SELINUX=enforcing/SELINUX=permissive/' /etc/selinux/config
systemctl disable --now firewalld 2>/dev/null || true
getent group nogroup >/dev/null || groupadd nogroup
systemctl stop docker || true
if [ -n "$VOLUME_ID" ]; then
  device="/dev/disk/by-id/virtio-${VOLUME_ID:0:20}"
  for _ in $(seq 120); do [ -e "$device" ] && break; sleep 5; done
  # Overlays want to know which entries are directories.
  blkid "$device" >/dev/null || mkfs.xfs -q -n ftype=1 "$device"
  mkdir -p /var/lib/docker
  echo "$device /var/lib/docker xfs defaults,nofail 0 0" >>/etc/fstab
  mount /var/lib/docker
fi
mkdir -p /etc/docker
printf '{ "storage-driver": "%s" }\n' "$STORAGE_DRIVER" >/etc/docker/daemon.json
# What the image sets on the command line must not contradict the file.
[ ! -e /etc/sysconfig/docker-storage ] || echo 'DOCKER_STORAGE_OPTIONS=' >/etc/sysconfig/docker-storage
systemctl enable docker
systemctl start docker

# --- a ZooKeeper in which Exhibitor keeps what DC/OS' own is made of, where the masters are not to be a fixed list
if [ -n "$ZOOKEEPER_IMAGE" ]; then
  number=0 servers=
  for address in $MASTERS; do
    number=$((number + 1))
    servers="$servers${servers:+ }server.$number=$address:2988:3988"
  done
  docker rm -f exhibitor-zookeeper >/dev/null 2>&1 || true
  docker run -d --name exhibitor-zookeeper --restart=always --net=host -v /var/lib/exhibitor-zookeeper:/data \
    -e ZOO_MY_ID=$((NODE_INDEX + 1)) -e ZOO_PORT=2191 -e "ZOO_SERVERS=$servers" "$ZOOKEEPER_IMAGE"
fi

# --- config.yaml: JSON is YAML. Keys to stores outside are in no template; an image may bring them, as members in JSON
mkdir -p /opt/dcos/genconf
cd /opt/dcos
cat >genconf/config.yaml <<'CONFIG'
__CONFIG__
CONFIG
if [ -e /etc/dcos/secrets.json ]; then
  "$python" - <<'MERGE'
import json
def merged(one, other):
    if not (isinstance(one, dict) and isinstance(other, dict)):
        return other
    return dict(one, **dict((key, merged(one.get(key), value)) for key, value in other.items()))
settings = merged(json.load(open('genconf/config.yaml')), json.load(open('/etc/dcos/secrets.json')))
json.dump(settings, open('genconf/config.yaml', 'w'))
MERGE
fi
chmod 0600 genconf/config.yaml
printf '#!/bin/sh\necho %s\n' "$NODE_ADDRESS" >genconf/ip-detect
chmod 0755 genconf/ip-detect

# --- the installer makes packages out of config.yaml, equal ones on every node, and installs them
if [ ! -e dcos_generate_config.sh ]; then
  curl -fsSL --retry 20 --retry-delay 15 -o installer.part "$INSTALLER_URL"
  mv installer.part dcos_generate_config.sh
fi
[ -z "$INSTALLER_SHA256" ] || echo "$INSTALLER_SHA256  dcos_generate_config.sh" | sha256sum -c --quiet
[ -e genconf/serve/dcos_install.sh ] || bash dcos_generate_config.sh --genconf
mkdir -p /var/lib/dcos
attributes="node:$NODE_NAME"
for label in ${NODE_LABELS//,/ }; do attributes="$attributes;${label/=/:}"; done
[ "$ROLE" = master ] || printf 'MESOS_ATTRIBUTES=%s\n' "$attributes" >/var/lib/dcos/mesos-slave-common
(cd genconf/serve && bash dcos_install.sh "$DCOS_ROLE")

# --- a master is there when it answers, an agent when a master lists it as active
listed() {
  local master
  for master in $MASTERS; do
    curl -sfL --max-time 10 "http://$master:5050/slaves" 2>/dev/null | "$python" -c '
import json, sys
slaves = json.load(sys.stdin)["slaves"]
sys.exit(0 if any(slave["active"] and slave["hostname"] == sys.argv[1] for slave in slaves) else 1)' "$NODE_ADDRESS" && return
  done
  return 1
}
if [ "$ROLE" = master ]; then
  until curl -sf --max-time 10 "http://$NODE_ADDRESS:5050/health" >/dev/null; do sleep 5; done
  # Whoever has to sign in is sent on, which is an answer as well.
  until curl -s --max-time 10 -o /dev/null "http://$NODE_ADDRESS/"; do sleep 5; done
else
  until listed; do sleep 5; done
fi
tell SUCCESS "is ready"
