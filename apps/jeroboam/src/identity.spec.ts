import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { firstLogin } from './identity.ts';

describe('firstLogin', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'jeroboam-identity-'));
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const cloudWith = (name: string) => {
    const file = join(directory, `${name}.json`);
    const users = [{ name, password: 'of its own', roles: { demo: ['member'] } }];
    writeFileSync(file, JSON.stringify({ projects: [{ name: 'demo' }], users }));
    return file;
  };

  it('is that of the user demo in the cloud file', () => {
    expect(firstLogin('http://sandbox.test', cloudWith('demo'))).toEqual({
      authUrl: 'http://sandbox.test/v3', username: 'demo', password: 'of its own', projectName: 'demo',
    });
  });

  it('refuses a cloud file without that user, naming the variable', () => {
    const file = cloudWith('somebody');
    expect(() => firstLogin('http://sandbox.test', file)).toThrow(/JEROBOAM_SANDBOX_CLOUD_FILE.*has no user demo/s);
  });
});
