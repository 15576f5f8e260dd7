import { renderIgnition } from './ignition.ts';

const butane = `
storage:
  files:
    - path: /etc/node.env
      mode: 0600
      contents: { inline: "NAME=__NAME__\\nSHARE=100%\\n" }
    - path: /opt/join
      mode: 0755
      contents: { local: join.sh }
systemd:
  units: [{ name: join.service, enabled: true, contents: "[Service]\\nExecStart=/opt/join\\n" }]
`;

describe('rendered Ignition', () => {
  const rendered = JSON.parse(renderIgnition(butane, (name) => `#!/bin/sh\necho "$name" ${name}\n`)) as {
    storage: { files: { path: string; mode: number; contents: { source: string } }[] }; systemd: { units: unknown[] };
  };
  const [env, join] = rendered.storage.files;

  it('keeps the variables of an inline text, for Heat to fill in, and escapes what a URL cannot hold', () => {
    expect(env).toMatchObject({ path: '/etc/node.env', mode: 0o600, contents: { source: 'data:,NAME%3D__NAME__%0ASHARE%3D100%25%0A' } });
  });

  it('takes a script over byte by byte, out of reach of Heat', () => {
    expect(Buffer.from(join!.contents.source.replace('data:;base64,', ''), 'base64').toString()).toBe('#!/bin/sh\necho "$name" join.sh\n');
    expect(rendered.systemd.units).toEqual([{ name: 'join.service', enabled: true, contents: '[Service]\nExecStart=/opt/join\n' }]);
  });
});
