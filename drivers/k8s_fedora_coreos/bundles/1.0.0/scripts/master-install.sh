#!/bin/bash
# Writes the control plane as static pods: kubelet starts them and keeps them going.
set -euo pipefail
umask 077
pki=/etc/kubernetes/pki
manifests=/etc/kubernetes/manifests
base64 -d <<<"$SERVICE_ACCOUNT_KEY" >$pki/service-account.key
openssl pkey -in $pki/service-account.key -pubout -out $pki/service-account.pub 2>/dev/null
mkdir -p /var/lib/etcd

members=; endpoints=
for address in ${ETCD_ADDRESSES//,/ }; do
  members="$members${members:+,}member-$address=https://$address:2380"
  endpoints="$endpoints${endpoints:+,}https://$address:2379"
done

# pod NAME IMAGE MOUNTS COMMAND...: a static pod in the host's network; mounts are directories of the host.
pod() {
  local name=$1 image=$2 mounts=$3 volume index=0
  shift 3
  { printf 'apiVersion: v1\nkind: Pod\nmetadata: {name: %s, namespace: kube-system, labels: {component: %s, tier: control-plane}}\n' "$name" "$name"
    printf 'spec:\n  hostNetwork: true\n  priorityClassName: system-node-critical\n  securityContext: {seLinuxOptions: {type: spc_t}}\n'
    printf '  containers:\n  - name: %s\n    image: %s\n    command:\n' "$name" "$image"
    printf '    - "%s"\n' "$@"
    printf '    volumeMounts:\n'
    for volume in $mounts; do printf '    - {name: v%s, mountPath: %s}\n' $index "$volume"; index=$((index + 1)); done
    printf '  volumes:\n'; index=0
    for volume in $mounts; do printf '  - {name: v%s, hostPath: {path: %s, type: DirectoryOrCreate}}\n' $index "$volume"; index=$((index + 1)); done
  } >"$manifests/.$name.part"
  mv "$manifests/.$name.part" "$manifests/$name.yaml"
}

pod etcd "registry.k8s.io/etcd:$ETCD_TAG" "/var/lib/etcd $pki/etcd" etcd \
  --name="member-$NODE_ADDRESS" --data-dir=/var/lib/etcd --initial-cluster="$members" --initial-cluster-token="$CLUSTER_UUID" \
  --initial-cluster-state=new --listen-peer-urls="https://$NODE_ADDRESS:2380" --initial-advertise-peer-urls="https://$NODE_ADDRESS:2380" \
  --listen-client-urls="https://127.0.0.1:2379,https://$NODE_ADDRESS:2379" --advertise-client-urls="https://$NODE_ADDRESS:2379" \
  --client-cert-auth=true --peer-client-cert-auth=true --trusted-ca-file=$pki/etcd/ca.crt --peer-trusted-ca-file=$pki/etcd/ca.crt \
  --cert-file=$pki/etcd/member.crt --key-file=$pki/etcd/member.key --peer-cert-file=$pki/etcd/member.crt --peer-key-file=$pki/etcd/member.key

pod kube-apiserver "registry.k8s.io/kube-apiserver:$KUBE_VERSION" "$pki /etc/pki /etc/ssl/certs" kube-apiserver \
  --advertise-address="$NODE_ADDRESS" --secure-port=6443 --allow-privileged=true --authorization-mode=Node,RBAC \
  --enable-admission-plugins=NodeRestriction --client-ca-file=$pki/ca.crt --tls-cert-file=$pki/apiserver.crt \
  --tls-private-key-file=$pki/apiserver.key --etcd-servers="$endpoints" --etcd-cafile=$pki/etcd/ca.crt \
  --etcd-certfile=$pki/etcd/client.crt --etcd-keyfile=$pki/etcd/client.key \
  --kubelet-client-certificate=$pki/apiserver-kubelet-client.crt --kubelet-client-key=$pki/apiserver-kubelet-client.key \
  --kubelet-certificate-authority=$pki/ca.crt --kubelet-preferred-address-types=InternalIP,Hostname \
  --requestheader-client-ca-file=$pki/front-proxy-ca.crt --requestheader-allowed-names=front-proxy-client \
  --requestheader-extra-headers-prefix=X-Remote-Extra- --requestheader-group-headers=X-Remote-Group \
  --requestheader-username-headers=X-Remote-User --proxy-client-cert-file=$pki/front-proxy-client.crt \
  --proxy-client-key-file=$pki/front-proxy-client.key --service-account-issuer=https://kubernetes.default.svc.cluster.local \
  --service-account-key-file=$pki/service-account.pub --service-account-signing-key-file=$pki/service-account.key \
  --service-cluster-ip-range="$SERVICE_CIDR"

pod kube-controller-manager "registry.k8s.io/kube-controller-manager:$KUBE_VERSION" "/etc/kubernetes" kube-controller-manager \
  --kubeconfig=/etc/kubernetes/controller-manager.kubeconfig --authentication-kubeconfig=/etc/kubernetes/controller-manager.kubeconfig \
  --authorization-kubeconfig=/etc/kubernetes/controller-manager.kubeconfig --bind-address=127.0.0.1 --leader-elect=true \
  --use-service-account-credentials=true --service-account-private-key-file=$pki/service-account.key --root-ca-file=$pki/ca.crt \
  --allocate-node-cidrs=true --cluster-cidr="$PODS_CIDR" --service-cluster-ip-range="$SERVICE_CIDR"

pod kube-scheduler "registry.k8s.io/kube-scheduler:$KUBE_VERSION" "/etc/kubernetes" kube-scheduler \
  --kubeconfig=/etc/kubernetes/scheduler.kubeconfig --authentication-kubeconfig=/etc/kubernetes/scheduler.kubeconfig \
  --authorization-kubeconfig=/etc/kubernetes/scheduler.kubeconfig --bind-address=127.0.0.1 --leader-elect=true
