#!/bin/bash
# Keeps what this node acts with in the cloud: fetches its credentials, tries a new one at Keystone before it takes the place of
# the old one, and tells the API which one is used. To be run when the node comes up, and again every few minutes. Settings:
#   API_URL CLUSTER_UUID      the API of the bay service with /v1, and this bay
#   NODE_CREDENTIALS          purposes, each of which becomes $CREDENTIALS/cloud-<purpose>.conf
#   NODE_KEY NODE_CERTIFICATE files by which the node is known; made for NODE_NAME where they are not there
#   BOOTSTRAP_TOKEN           its share of the token of its stack, where it has one
# What reads the files is told by programs in $CREDENTIALS/credential-hooks.d, called with purpose and file.
set -uo pipefail
umask 077
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# known: has a certificate for the node's key, where nothing else on the node has seen to that.
known() {
  [ ! -s "$NODE_CERTIFICATE" ] || return 0
  [ -s "$NODE_KEY" ] || openssl genrsa 2048 2>/dev/null | put "$NODE_KEY" || return
  openssl req -new -key "$NODE_KEY" -subj "/CN=$NODE_NAME" -out "$work/request" || return
  printf '{"cluster_uuid":"%s","csr":"%s"}' "$CLUSTER_UUID" "$(sed 's/$/\\n/' "$work/request" | tr -d '\n')" >"$work/body"
  printf 'header = "X-Auth-Token: %s"\n' "${BOOTSTRAP_TOKEN:-}" | curl -sSf -K - --retry 5 --retry-delay 5 --max-time 60 \
    -H 'OpenStack-API-Version: container-infra latest' -H 'Content-Type: application/json' --data "@$work/body" -o "$work/answer" "$API_URL/certificates" || return
  printf '%b\n' "$(field pem)" | put "$NODE_CERTIFICATE"
}

# proof PURPOSE TAG: that this node has its key and asks for this now.
proof() {
  local now certificate signature
  now=$(date +%s)
  certificate=$(openssl x509 -in "$NODE_CERTIFICATE" -outform der | openssl base64 -A) || return
  signature=$(printf 'GET /clusters/%s/credentials/%s\n%s\n%s\n' "$CLUSTER_UUID" "$1" "$now" "$2" | openssl dgst -sha256 -sign "$NODE_KEY" | openssl base64 -A) || return
  echo "jeroboam-node-key:$now:$certificate:$signature"
}

# ask PURPOSE TAG TOKEN: prints the status. Nothing that others must not see is an argument of a program.
ask() {
  { printf 'header = "X-Auth-Token: %s"\n' "$3"; [ -z "$2" ] || printf 'header = "If-None-Match: \\"%s\\""\n' "$2"; } \
    | curl -sS -K - --retry 5 --retry-delay 5 --max-time 60 -D "$work/headers" -o "$work/answer" -w '%{http_code}' \
      "$API_URL/clusters/$CLUSTER_UUID/credentials/$1"
}

# field NAME: a text of the answer, which is flat JSON.
field() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" "$work/answer"; }

# tried: whether Keystone takes what was answered.
tried() {
  printf '{"auth":{"identity":{"methods":["application_credential"],"application_credential":{"id":"%s","secret":"%s"}}}}' \
    "$(field id)" "$(field secret)" >"$work/login"
  [ "$(curl -sS --retry 2 --max-time 60 -H 'Content-Type: application/json' --data "@$work/login" -o "$work/token" -w '%{http_code}' "$(field auth_url)/auth/tokens")" = 201 ]
}

# put FILE: reads what is to be in it; nobody ever sees half of it.
put() { cat >"$1.part" && mv "$1.part" "$1"; }

# settings TAG: in the form that plugins and providers of Kubernetes read.
settings() {
  printf '# Tag %s\n# Until %s\n[Global]\n' "$1" "$(field expires_at)"
  printf 'auth-url=%s\napplication-credential-id=%s\napplication-credential-secret=%s\n' "$(field auth_url)" "$(field id)" "$(field secret)"
  [ -z "$(field region)" ] || printf 'region=%s\n' "$(field region)"
}

# tell PURPOSE FILE: what reads it.
tell() {
  local hook
  for hook in "$CREDENTIALS"/credential-hooks.d/*; do [ ! -x "$hook" ] || "$hook" "$1" "$2" || return; done
}

# renew PURPOSE
renew() {
  local file=$CREDENTIALS/cloud-$1.conf tag='' status=403
  [ ! -s "$file" ] || tag=$(sed -n '1s/^# Tag \([[:alnum:]_-]*\)$/\1/p' "$file")
  # The first time the share may hold, and needs no clock that is right.
  if [ ! -s "$file" ] && [ -n "${BOOTSTRAP_TOKEN:-}" ]; then status=$(ask "$1" '' "$BOOTSTRAP_TOKEN") || return; fi
  if [ "$status" = 403 ]; then status=$(ask "$1" "$tag" "$(proof "$1" "$tag")") || return; fi
  case $status in
    200) ;;
    304) return ;;
    403 | 404) echo "this node gets no credential for $1 ($status)" >&2; [ ! -s "$file" ]; return ;;
    *) echo "the API answers $status about the credential for $1" >&2; return 1 ;;
  esac
  tag=$(sed -n 's/^[Ee][Tt]ag: *\(W\/\)\{0,1\}"\([[:alnum:]_-]*\)".*/\2/p' "$work/headers" | tail -n 1)
  rm -f "$work/before"
  if [ -s "$file" ]; then
    # Nothing is there to be kept otherwise, and a node comes up also while Keystone is away.
    tried || { echo "Keystone does not take the new credential for $1; the old one stays" >&2; return 1; }
    cp "$file" "$work/before"
  fi
  settings "$tag" | put "$file" || return
  if ! tell "$1" "$file"; then
    echo "not everything has taken the new credential for $1; the old one is back" >&2
    [ ! -s "$work/before" ] || put "$file" <"$work/before"
    return 1
  fi
  # Where this is lost, the next run says it.
  ask "$1" "$tag" "$(proof "$1" "$tag")" >/dev/null
}

failed=0
mkdir -p "$CREDENTIALS"
[ -z "$NODE_CREDENTIALS" ] || known || failed=1
for purpose in $NODE_CREDENTIALS; do renew "$purpose" || failed=1; done
exit $failed
