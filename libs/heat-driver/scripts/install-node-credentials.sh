# --- what the node acts with in the cloud: a program that fetches it, and a timer that has it renewed
if [ -n "$NODE_CREDENTIALS" ]; then
  mkdir -p /etc/jeroboam
  cat >/usr/local/bin/node-credentials <<'PROGRAM'
#include node-credentials.sh
PROGRAM
  chmod 0755 /usr/local/bin/node-credentials
  install -m 0600 /dev/null /etc/jeroboam/node.env
  for setting in API_URL CLUSTER_UUID NODE_NAME NODE_CREDENTIALS NODE_KEY NODE_CERTIFICATE BOOTSTRAP_TOKEN; do
    printf '%s="%s"\n' "$setting" "${!setting}"
  done >/etc/jeroboam/node.env
  echo CREDENTIALS=/etc/jeroboam >>/etc/jeroboam/node.env
  printf '[Service]\nType=oneshot\nEnvironmentFile=/etc/jeroboam/node.env\nExecStart=/usr/local/bin/node-credentials\n' >/etc/systemd/system/node-credentials.service
  printf '[Timer]\nOnCalendar=*:0/5\nRandomizedDelaySec=240\n[Install]\nWantedBy=timers.target\n' >/etc/systemd/system/node-credentials.timer
  chmod 0644 /etc/systemd/system/node-credentials.*
  systemctl daemon-reload
  systemctl enable node-credentials.timer
  systemctl start node-credentials.timer
  until systemctl start node-credentials.service; do sleep 10; done
fi
