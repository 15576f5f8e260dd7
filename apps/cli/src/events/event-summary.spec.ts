import { EVENT_CATALOG } from '@jeroboam/domain';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { wireEvent } from '../testing/events.ts';
import { eventLine } from './event-line.ts';
import { operationOf, summaryOf } from './event-summary.ts';

const node = { name: 'default-worker-0', nodeGroup: 'default-worker', address: '10.88.0.3', externalId: 'n0de' };
const lease = { operationId: 'op', step: 'network', attempt: 2, token: 3 };

describe('the summary of an event', () => {
  it.each([
    ['BayCreationRequested', {
      spec: { name: 'web', coe: 'swarm-mode', driver: { name: 'swarm_local', version: '1.0.0' } },
      nodeGroups: [{ role: 'master', nodeCount: 1 }, { role: 'worker', nodeCount: 2 }],
    }, 'web: swarm-mode by driver swarm_local 1.0.0, 1 master, 2 workers, by ada (req-1)'],
    ['NodeJoined', { node }, 'default-worker-0 (n0de) at 10.88.0.3'],
    ['NodeRemoved', { name: 'default-worker-0', nodeGroup: 'default-worker' }, 'default-worker-0'],
    ['BayProvisioned', { masterCount: 1, nodeCount: 0, outputs: { apiAddress: 'tcp://10.88.0.2:2376' } },
      '1 master, 0 workers at tcp://10.88.0.2:2376'],
    ['BayResizeRequested', { nodeGroup: 'w', fromCount: 1, nodeCount: 3, nodesToRemove: [] }, 'w from 1 to 3, by ada (req-1)'],
    ['BayResizeRequested', { nodeGroup: 'w', fromCount: 3, nodeCount: 1, nodesToRemove: ['w-0', 'w-1'] },
      'w from 3 to 1, without w-0, w-1, by ada (req-1)'],
    ['BayResized', { nodeGroup: 'default-worker', nodeCount: 1, outputs: {} }, 'default-worker has 1 node'],
    ['BayDeletionRequested', {}, 'by ada (req-1)'],
    ['OperationPlanned', { ...lease, steps: 'a b c d e f g'.split(' ').map((name) => ({ name })) }, '7 steps: a, b, c, d, e and 2 more'],
    ['OperationStepSucceeded', { ...lease, outcome: { nodesJoined: [node], nodesRemoved: ['x'] } },
      'network (attempt 2); there: default-worker-0; gone: x'],
    ['OperationStepFailed', { ...lease, reason: 'no space', blockedBy: ['port-1'], retryAt: '2026-01-31T12:00:02.000Z' },
      'network (attempt 2): no space; blocked by port-1; again at 2026-01-31T12:00:02.000Z'],
    ['OperationFailed', { step: 'network', reason: 'Step network failed: no space' }, 'Step network failed: no space'],
    ['CredentialRevoked', { name: 'jeroboam-b-volume-1', leaves: ['k1-worker-0'] }, 'jeroboam-b-volume-1, which k1-worker-0 had still'],
    ['CertificateIssued', { requester: { userId: 'ada', projectId: 'p1' }, subject: 'CN=ada', serial: '0a', notAfter: '2031' },
      'CN=ada for user ada, serial 0a, until 2031'],
  ])('tells of %s what matters', (type, data, expected) => {
    expect(summaryOf(wireEvent(type, data))).toBe(expected);
  });

  it('gives the data of an event that it does not know, or not in this version', () => {
    expect(summaryOf(wireEvent('BayPainted', { colour: 'red' }))).toBe('{"colour":"red"}');
    expect(summaryOf(wireEvent('NodeJoined', { name: 'n' }, { schema_version: 2 }))).toBe('{"name":"n"}');
    expect(summaryOf(wireEvent('constructor', {}))).toBe('{}');
  });

  it('tells of every event there is in a bay', () => {
    for (const { type, data } of samples()) {
      // Of a project, of bay models, of the API and its keys, of drivers: not in the story of a bay.
      if (!/^(?:BaySlot|ProjectQuota|BayModel|Deprecated|Templates|DriverState|IdempotencyKey|AnswerKept)/.test(type)) expect(summaryOf(wireEvent(type, data))).not.toMatch(/^\{|undefined|\[object/);
    }
  });
});

describe('the operation of an event', () => {
  it('is where the event says it', () => {
    expect(operationOf(wireEvent('NodeJoined', { operationId: 'op' }))).toBe('op');
    expect(operationOf(wireEvent('OperationQueued', { operation: { operationId: 'op' } }))).toBe('op');
    expect(operationOf(wireEvent('CertificateIssued', {}))).toBe('');
  });
});

describe('the line of an event', () => {
  it('lets nothing through that could move the cursor', () => {
    const line = eventLine(wireEvent('BayCreationFailed', { reason: 'a\u001b[2Jb\nc\u202e' }), { style: (_style, text) => text });
    expect(line).toMatch(/a\uFFFD\[2Jb c\uFFFD$/);
  });
});

/** The frozen samples of every event version ever shipped. */
function samples(): { readonly type: string; readonly data: object }[] {
  const domain = join(import.meta.dirname, '../../../../libs/domain/src');
  const files = readdirSync(domain, { recursive: true, encoding: 'utf8' }).filter((file) => /__fixtures__.*\.json$/.test(file));
  const read = files.map((file) => JSON.parse(readFileSync(join(domain, file), 'utf8')) as { type: string; data: object });
  const known = read.filter(({ type }) => Object.hasOwn(EVENT_CATALOG, type));
  expect(known.length).toBeGreaterThan(30);
  return known;
}
