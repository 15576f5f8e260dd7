// The servers and clients that tests talk to, as Debian packages. Looks first; installs only as root on Debian.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';

/** What each package is looked up by, and what it is for. */
export const PACKAGES = {
  'docker.io': { files: ['/usr/sbin/dockerd'], for: 'the local Swarm driver' },
  iproute2: { files: ['/usr/sbin/ip', '/sbin/ip'], for: 'the local Swarm driver' },
  iptables: { files: ['/usr/sbin/iptables'], for: 'the local Swarm driver' },
  'busybox-static': { files: ['/bin/busybox', '/usr/bin/busybox'], for: 'an image that runs without a registry' },
  'nats-server': { files: ['/usr/sbin/nats-server', '/usr/bin/nats-server'], for: 'the NATS bus and the JetStream log' },
  'python3-openstackclient': { files: ['/usr/bin/openstack'], for: 'the end-to-end tests with the unmodified client' },
  'python3-magnumclient': { files: ['/usr/lib/python3/dist-packages/magnumclient'], for: 'the end-to-end tests with the unmodified client' },
  'python3-heatclient': { files: ['/usr/lib/python3/dist-packages/heatclient'], for: 'the tests of the sandbox with the unmodified client' },
  'python3-keystone': { files: ['/usr/bin/keystone-wsgi-public'], for: 'the tests against a real Keystone' },
  'rabbitmq-server': { files: ['/usr/lib/rabbitmq/bin/rabbitmq-server'], for: 'the tests of notifications' },
  'ceilometer-agent-notification': { files: ['/usr/bin/ceilometer-agent-notification'], for: 'the tests of notifications against a real Ceilometer' },
  'python3-gnocchi': { files: ['/usr/bin/gnocchi-metricd'], for: 'the test of billing with a real Gnocchi' },
  'python3-gnocchiclient': { files: ['/usr/bin/gnocchi'], for: 'the test of billing' },
  'mariadb-server-core': { files: ['/usr/sbin/mariadbd'], for: 'the index of Gnocchi in the test of billing' },
  'mariadb-client-core': { files: ['/usr/bin/my_print_defaults'], for: 'setting up that MariaDB' },
  'python3-cloudkitty': { files: ['/usr/bin/cloudkitty-processor'], for: 'the test of billing with a real CloudKitty' },
  curl: { files: ['/usr/bin/curl'], for: 'the test of billing' },
  'python3-cloudkittyclient': { files: ['/usr/lib/python3/dist-packages/cloudkittyclient'], for: 'the test of billing' },
  influxdb: { files: ['/usr/bin/influxd'], for: 'what CloudKitty keeps in the test of billing' },
  'python3-barbican': { files: ['/usr/lib/python3/dist-packages/barbican'], for: 'the tests against a real Barbican' },
  'python3-heat': { files: ['/usr/lib/python3/dist-packages/heat'], for: 'the tests against a real Heat' },
  openssl: { files: ['/usr/bin/openssl'], for: 'checking certificates with somebody else’s eyes' },
  jq: { files: ['/usr/bin/jq'], for: 'running what the user data of nodes does' },
};

export function missingPackages(names = Object.keys(PACKAGES)) {
  return names.filter((name) => !PACKAGES[name].files.some((file) => existsSync(file)));
}

/** @returns what is still missing afterwards. */
export function installPackages(names = Object.keys(PACKAGES)) {
  const missing = missingPackages(names);
  if (missing.length === 0) return [];
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return missing;
  console.error(`Installing Debian packages: ${missing.join(' ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=300', ...args], { stdio: ['ignore', 'ignore', 'inherit'], env }).status;
  apt('update');
  withoutServices(() => apt('install', '-y', '--no-install-recommends', ...missing) === 0 || console.error('apt-get could not install them all.'));
  return missingPackages(names);
}

/** Tests start what they need by themselves: no package may start its own service. */
function withoutServices(install) {
  const policy = '/usr/sbin/policy-rc.d';
  // Whoever has one decides.
  if (existsSync(policy)) return install();
  writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    rmSync(policy);
  }
}

/** Says loudly what will not be tested here, and how to change that. */
export function sayMissing(missing) {
  for (const name of missing) console.error(`MISSING: the Debian package ${name}, for ${PACKAGES[name].for}. Install it with: apt-get install ${name}`);
}
