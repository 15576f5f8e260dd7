#!/bin/bash
# Tells Heat that the API lists this node as Ready: only then is the node there.
set -euo pipefail
export PATH=/usr/local/bin:$PATH
ready() { kubectl --kubeconfig=/etc/kubernetes/kubelet.kubeconfig get node "$NODE_NAME" \
  -o 'jsonpath={.status.conditions[?(@.type=="Ready")].status}' 2>/dev/null; }
until [ "$(ready)" = True ]; do sleep 5; done
curl -sSf --retry 20 --retry-delay 5 --retry-all-errors -X POST -H "X-Auth-Token: $SIGNAL_TOKEN" -H 'Content-Type: application/json' \
  --data '{"status": "SUCCESS", "reason": "node is Ready"}' "$SIGNAL_URL"
