import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

export interface CloudUser {
  readonly username: string;
  readonly projectName: string;
}

/** What a command left behind. */
export interface Said {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

const CLIENT = '/usr/bin/openstack';

/** The unmodified `openstack` client of Debian, in a directory of its own; one command at a time, a fraction of a second each. */
export class OpenStackClient {
  readonly directory = mkdtempSync(join(tmpdir(), 'jeroboam-openstack-'));
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #replies: AsyncIterator<string>;

  constructor(private readonly authUrl: string) {
    if (!existsSync(CLIENT)) throw new Error(`${CLIENT} is missing: install python3-openstackclient and python3-magnumclient (Debian)`);
    // Debian's Python, not whatever else may be first in the path.
    this.#child = spawn('/usr/bin/python3', [join(import.meta.dirname, 'openstack_session.py')], {
      env: { PATH: '/usr/bin:/bin', HOME: this.directory, SHELL: '/bin/bash', LC_ALL: 'C.UTF-8', COLUMNS: '200' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#replies = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Runs `openstack <words>` as this user, logged in by environment variables as with an openrc file. */
  async run(words: readonly string[], { username, projectName }: CloudUser): Promise<Said> {
    const env = {
      OS_AUTH_URL: this.authUrl, OS_IDENTITY_API_VERSION: '3', OS_REGION_NAME: 'RegionOne', OS_USERNAME: username, OS_PASSWORD: 'secret',
      OS_PROJECT_NAME: projectName, OS_USER_DOMAIN_NAME: 'Default', OS_PROJECT_DOMAIN_NAME: 'Default',
    };
    this.#child.stdin.write(`${JSON.stringify({ words, env, directory: this.directory })}\n`);
    const reply = await this.#replies.next();
    if (reply.done) throw new Error(`the client ended while it ran ${words.join(' ')}`);
    return JSON.parse(reply.value) as Said;
  }

  async stop(): Promise<void> {
    this.#child.stdin.end();
    if (this.#child.exitCode === null) await once(this.#child, 'exit');
    rmSync(this.directory, { recursive: true, force: true });
  }
}
