import type { DriverExtension } from '@jeroboam/driver-sdk';

const NODE = {
  type: 'object',
  properties: { node: { type: 'string', minLength: 1, description: 'name or address of a worker' } },
  required: ['node'],
  additionalProperties: false,
} as const;

/** What only a Swarm has: who manages it. */
export const extension: DriverExtension = {
  alias: 'swarm',
  name: 'Docker Swarm',
  description: 'Who is in the swarm of a cluster, and who manages it.',
  version: '1.0.0',
  updated: '2026-11-23',
  commands: [
    {
      name: 'join-state',
      help: 'Show which nodes have joined the swarm, as its managers see them.',
      method: 'GET',
      path: 'join-state',
      argsSchema: { type: 'object', properties: {}, additionalProperties: false },
      responseColumns: ['managers', 'quorum', 'nodes'],
      policy: 'reader',
    },
    {
      name: 'promote',
      help: 'Make a worker a manager as well. An even number of managers survives no more losses than one less.',
      method: 'POST',
      path: 'promote',
      argsSchema: NODE,
      responseColumns: [],
    },
    {
      name: 'demote',
      help: 'Make a worker that was promoted a plain worker again.',
      method: 'POST',
      path: 'demote',
      argsSchema: NODE,
      responseColumns: [],
    },
  ],
};
