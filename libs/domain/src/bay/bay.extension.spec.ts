import { fold } from '../kernel/decider.ts';
import { BAY, commands, completeBay, events } from '../testing/bay.samples.ts';
import { deciderSpec } from '../testing/decider-spec.ts';
import { bayDecider } from './bay.decider.ts';
import type { BayEvent } from './bay.events.ts';

const bay = deciderSpec(bayDecider);
const of = { bayId: BAY, operationId: 'op-extension' };
const what = { alias: 'swarm', command: 'promote' };
const requested: BayEvent = { type: 'ExtensionRequested', schemaVersion: 1, data: { ...of, call: { ...what, arguments: { node: 'default-worker-0' } } } };

describe('a command of a driver’s extension', () => {
  it('is accepted with its arguments once the bay is complete', () => {
    bay.given(...completeBay).when(commands.runExtension()).then(requested);
  });

  it('is refused before that, and while something else is under way', () => {
    bay.given(events.requested()).when(commands.runExtension()).thenRefused('STATUS_FORBIDS');
    bay.given(...completeBay, events.resizeRequested(3)).when(commands.runExtension()).thenRefused('STATUS_FORBIDS');
    bay.given().when(commands.runExtension()).thenRefused('BAY_NOT_FOUND');
  });

  it('is silent when it comes again', () => {
    bay.given(...completeBay, requested).when(commands.runExtension()).thenNothing();
  });

  it('ends with the bay as it was, or with the reason', () => {
    bay.given(...completeBay, requested).when(commands.complete('op-extension'))
      .then({ type: 'ExtensionCompleted', schemaVersion: 1, data: { ...of, bayStatus: 'UPDATE_COMPLETE', ...what, outputs: {} } });
    bay.given(...completeBay, requested).when(commands.fail('op-extension', 'no room'))
      .then({ type: 'ExtensionFailed', schemaVersion: 1, data: { ...of, bayStatus: 'UPDATE_FAILED', ...what, reason: 'no room' } });
  });

  it('has the bay updating meanwhile', () => {
    expect(fold(bayDecider, [...completeBay, requested])).toMatchObject({ status: 'UPDATE_IN_PROGRESS', operations: [{ kind: 'extension', extension: what }] });
  });
});
