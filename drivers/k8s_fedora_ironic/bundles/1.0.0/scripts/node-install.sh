#!/bin/bash
# Brings what a node of Kubernetes needs and the image has not. May be run again: what is there is left alone.
set -euo pipefail
arch=$(uname -m | sed -e s/x86_64/amd64/ -e s/aarch64/arm64/)
fetch() { curl -sSfL --retry 20 --retry-delay 5 --retry-all-errors --max-time 600 -o "$2" "$1"; }

for tool in kubelet kubectl; do
  [ -x /usr/local/bin/$tool ] && continue
  fetch "https://dl.k8s.io/release/$KUBE_VERSION/bin/linux/$arch/$tool" "/usr/local/bin/$tool.part"
  fetch "https://dl.k8s.io/release/$KUBE_VERSION/bin/linux/$arch/$tool.sha256" "/run/$tool.sha256"
  echo "$(cat "/run/$tool.sha256")  /usr/local/bin/$tool.part" | sha256sum --check --quiet
  chmod 0755 "/usr/local/bin/$tool.part"
  mv "/usr/local/bin/$tool.part" "/usr/local/bin/$tool"
done
if [ ! -x /opt/cni/bin/loopback ]; then
  archive="cni-plugins-linux-$arch-$CNI_PLUGINS_TAG.tgz"
  from="https://github.com/containernetworking/plugins/releases/download/$CNI_PLUGINS_TAG"
  ( cd /run && fetch "$from/$archive" "$archive" && fetch "$from/$archive.sha256" "$archive.sha256" && sha256sum --check --quiet "$archive.sha256" )
  mkdir -p /opt/cni/bin
  tar -xzf "/run/$archive" -C /opt/cni/bin
fi
restorecon -R /usr/local/bin /opt/cni || true
modprobe -a br_netfilter overlay
sysctl --quiet --system

# Images and containers on a volume of their own. It is attached once the server runs, so it is waited for.
if [ -n "$VOLUME_ID" ] && ! mountpoint --quiet /var/lib/containerd; then
  device="/dev/disk/by-id/virtio-${VOLUME_ID:0:20}"
  for _ in $(seq 120); do [ -e "$device" ] && break; sleep 5; done
  blkid "$device" >/dev/null || mkfs.xfs -q "$device"
  grep -q " /var/lib/containerd " /etc/fstab || echo "$device /var/lib/containerd xfs defaults,nofail 0 0" >>/etc/fstab
  systemctl daemon-reload
  systemctl stop containerd
  mkdir -p /var/lib/containerd
  mount /var/lib/containerd
  restorecon -R /var/lib/containerd || true
fi
systemctl restart containerd
