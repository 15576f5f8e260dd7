import { committing } from './contract/committing.ts';
import { documents } from './contract/documents.ts';
import { querying } from './contract/querying.ts';
import { redelivery } from './contract/redelivery.ts';
import { replacing } from './contract/replacing.ts';
import type { OpenReadModelHarness } from './contract/store-fixture.ts';
import { waiting } from './contract/waiting.ts';

/** Every sentence of the `ReadModel` port as a test. `openHarness` is called before each test and gives a fresh store. */
export function readModelContract(adapter: string, openHarness: OpenReadModelHarness): void {
  describe(`${adapter} keeps the ReadModel contract`, () => {
    documents(openHarness);
    querying(openHarness);
    committing(openHarness);
    waiting(openHarness);
    replacing(openHarness);
    redelivery(openHarness);
  });
}
