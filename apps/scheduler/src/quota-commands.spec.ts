import { InMemoryEventLog } from '@jeroboam/event-log/testing';
import { FakeClock } from '@jeroboam/platform/testing';
import { QuotaCommands } from './quota-commands.service.ts';
import { writeSide } from './write-side.ts';

const actor = { userId: 'u7', projectId: 'p9', roles: ['admin'] };
const context = (commandId: string) => ({ actor, requestId: 'req-1', commandId, correlationId: commandId, causationId: null });

describe('quota commands', () => {
  const quota = { projectId: 'p1', hardLimit: 5 };
  let log: InMemoryEventLog;
  let commands: QuotaCommands;
  beforeEach(() => {
    const clock = new FakeClock();
    log = new InMemoryEventLog(undefined, () => clock.now());
    commands = new QuotaCommands(writeSide(log, clock));
  });
  const written = async () => {
    const events = [];
    for await (const { type, data, actor: { userId } } of log.readStream('quota-p1')) events.push([type, data, userId]);
    return events;
  };

  it('end with the fact in the project’s stream, and no operation', async () => {
    const accepted = await commands.write('CreateProjectQuota', quota, context('c1'));
    expect(accepted).toEqual({ position: expect.any(String) as string, operationId: null });
    await commands.write('SetProjectQuota', { ...quota, hardLimit: 6 }, context('c2'));
    await commands.remove('p1', context('c3'));
    expect(await written()).toEqual([
      ['ProjectQuotaSet', quota, 'u7'], ['ProjectQuotaSet', { ...quota, hardLimit: 6 }, 'u7'],
      ['ProjectQuotaRemoved', { projectId: 'p1' }, 'u7'],
    ]);
  });

  it('let one of two creates through', async () => {
    const outcomes = await Promise.allSettled(['c1', 'c2'].map((id) => commands.write('CreateProjectQuota', quota, context(id))));
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'QUOTA_ALREADY_EXISTS' } });
    expect(await written()).toHaveLength(1);
  });

  it('are silent when they come again', async () => {
    const first = await commands.write('CreateProjectQuota', quota, context('c1'));
    expect(await commands.write('CreateProjectQuota', quota, context('c1'))).toEqual(first);
    expect(await written()).toHaveLength(1);
  });
});
