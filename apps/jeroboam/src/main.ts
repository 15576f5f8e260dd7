import 'reflect-metadata';
import { join } from 'node:path';
import { Module } from '@nestjs/common';
import { runProcess } from '@jeroboam/profile';
import { banner } from './banner.ts';
import { embeddedConfig } from './embedded.config.ts';
import { startEmbedded } from './embedded.ts';
import { firstLogin } from './identity.ts';
import { writeOpenrc } from './openrc.ts';

/** The operators' side of this process; the API itself listens on its own address. */
@Module({})
class OperationsSide {}

await runProcess({
  name: 'jeroboam',
  summary: 'npm start: every service of Jeroboam in one process.',
  examples: [
    'npm start',
    'JEROBOAM_PORT=9600 JEROBOAM_SANDBOX_PORT=9601 npm start',
    'JEROBOAM_AUTH=keystone JEROBOAM_KEYSTONE_URL=https://cloud:5000/v3 JEROBOAM_KEYSTONE_PASSWORD_FILE=/etc/jeroboam/password npm start',
  ],
  config: embeddedConfig,
  async open(context) {
    const embedded = await startEmbedded(context, process.cwd());
    const { opsHost, opsPort, sandboxCloudFile } = context.config;
    const openrc = embedded.sandboxUrl === null ? null : writeOpenrc(join(process.cwd(), 'openrc'), firstLogin(embedded.sandboxUrl, sandboxCloudFile));
    process.stdout.write(`${banner({ ...embedded, openrc, opsUrl: `http://${opsHost}:${opsPort}`, bootMs: process.uptime() * 1_000 })}\n`);
    return { module: OperationsSide };
  },
});
