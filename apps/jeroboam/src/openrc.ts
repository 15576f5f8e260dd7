import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';

export interface SandboxLogin {
  readonly authUrl: string;
  readonly username: string;
  readonly password: string;
  readonly projectName: string;
}

/** Writes a file to `source`, readable by its owner only. @returns how to name it from the working directory. */
export function writeOpenrc(path: string, { authUrl, username, password, projectName }: SandboxLogin): string {
  const lines = {
    OS_AUTH_URL: authUrl,
    OS_USERNAME: username,
    OS_PASSWORD: password,
    OS_PROJECT_NAME: projectName,
    OS_USER_DOMAIN_NAME: 'Default',
    OS_PROJECT_DOMAIN_NAME: 'Default',
    OS_IDENTITY_API_VERSION: '3',
    OS_REGION_NAME: 'RegionOne',
  };
  const text = Object.entries(lines).map(([name, value]) => `export ${name}='${value.replaceAll("'", "'\\''")}'`).join('\n');
  writeFileSync(path, `# The sandbox cloud of Jeroboam, as ${username} in ${projectName}: source it, then use openstack.\n${text}\n`, { mode: 0o600 });
  return `./${relative(process.cwd(), path)}`;
}
