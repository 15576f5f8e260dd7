import type { BayView, ExtensionCall } from '@jeroboam/domain';
import { StepFailed } from '@jeroboam/driver-sdk';
import type { DriverExtension } from '@jeroboam/driver-sdk';

/** What only DC/OS has: a page of its own. */
export const extension: DriverExtension = {
  alias: 'dcos',
  name: 'DC/OS',
  description: 'Where the dashboard of a DC/OS cluster is.',
  version: '1.0.0',
  updated: '2026-11-23',
  commands: [
    {
      name: 'ui',
      help: 'Show where the dashboard is.',
      method: 'GET',
      path: 'ui',
      argsSchema: { type: 'object', properties: {}, additionalProperties: false },
      responseColumns: ['url'],
      policy: 'reader',
    },
  ],
};

/** @throws {StepFailed} there is no such command, or no dashboard yet. */
export async function show({ command }: ExtensionCall, { apiAddress, spec }: BayView): Promise<Readonly<Record<string, unknown>>> {
  if (command !== 'ui') throw new StepFailed(`dcos_centos has nothing to show for ${command}`, { retryable: false });
  if (apiAddress === null) throw new StepFailed(`The dashboard of ${spec.name} is not there before the cluster is`, { retryable: true });
  return { url: `${apiAddress}/` };
}
