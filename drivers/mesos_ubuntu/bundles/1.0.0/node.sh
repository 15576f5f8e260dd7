#!/bin/bash
# One node of a Mesos bay, run by cloud-init at its first boot. The image brings mesos, zookeeper, marathon and docker.
# Words between double underscores are filled in by Heat.
set -euo pipefail
ROLE="__ROLE__" NODE_NAME="__NODE_NAME__" NODE_INDEX="__NODE_INDEX__" NODE_ADDRESS="__NODE_ADDRESS__" MASTERS="__MASTERS__"
VOLUME_ID="__VOLUME_ID__" ATTRIBUTES="__ATTRIBUTES__" WORK_DIR="__WORK_DIR__" ISOLATION="__ISOLATION__"
IMAGE_PROVIDERS="__IMAGE_PROVIDERS__" EXECUTOR_VARIABLES='__EXECUTOR_VARIABLES__'
SIGNAL_URL="__SIGNAL_URL__" SIGNAL_TOKEN="__SIGNAL_TOKEN__"

tell() { curl -sSf --retry 20 --retry-delay 5 -X POST -H "X-Auth-Token: $SIGNAL_TOKEN" -H 'Content-Type: application/json' \
  --data "{\"status\": \"$1\", \"reason\": \"$NODE_NAME: $2\"}" "$SIGNAL_URL"; }
trap 'tell FAILURE "line $LINENO of its user data failed"' ERR
hostnamectl set-hostname "$NODE_NAME"
# set FILE VALUE: Mesos reads its options from files; an empty value is none.
set_option() { mkdir -p "$(dirname "$1")"; [ -z "$2" ] || printf '%s\n' "$2" >"$1"; }

zookeepers=
for address in $MASTERS; do zookeepers="$zookeepers${zookeepers:+,}$address:2181"; done
count=$(wc -w <<<"$MASTERS")
set_option /etc/mesos/zk "zk://$zookeepers/mesos"

if [ "$ROLE" = master ]; then
  echo $((NODE_INDEX + 1)) >/etc/zookeeper/conf/myid
  number=0
  for address in $MASTERS; do
    number=$((number + 1))
    grep -q "^server.$number=" /etc/zookeeper/conf/zoo.cfg || echo "server.$number=$address:2888:3888" >>/etc/zookeeper/conf/zoo.cfg
  done
  set_option /etc/mesos-master/quorum $((count / 2 + 1))
  for service in mesos-master marathon/conf; do
    set_option "/etc/$service/hostname" "$NODE_ADDRESS"
  done
  set_option /etc/mesos-master/ip "$NODE_ADDRESS"
  set_option /etc/marathon/conf/master "zk://$zookeepers/mesos"
  set_option /etc/marathon/conf/zk "zk://$zookeepers/marathon"
  systemctl disable --now mesos-slave || true
  systemctl enable zookeeper mesos-master marathon
  systemctl restart zookeeper mesos-master marathon
  until curl -sf --max-time 10 "http://$NODE_ADDRESS:5050/health" >/dev/null; do sleep 5; done
else
  if [ -n "$VOLUME_ID" ]; then
    device="/dev/disk/by-id/virtio-${VOLUME_ID:0:20}"
    for _ in $(seq 120); do [ -e "$device" ] && break; sleep 5; done
    blkid "$device" >/dev/null || mkfs.ext4 -q "$device"
    systemctl stop docker
    mkdir -p /var/lib/docker
    echo "$device /var/lib/docker ext4 defaults,nofail 0 0" >>/etc/fstab
    mount /var/lib/docker
    systemctl start docker
  fi
  set_option /etc/mesos-slave/ip "$NODE_ADDRESS"
  set_option /etc/mesos-slave/hostname "$NODE_ADDRESS"
  set_option /etc/mesos-slave/containerizers docker,mesos
  set_option /etc/mesos-slave/executor_registration_timeout 5mins
  set_option /etc/mesos-slave/work_dir "$WORK_DIR"
  set_option /etc/mesos-slave/isolation "$ISOLATION"
  set_option /etc/mesos-slave/image_providers "$IMAGE_PROVIDERS"
  set_option /etc/mesos-slave/executor_environment_variables "$EXECUTOR_VARIABLES"
  attributes=${ATTRIBUTES//=/:}
  set_option /etc/mesos-slave/attributes "${attributes//,/;}"
  systemctl disable --now zookeeper mesos-master marathon || true
  systemctl enable mesos-slave
  systemctl restart mesos-slave
  listed() {
    local master
    for master in $MASTERS; do
      curl -sfL --max-time 10 "http://$master:5050/slaves" 2>/dev/null | python3 -c '
import json, sys
slaves = json.load(sys.stdin)["slaves"]
sys.exit(0 if any(slave["active"] and slave["hostname"] == sys.argv[1] for slave in slaves) else 1)' "$NODE_ADDRESS" && return
    done
    return 1
  }
  until listed; do sleep 5; done
fi
tell SUCCESS "is ready"
