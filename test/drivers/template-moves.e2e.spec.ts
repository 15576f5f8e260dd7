import { startSandboxCloud } from '@jeroboam/sandbox-cloud';
import type { SandboxCloud } from '@jeroboam/sandbox-cloud';
import { logIn, openOnCloud } from './cloud-under-test.ts';
import { heatDrivers } from './heat-drivers.ts';
import { expectMoved } from './newer-template.ts';
import { TriedLife } from './tried-life.ts';

let sandbox: SandboxCloud;
beforeAll(async () => {
  sandbox = await startSandboxCloud({ port: 0, containerInfraUrl: 'http://127.0.0.1:9511/v1', latency: {} });
});
afterAll(() => sandbox.close());

it.each((await heatDrivers()).map((driver) => [`${driver.manifest.name} ${driver.manifest.version}`, driver] as const))(
  '%s leads the stacks of a bay to a newer template in the sandbox cloud, and replaces nothing', async (_name, { manifest, blueprint, spec }) => {
    const cloud = logIn(`${sandbox.url}/v3`, { username: 'demo', password: 'secret', projectName: 'demo' });
    const opened = openOnCloud(blueprint, cloud);
    try {
      const tried = new TriedLife(opened, manifest, { workers: 1, spec });
      await tried.create();
      await tried.addNodeGroup();
      await expectMoved(tried, cloud, blueprint);
      await tried.deleteNodeGroup();
      await tried.delete();
      expect(await tried.books()).toEqual({ ledger: [], outside: [] });
    } finally {
      await opened.close();
      cloud.session.close();
    }
  },
);
