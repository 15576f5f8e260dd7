import { CloudError, missing } from '../../inventory/cloud-error.ts';
import type { Clock } from '../../inventory/clock.ts';
import { untilAborted } from '../../inventory/faults.ts';
import type { Ids } from '../../inventory/ids.ts';
import type { AttributeContext, ResourceContext, ResourceType } from '../engine/resource-type.ts';
import { Stopped } from '../engine/failures.ts';
import type { ResourceRecord } from '../engine/records.ts';
import { isMap, jsonText, textOf } from '../hot/json.ts';
import type { Json, JsonMap } from '../hot/json.ts';
import { select } from '../hot/reference-functions.ts';
import { typeSchema } from './schemas.ts';

export interface WaitParts {
  readonly clock: Clock;
  readonly ids: Ids;
  /** Scheme, host and port of the sandbox: known only once it listens. */
  readonly url: () => string;
}

interface Signal {
  readonly status: string;
  readonly reason: string;
  readonly data: Json;
}

/** Who is waiting for signals to a handle. */
class Waiters {
  private readonly waiting = new Map<string, PromiseWithResolvers<void>>();

  next(handleId: string): Promise<void> {
    const waiter = this.waiting.get(handleId) ?? Promise.withResolvers<void>();
    this.waiting.set(handleId, waiter);
    return waiter.promise;
  }

  wake(handleId: string): void {
    this.waiting.get(handleId)?.resolve();
    this.waiting.delete(handleId);
  }
}

/** Wait conditions and what they wait for: signals that come over HTTP. */
export function waitConditionTypes(parts: WaitParts): ResourceType[] {
  const waiters = new Waiters();
  return [handleType(parts, waiters), conditionType(parts, waiters)];
}

function signalsOf(record: ResourceRecord): Record<string, Signal> {
  return (record.data['signals'] ?? {}) as unknown as Record<string, Signal>;
}

function handleType({ ids, url }: WaitParts, waiters: Waiters): ResourceType {
  const name = 'OS::Heat::WaitConditionHandle';
  const endpoint = ({ stack, record }: AttributeContext) =>
    `${url()}/orchestration/v1/${stack.projectId}/stacks/${stack.name}/${stack.id}/resources/${record.name}/signal`;
  return {
    name, ...typeSchema(name),
    create({ record, save }) {
      record.physicalId ??= ids.uuid().replaceAll('-', '');
      // Good for this one resource only.
      record.data['token'] ??= `${ids.uuid()}${ids.uuid()}`.replaceAll('-', '');
      save();
      return Promise.resolve();
    },
    update: () => Promise.resolve(),
    delete: () => Promise.resolve(),
    attribute(context, attribute) {
      const token = textOf(context.record.data['token']);
      if (attribute === 'endpoint') return endpoint(context);
      if (attribute === 'token') return token;
      if (attribute === 'signal') return 'null';
      if (attribute !== 'curl_cli') return undefined;
      return `curl -i -X POST -H 'X-Auth-Token: ${token}' -H 'Content-Type: application/json' -H 'Accept: application/json' ${endpoint(context)}`;
    },
    signalled({ record, save }, body) {
      const details = isMap(body) ? body : {};
      const status = textOf(details['status'] ?? 'SUCCESS');
      if (status !== 'SUCCESS' && status !== 'FAILURE') return;
      const signals = signalsOf(record);
      const id = textOf(details['id'] ?? Object.keys(signals).length + 1);
      record.data['signals'] = {
        ...signals, [id]: { status, reason: textOf(details['reason'] ?? ''), data: details['data'] ?? null },
      } as unknown as JsonMap;
      save();
      waiters.wake(record.id);
    },
  };
}

function conditionType({ clock }: WaitParts, waiters: Waiters): ResourceType {
  const name = 'OS::Heat::WaitCondition';
  const handleOf = (context: ResourceContext): ResourceRecord => {
    const handle = context.sibling(context.properties['handle'] ?? null);
    if (!handle) throw missing(`WaitCondition handle ${textOf(context.properties['handle'])} could not be found.`);
    return handle;
  };
  const wait = async (context: ResourceContext) => {
    const { record, properties, signal, save } = context;
    const handle = handleOf(context);
    record.data['handle'] = handle.id;
    record.data['untilMs'] ??= clock.now() + Number(properties['timeout']) * 1_000;
    save();
    const count = Number(properties['count'] ?? 1);
    for (;;) {
      const next = waiters.next(handle.id);
      const signals = Object.values(signalsOf(handle));
      const failed = signals.filter(({ status }) => status === 'FAILURE');
      if (failed.length > 0) throw new CloudError('WaitConditionFailure', 500, failed.map(({ reason }) => reason).join(';'));
      const good = signals.length;
      record.data['signals'] = handle.data['signals'] ?? {};
      if (good >= count) return;
      const leftMs = Number(record.data['untilMs']) - clock.now();
      if (leftMs <= 0) throw new CloudError('WaitConditionTimeout', 500, `${good} of ${count} received`);
      await earlier(clock, next, leftMs, signal);
    }
  };
  return {
    name, ...typeSchema(name),
    create: wait,
    update: wait,
    delete: () => Promise.resolve(),
    attribute({ record }, attribute, path) {
      if (attribute !== 'data') return undefined;
      const data = Object.fromEntries(Object.entries(signalsOf(record)).map(([id, signal]) => [id, signal.data]));
      return path.length > 0 ? select(data, path) ?? null : jsonText(data);
    },
  };
}

/** Waits for the event, but no longer than that. */
async function earlier(clock: Clock, event: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
  const end = new AbortController();
  const time = clock.sleep(ms, end.signal).catch((error: unknown) => {
    if (!(error instanceof Stopped)) throw error;
  });
  try {
    await untilAborted(Promise.race([event, time]), signal);
  } finally {
    end.abort(new Stopped('superseded'));
  }
}
