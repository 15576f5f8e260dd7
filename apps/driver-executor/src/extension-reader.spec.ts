import type { BayDriver } from '@jeroboam/driver-sdk';
import { recordingLogger } from '@jeroboam/platform/testing';
import { DriverHost } from './driver-host.service.ts';
import { ExtensionReader } from './extension-reader.service.ts';
import { aDriver, anAssignment } from './testing/a-driver.ts';

const call = { alias: 'swarm', command: 'join-state', arguments: { role: 'manager' } };
const { bay } = anAssignment('make');

function reader(extension: BayDriver['extension']): ExtensionReader {
  const made = aDriver();
  const manifest = { ...made, create: (deps: Parameters<typeof made.create>[0]) => ({ ...made.create(deps), ...(extension ? { extension } : {}) }) };
  return new ExtensionReader(new DriverHost([manifest], '/data', recordingLogger()), recordingLogger(), 50);
}

describe('ExtensionReader', () => {
  it('answers with what the driver of the bay shows', async () => {
    const reading = reader(async (asked, of) => ({ asked: asked.arguments, bay: of.spec.bayId }));
    expect(await reading.read(bay, call)).toEqual({ shown: { asked: { role: 'manager' }, bay: bay.spec.bayId } });
  });

  it.each<[string, BayDriver['extension'], string]>([
    ['throws', () => { throw new Error('no idea'); }, 'no idea'],
    ['throws later', async () => { throw new Error('no idea'); }, 'no idea'],
    ['never answers', () => new Promise(() => {}), 'the driver did not answer in time'],
    ['says too much', async () => ({ text: 'x'.repeat(200_001) }), 'the driver has more to show than fits into an answer'],
    ['shows nothing', undefined, 'Driver some_driver 1.0.0 shows nothing by itself'],
  ])('says so when a driver %s', async (_what, extension, failed) => {
    expect(await reader(extension).read(bay, call)).toEqual({ failed });
  });

  it('says so when the driver is not here', async () => {
    const nobody = new ExtensionReader(new DriverHost([], '/data', recordingLogger()), recordingLogger());
    expect(await nobody.read(bay, call)).toEqual({ failed: 'Driver some_driver@1.0.0 is not installed on this executor' });
  });
});
