import type { BayDriver, DriverManifest } from '@jeroboam/driver-sdk';
import { StepFailed } from '@jeroboam/driver-sdk';
import { fakeDriverManifest } from '@jeroboam/driver-sdk/testing';

const NODE = { type: 'object', properties: { node: { type: 'string' } }, required: ['node'], additionalProperties: false };

/** The fake driver, with an extension: it shows the bay's nodes, throws when it is asked to, and touches nodes that are there. */
function extended(driver: BayDriver): BayDriver {
  return {
    availability: () => driver.availability(),
    health: (bay, context) => driver.health(bay, context),
    plan: (operation, bay) => (operation.kind === 'extension' ? [{ name: 'touch-node' }] : driver.plan(operation, bay)),
    async run(step, context) {
      const { operation, bay } = context;
      if (operation.kind !== 'extension') return driver.run(step, context);
      const wanted = operation.extension!.arguments['node'];
      if (bay.nodes.some(({ name }) => name === wanted)) return {};
      throw new StepFailed(`there is no node ${String(wanted)}`, { retryable: false });
    },
    async extension({ command }, bay) {
      if (command === 'throw') throw new Error('the driver is in a bad mood');
      return { count: bay.nodes.length, nodes: bay.nodes.map(({ name }) => name) };
    },
  };
}

export const drivers: readonly DriverManifest[] = [{
  ...fakeDriverManifest,
  create: (dependencies) => extended(fakeDriverManifest.create(dependencies)),
  extension: {
    alias: 'fake', name: 'Fake', description: 'What only the fake driver has.', version: '1.0.0', updated: '2026-11-23',
    commands: [
      { name: 'nodes', help: 'Show the nodes.', method: 'GET', path: 'nodes', argsSchema: { type: 'object', additionalProperties: false }, responseColumns: ['count', 'nodes'], policy: 'reader' },
      { name: 'throw', help: 'Fail.', method: 'GET', path: 'throw', argsSchema: { type: 'object', additionalProperties: false }, responseColumns: [] },
      { name: 'touch', help: 'Touch a node.', method: 'POST', path: 'touch', argsSchema: NODE, responseColumns: [] },
    ],
  },
}];
