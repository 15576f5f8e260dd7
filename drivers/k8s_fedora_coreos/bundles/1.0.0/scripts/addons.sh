#!/bin/bash
# What every bay needs on top of the control plane: kube-proxy, the pods' network (flannel or calico) and DNS. Applied by the first master;
# the others find it done.
set -euo pipefail
[ "$NODE_INDEX" = 0 ] || exit 0
export PATH=/usr/local/bin:$PATH KUBECONFIG=/etc/kubernetes/admin.kubeconfig
until kubectl get --raw=/readyz >/dev/null 2>&1; do sleep 5; done

kubectl apply -f - <<MANIFEST
apiVersion: v1
kind: ServiceAccount
metadata: {name: kube-proxy, namespace: kube-system}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: bay:kube-proxy}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: system:node-proxier}
subjects: [{kind: ServiceAccount, name: kube-proxy, namespace: kube-system}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: kube-proxy, namespace: kube-system}
data:
  config.yaml: |
    apiVersion: kubeproxy.config.k8s.io/v1alpha1
    kind: KubeProxyConfiguration
    clusterCIDR: $PODS_CIDR
    clientConnection: {kubeconfig: /etc/kube-proxy/kubeconfig.yaml}
  kubeconfig.yaml: |
    apiVersion: v1
    kind: Config
    clusters: [{name: bay, cluster: {server: "https://$API_HOST:6443", certificate-authority: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt}}]
    users: [{name: proxy, user: {tokenFile: /var/run/secrets/kubernetes.io/serviceaccount/token}}]
    contexts: [{name: bay, context: {cluster: bay, user: proxy}}]
    current-context: bay
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: kube-proxy, namespace: kube-system}
spec:
  selector: {matchLabels: {app: kube-proxy}}
  template:
    metadata: {labels: {app: kube-proxy}}
    spec:
      hostNetwork: true
      serviceAccountName: kube-proxy
      priorityClassName: system-node-critical
      tolerations: [{operator: Exists}]
      containers:
      - name: kube-proxy
        image: registry.k8s.io/kube-proxy:$KUBE_VERSION
        command: [kube-proxy, --config=/etc/kube-proxy/config.yaml, --hostname-override=\$(NODE_NAME)]
        env: [{name: NODE_NAME, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}]
        securityContext: {privileged: true}
        volumeMounts: [{name: config, mountPath: /etc/kube-proxy}, {name: modules, mountPath: /lib/modules, readOnly: true}, {name: lock, mountPath: /run/xtables.lock}]
      volumes:
      - {name: config, configMap: {name: kube-proxy}}
      - {name: modules, hostPath: {path: /lib/modules}}
      - {name: lock, hostPath: {path: /run/xtables.lock, type: FileOrCreate}}
MANIFEST

flannel() {
  kubectl apply -f - <<MANIFEST
apiVersion: v1
kind: ServiceAccount
metadata: {name: flannel, namespace: kube-system}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: flannel}
rules:
- {apiGroups: [""], resources: [pods], verbs: [get]}
- {apiGroups: [""], resources: [nodes], verbs: [get, list, watch]}
- {apiGroups: [""], resources: [nodes/status], verbs: [patch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: flannel}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: flannel}
subjects: [{kind: ServiceAccount, name: flannel, namespace: kube-system}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: flannel, namespace: kube-system}
data:
  cni-conf.json: |
    {"name": "cbr0", "cniVersion": "0.3.1", "plugins": [
      {"type": "flannel", "delegate": {"hairpinMode": true, "isDefaultGateway": true}}, {"type": "portmap", "capabilities": {"portMappings": true}}]}
  net-conf.json: |
    {"Network": "$PODS_CIDR", "Backend": {"Type": "$FLANNEL_BACKEND"}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: flannel, namespace: kube-system}
