import type { Stack, StackEvent, StackResource } from './heat-stacks.port.ts';
import { failureBeforeRollback, failureOf } from './stack-failure.ts';

const STACK: Stack = {
  id: 's1', name: 'bay', action: 'CREATE', progress: 'failed', reason: 'Resource CREATE failed: quota',
  tags: [], parameters: {}, outputs: {}, outputErrors: {}, createdAt: '', updatedAt: null,
};

function failed(path: string, type: string, reason: string, updatedAt = '2026-01-31T12:00:00Z'): StackResource {
  const names = path.split('/');
  return { name: names.at(-1)!, path: names, type, action: 'CREATE', progress: 'failed', reason, physicalId: null, updatedAt };
}

describe('failureOf', () => {
  it('goes down to the resource that failed, past those that hold it', () => {
    const reason = 'Forbidden: resources.server: Quota exceeded for cores: Requested 4, but already used 18 of 20 cores (HTTP 403)';
    expect(failureOf(STACK, [
      failed('workers', 'OS::Heat::ResourceGroup', 'resources.workers: failed'),
      failed('workers/0', 'file:///worker.yaml', 'resources[0]: failed'),
      failed('workers/0/server', 'OS::Nova::Server', reason),
      { ...failed('network', 'OS::Neutron::Net', 'state changed'), progress: 'complete' },
    ])).toEqual({
      path: ['workers', '0', 'server'], type: 'OS::Nova::Server', service: 'compute', httpStatus: 403, cause: 'quota', reason,
    });
  });

  it('takes the first of several', () => {
    expect(failureOf(STACK, [
      failed('b', 'OS::Nova::Server', 'second', '2026-01-31T12:00:02Z'), failed('a', 'OS::Nova::Server', 'first', '2026-01-31T12:00:01Z'),
    ])).toMatchObject({ path: ['a'], reason: 'first' });
  });

  it('passes over what was only stopped because of another', () => {
    expect(failureOf(STACK, [
      failed('a', 'OS::Nova::Server', 'CREATE aborted (Task create from Server "a" cancelled)', '2026-01-31T12:00:01Z'),
      failed('b', 'OS::Neutron::Port', 'no more IP addresses', '2026-01-31T12:00:02Z'),
    ])).toMatchObject({ path: ['b'], service: 'network' });
  });

  it('has the words of the stack when no resource failed', () => {
    expect(failureOf({ ...STACK, reason: 'Create timed out' }, [])).toEqual(
      { path: [], type: 'OS::Heat::Stack', service: 'orchestration', cause: 'timeout', reason: 'Create timed out' },
    );
  });

  it.each([
    ['OverQuotaClient: resources.port: Quota exceeded for resources: [port]. (HTTP 409)', 'quota', 409],
    ['Conflict: resources.sg: Security Group 5f in use. (HTTP 409)', 'in-use', 409],
    ['Unauthorized: resources.server: The request you have made requires authentication. (HTTP 401)', 'not-authorized', 401],
    ['WaitConditionTimeout: resources.wait: 0 of 1 received', 'timeout', undefined],
    ['ValueError: resources.bad: Test Resource failed bad', 'other', undefined],
  ])('tells by the words of %j that it is %s', (reason, cause, httpStatus) => {
    const failure = failureOf(STACK, [failed('a', 'OS::Neutron::Port', reason)]);
    expect(failure.cause).toBe(cause);
    expect(failure.httpStatus).toBe(httpStatus);
  });
});

describe('failureBeforeRollback', () => {
  const anEvent = (resourceName: string, progress: StackEvent['progress'], reason: string): StackEvent => (
    { id: reason, at: '', resourceName, physicalId: null, action: 'UPDATE', progress, reason }
  );
  const ROLLED_BACK: Stack = { ...STACK, action: 'ROLLBACK', progress: 'complete', reason: 'Stack ROLLBACK completed successfully' };

  it('finds in the events what failed before Heat went back', () => {
    const events = [
      anEvent('bay', 'complete', 'Stack ROLLBACK completed'), anEvent('bay', 'failed', 'UPDATE failed'),
      anEvent('other', 'failed', 'UPDATE aborted'), anEvent('workers', 'failed', 'Quota exceeded'), anEvent('old', 'failed', 'long ago'),
    ];
    const workers = { ...failed('workers', 'OS::Heat::ResourceGroup', ''), progress: 'complete' } as const;
    expect(failureBeforeRollback(ROLLED_BACK, events, [workers])).toMatchObject(
      { path: ['workers'], type: 'OS::Heat::ResourceGroup', cause: 'quota', reason: 'Quota exceeded' },
    );
  });

  it('has the words of the stack when the events are gone', () => {
    expect(failureBeforeRollback(ROLLED_BACK, [], [])).toMatchObject({ path: [], reason: ROLLED_BACK.reason });
  });
});
