#!/bin/bash
# Makes this node's keys, has their certificates signed by the bay's authorities, and writes what shows them to the API.
# Keys never leave the node. May be run again: a certificate that is there is kept.
set -euo pipefail
umask 077
pki=/etc/kubernetes/pki
mkdir -p $pki/etcd
api() { curl -sSf --retry 20 --retry-delay 5 --retry-all-errors --max-time 60 \
  -H "X-Auth-Token: $BOOTSTRAP_TOKEN" -H 'OpenStack-API-Version: container-infra latest' -H 'Content-Type: application/json' "$@"; }

# authority FILE TYPE: the certificate of one of the bay's authorities.
authority() { [ -s "$1" ] || { api "$API_URL/certificates/$CLUSTER_UUID?ca_cert_type=$2" | jq -er .pem >"$1.part"; mv "$1.part" "$1"; }; }

# certificate FILE TYPE COMMON_NAME ORGANISATION USAGES [NAMES]
certificate() {
  [ -s "$1.crt" ] && return
  [ -s "$1.key" ] || openssl genrsa -out "$1.key" 2048 2>/dev/null
  local subject="/CN=$3"
  [ -z "$4" ] || subject="/O=$4/CN=$3"
  { printf '[req]\ndistinguished_name=subject\nreq_extensions=wanted\nprompt=no\n[subject]\n[wanted]\n'
    printf 'keyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=%s\n' "$5"
    [ -z "${6:-}" ] || printf 'subjectAltName=%s\n' "$6"; } >"$1.cnf"
  openssl req -new -key "$1.key" -subj "$subject" -config "$1.cnf" -out "$1.csr"
  jq -n --arg bay "$CLUSTER_UUID" --arg type "$2" --rawfile csr "$1.csr" '{cluster_uuid: $bay, ca_cert_type: $type, csr: $csr}' \
    | api -X POST --data @- "$API_URL/certificates" | jq -er .pem >"$1.crt.part"
  mv "$1.crt.part" "$1.crt"
}

# kubeconfig FILE CERTIFICATE USER [HOST]
kubeconfig() {
  local k="kubectl config --kubeconfig=$1"
  $k set-cluster bay --server="https://${4:-$API_HOST}:6443" --certificate-authority=$pki/ca.crt --embed-certs >/dev/null
  $k set-credentials "$3" --client-certificate="$2.crt" --client-key="$2.key" --embed-certs >/dev/null
  $k set-context bay --cluster=bay --user="$3" >/dev/null
  $k use-context bay >/dev/null
}
export PATH=/usr/local/bin:$PATH

addresses="IP:$NODE_ADDRESS"
[ "$NODE_PUBLIC_ADDRESS" = "$NODE_ADDRESS" ] || addresses="$addresses,IP:$NODE_PUBLIC_ADDRESS"
authority $pki/ca.crt kubernetes
certificate $pki/kubelet kubernetes "system:node:$NODE_NAME" system:nodes serverAuth,clientAuth "DNS:$NODE_NAME,$addresses"
kubeconfig /etc/kubernetes/kubelet.kubeconfig $pki/kubelet kubelet

if [ "$ROLE" = master ]; then
  authority $pki/etcd/ca.crt etcd
  authority $pki/front-proxy-ca.crt front-proxy
  names="DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local,DNS:localhost"
  names="$names,IP:127.0.0.1,IP:$KUBERNETES_SERVICE_IP,IP:$API_HOST,IP:$API_PUBLIC_ADDRESS,$addresses"
  certificate $pki/apiserver kubernetes kubernetes "" serverAuth "$names"
  certificate $pki/apiserver-kubelet-client kubernetes apiserver-kubelet-client system:masters clientAuth
  certificate $pki/controller-manager kubernetes system:kube-controller-manager "" clientAuth
  certificate $pki/scheduler kubernetes system:kube-scheduler "" clientAuth
  certificate $pki/admin kubernetes admin system:masters clientAuth
  certificate $pki/etcd/member etcd "$NODE_NAME" "" serverAuth,clientAuth "DNS:localhost,IP:127.0.0.1,IP:$NODE_ADDRESS"
  certificate $pki/etcd/client etcd apiserver-etcd-client "" clientAuth
  certificate $pki/front-proxy-client front-proxy front-proxy-client "" clientAuth
  kubeconfig /etc/kubernetes/controller-manager.kubeconfig $pki/controller-manager controller-manager 127.0.0.1
  kubeconfig /etc/kubernetes/scheduler.kubeconfig $pki/scheduler scheduler 127.0.0.1
  kubeconfig /etc/kubernetes/admin.kubeconfig $pki/admin admin 127.0.0.1
fi

cat >/etc/kubernetes/kubelet.yaml <<CONFIG
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
authentication:
  anonymous: {enabled: false}
  webhook: {enabled: true}
  x509: {clientCAFile: $pki/ca.crt}
authorization: {mode: Webhook}
cgroupDriver: systemd
clusterDomain: cluster.local
clusterDNS: [$DNS_SERVICE_IP]
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
staticPodPath: /etc/kubernetes/manifests
tlsCertFile: $pki/kubelet.crt
tlsPrivateKeyFile: $pki/kubelet.key
resolvConf: /run/systemd/resolve/resolv.conf
CONFIG
arguments="$KUBELET_OPTIONS"
[ -z "$NODE_LABELS" ] || arguments="--node-labels=$NODE_LABELS $arguments"
[ -z "$NODE_TAINTS" ] || arguments="--register-with-taints=$NODE_TAINTS $arguments"
echo "KUBELET_ARGS=$arguments" >/etc/kubernetes/kubelet.env