spec:
  selector: {matchLabels: {app: flannel}}
  template:
    metadata: {labels: {app: flannel}}
    spec:
      hostNetwork: true
      serviceAccountName: flannel
      priorityClassName: system-node-critical
      tolerations: [{operator: Exists}]
      initContainers:
      - name: plugin
        image: ghcr.io/flannel-io/flannel-cni-plugin:$FLANNEL_CNI_TAG
        command: [cp, -f, /flannel, /opt/cni/bin/flannel]
        securityContext: {privileged: true}
        volumeMounts: [{name: plugins, mountPath: /opt/cni/bin}]
      - name: configuration
        image: ghcr.io/flannel-io/flannel:$FLANNEL_TAG
        command: [cp, -f, /etc/kube-flannel/cni-conf.json, /etc/cni/net.d/10-flannel.conflist]
        securityContext: {privileged: true}
        volumeMounts: [{name: networks, mountPath: /etc/cni/net.d}, {name: config, mountPath: /etc/kube-flannel}]
      containers:
      - name: flannel
        image: ghcr.io/flannel-io/flannel:$FLANNEL_TAG
        command: [/opt/bin/flanneld, --ip-masq, --kube-subnet-mgr]
        env:
        - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
        - {name: POD_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
        - {name: KUBERNETES_SERVICE_HOST, value: "$API_HOST"}
        - {name: KUBERNETES_SERVICE_PORT, value: "6443"}
        securityContext: {privileged: true}
        volumeMounts: [{name: run, mountPath: /run/flannel}, {name: config, mountPath: /etc/kube-flannel}, {name: lock, mountPath: /run/xtables.lock}]
      volumes:
      - {name: run, hostPath: {path: /run/flannel, type: DirectoryOrCreate}}
      - {name: plugins, hostPath: {path: /opt/cni/bin}}
      - {name: networks, hostPath: {path: /etc/cni/net.d, type: DirectoryOrCreate}}
      - {name: config, configMap: {name: flannel}}
      - {name: lock, hostPath: {path: /run/xtables.lock, type: FileOrCreate}}
MANIFEST
}

# Calico's own manifest, with the range of the pods. Its pods are told where the API is, as services may not be reachable yet.
calico() {
  kubectl apply -f - <<MANIFEST
apiVersion: v1
kind: ConfigMap
metadata: {name: kubernetes-services-endpoint, namespace: kube-system}
data: {KUBERNETES_SERVICE_HOST: "$API_HOST", KUBERNETES_SERVICE_PORT: "6443"}
MANIFEST
  curl -fsSL --retry 20 --retry-delay 15 "https://raw.githubusercontent.com/projectcalico/calico/$CALICO_TAG/manifests/calico.yaml" |
    sed -e 's|# - name: CALICO_IPV4POOL_CIDR|- name: CALICO_IPV4POOL_CIDR|' -e "s|#   value: \"192.168.0.0/16\"|  value: \"$PODS_CIDR\"|" |
    kubectl apply --server-side --force-conflicts -f -
}

"$NETWORK_DRIVER"

kubectl apply -f - <<MANIFEST
apiVersion: v1
kind: ServiceAccount
metadata: {name: coredns, namespace: kube-system}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: bay:coredns}
rules:
- {apiGroups: [""], resources: [endpoints, services, pods, namespaces], verbs: [list, watch]}
- {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list, watch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: bay:coredns}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: bay:coredns}
subjects: [{kind: ServiceAccount, name: coredns, namespace: kube-system}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: coredns, namespace: kube-system}
data:
  Corefile: |
    .:53 {
      errors
      health
      ready
      kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
      }
      forward . /etc/resolv.conf
      cache 30
      loop
      reload
    }
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: coredns, namespace: kube-system}
spec:
  replicas: 2
  selector: {matchLabels: {k8s-app: kube-dns}}
  template:
    metadata: {labels: {k8s-app: kube-dns}}
    spec:
      serviceAccountName: coredns
      priorityClassName: system-cluster-critical
      dnsPolicy: Default
      tolerations: [{key: node-role.kubernetes.io/control-plane, effect: NoSchedule}]
      containers:
      - name: coredns
        image: registry.k8s.io/coredns/coredns:$COREDNS_TAG
        args: [-conf, /etc/coredns/Corefile]
        readinessProbe: {httpGet: {path: /ready, port: 8181}}
        livenessProbe: {httpGet: {path: /health, port: 8080}, initialDelaySeconds: 60}
        resources: {requests: {cpu: 100m, memory: 70Mi}, limits: {memory: 170Mi}}
        volumeMounts: [{name: config, mountPath: /etc/coredns}]
      volumes: [{name: config, configMap: {name: coredns}}]
---
apiVersion: v1
kind: Service
metadata: {name: kube-dns, namespace: kube-system, labels: {k8s-app: kube-dns}}
spec:
  clusterIP: $DNS_SERVICE_IP
  selector: {k8s-app: kube-dns}
  ports: [{name: dns, port: 53, protocol: UDP}, {name: dns-tcp, port: 53, protocol: TCP}, {name: metrics, port: 9153, protocol: TCP}]
MANIFEST
