import { appending } from './contract/appending.ts';
import { following } from './contract/following.ts';
import { reading } from './contract/reading.ts';
import { sharing } from './contract/sharing.ts';
import type { OpenHarness } from './contract/store-fixture.ts';

/** Every sentence of the `EventLog` port as a test. `openHarness` is called before each test and gives a fresh store. */
export function eventLogContract(adapter: string, openHarness: OpenHarness): void {
  describe(`${adapter} keeps the EventLog contract`, () => {
    appending(openHarness);
    reading(openHarness);
    following(openHarness);
    sharing(openHarness);
  });
}
