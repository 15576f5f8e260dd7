import 'reflect-metadata';
import { join } from 'node:path';
import { runProcess } from '@jeroboam/profile';
import { readCloudFile } from '@jeroboam/sandbox-cloud';
import { banner } from './banner.ts';
import { embeddedConfig } from './embedded.config.ts';
import { startEmbedded } from './embedded.ts';
import { writeOpenrc } from './openrc.ts';

await runProcess({
  summary: 'npm start: every service of Jeroboam in one process.',
  examples: [
    'npm start',
    'JEROBOAM_PORT=9600 JEROBOAM_SANDBOX_PORT=9601 npm start',
    'JEROBOAM_AUTH=keystone JEROBOAM_KEYSTONE_URL=https://cloud:5000/v3 JEROBOAM_KEYSTONE_PASSWORD_FILE=/etc/jeroboam/password npm start',
  ],
  schema: embeddedConfig,
  async start(config) {
    const embedded = await startEmbedded(config, process.cwd());
    const openrc = embedded.sandboxUrl === null ? null : writeLogin(embedded.sandboxUrl);
    process.stdout.write(`${banner({ ...embedded, openrc, bootMs: process.uptime() * 1_000 })}\n`);
    return embedded;
  },
});

/** Writes `openrc` where the process was started: the checkout's root under `npm start`. */
function writeLogin(sandboxUrl: string): string {
  const demo = readCloudFile().users.find(({ name }) => name === 'demo')!;
  writeOpenrc(join(process.cwd(), 'openrc'), { authUrl: `${sandboxUrl}/v3`, username: demo.name, password: demo.password, projectName: 'demo' });
  return './openrc';
}
