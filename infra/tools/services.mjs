// `npm run services`: the single-host profile. One process a service over a real nats-server; a service that dies is
// started again. Needs Debian's nats-server (installed when root).
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join, resolve } from 'node:path';
import { PACKAGES, installPackages, sayMissing } from './debian.mjs';
import { build, install, nodeBinary, root } from './ensure.mjs';

const env = { ...process.env };
const dataDir = resolve(env.JEROBOAM_DATA_DIR ?? join(root, '.jeroboam'));
const host = '127.0.0.1';
const apiPort = Number(env.JEROBOAM_PORT ?? 9511);
const sandboxPort = Number(env.JEROBOAM_SANDBOX_PORT ?? 9512);
const natsPort = Number(env.JEROBOAM_NATS_PORT ?? 4222);
// Nobody to notify, no notifier.
const SINKS = ['JEROBOAM_RABBITMQ_URL', 'JEROBOAM_RABBITMQ_URL_FILE', 'JEROBOAM_NOTIFIER_NATS_SERVERS', 'JEROBOAM_NOTIFIER_FILE'];
const SERVICES = ['certificate-authority', 'scheduler', 'driver-executor', 'telemetry', ...(SINKS.some((name) => env[name]) ? ['notifier'] : []), 'api'];

install();
build();
const missing = installPackages(['nats-server']);
if (missing.length > 0) {
  sayMissing(missing);
  process.exit(1);
}
mkdirSync(dataDir, { recursive: true, mode: 0o700 });

// The token goes through a file: arguments can be read by every user of the host.
const token = randomBytes(24).toString('base64url');
const natsConfig = join(dataDir, 'nats.conf');
writeFileSync(natsConfig, `listen: ${host}:${natsPort}\nauthorization { token: "${token}" }\n`, { mode: 0o600 });

const children = new Map();
let stopping = false;
let failures = 0;

function start(name, command, args, extra = {}) {
  const child = spawn(command, args, { cwd: root, env: { ...env, ...extra }, stdio: ['ignore', 'inherit', 'inherit'] });
  children.set(name, child);
  writeFileSync(join(dataDir, `${name}.pid`), String(child.pid));
  child.on('exit', (code, signal) => {
    children.delete(name);
    if (stopping) return;
    // 78: the configuration is wrong; the process has said how, and the same again would not help.
    if (code === 78 || (failures += 1) > 50) return stop(1);
    console.error(`${name} ended (${signal ?? code}); starting it again`);
    setTimeout(() => stopping || start(name, command, args, extra), 500);
  });
}

function stop(code) {
  if (stopping) return;
  stopping = true;
  for (const child of children.values()) child.kill('SIGTERM');
  const end = () => children.size === 0 && process.exit(code);
  for (const child of children.values()) child.on('exit', end);
  setTimeout(() => {
    for (const child of children.values()) child.kill('SIGKILL');
    process.exit(code);
  }, 20_000).unref();
  end();
}
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => stop(0));

function reachable(port) {
  return new Promise((done) => {
    const socket = createConnection({ host, port });
    socket.on('connect', () => { socket.destroy(); done(true); });
    socket.on('error', () => done(false));
  });
}

async function waitFor(port, what) {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await reachable(port)) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  console.error(`${what} did not come up on port ${port} within 30 s.`);
  stop(1);
}

const nats = { JEROBOAM_NATS_SERVERS: `${host}:${natsPort}`, JEROBOAM_NATS_TOKEN: token, JEROBOAM_DATA_DIR: dataDir };
start('nats-server', PACKAGES['nats-server'].files.find((file) => existsSync(file)), ['-c', natsConfig]);
let keystone = {};
if (!env.JEROBOAM_KEYSTONE_URL) {
  start('sandbox-cloud', nodeBinary, [join(root, 'apps/sandbox-cloud/dist/main.js')], { JEROBOAM_SANDBOX_PORT: String(sandboxPort), JEROBOAM_CONTAINER_INFRA_URL: `http://${host}:${apiPort}/v1`, JEROBOAM_SANDBOX_DATA_DIR: join(dataDir, 'sandbox') });
  // The sandbox's own service user; its cloud file is public.
  keystone = { JEROBOAM_KEYSTONE_URL: `http://${host}:${sandboxPort}/v3`, JEROBOAM_KEYSTONE_PASSWORD: env.JEROBOAM_KEYSTONE_PASSWORD ?? 'secret', JEROBOAM_CLOUD_ADMIN_USER: 'admin', JEROBOAM_CLOUD_ADMIN_PASSWORD: 'secret', JEROBOAM_CLOUD_SIMULATED: 'true', JEROBOAM_NODE_API_URL: `http://${host}:${apiPort}/v1` };
  writeFileSync(env.JEROBOAM_OPENRC ?? join(root, 'openrc'), `export OS_AUTH_URL='http://${host}:${sandboxPort}/v3'\nexport OS_USERNAME='demo'\nexport OS_PASSWORD='secret'\nexport OS_PROJECT_NAME='demo'\nexport OS_USER_DOMAIN_NAME='Default'\nexport OS_PROJECT_DOMAIN_NAME='Default'\nexport OS_IDENTITY_API_VERSION='3'\nexport OS_REGION_NAME='RegionOne'\n`, { mode: 0o600 });
}
for (const service of SERVICES) start(service, nodeBinary, [join(root, `apps/${service}/dist/main.js`)], { ...nats, ...keystone });
if (!env.JEROBOAM_KEYSTONE_URL) await waitFor(sandboxPort, 'the sandbox cloud');
await waitFor(apiPort, 'the api');
if (!stopping) console.log(`Jeroboam's services are ready: API http://${host}:${apiPort}/v1, NATS ${host}:${natsPort}, data ${dataDir}. Next: source ./openrc`);
