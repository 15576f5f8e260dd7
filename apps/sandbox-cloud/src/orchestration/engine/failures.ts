import type { ResourceAction } from './records.ts';

/** A resource that could not be made, changed or deleted; nested stacks put their own names in front. */
export class ResourceFailure extends Error {
  constructor(
    /** Name of what went wrong: `OverQuotaClient`, `ValueError`. */
    readonly type: string,
    readonly path: readonly string[],
    readonly detail: string,
    /** What was being done to the outermost resource. */
    readonly action: ResourceAction,
  ) {
    super(`${type}: ${pathText(path)}: ${detail}`);
  }

  /** The same, seen from the resource that holds the stack it happened in. */
  within(resource: string, action: ResourceAction): ResourceFailure {
    return new ResourceFailure(this.type, ['resources', resource, ...this.path], this.detail, action);
  }
}

/** `resources.group.resources[1]`: numbers are written as positions. */
function pathText(path: readonly string[]): string {
  return path.reduce((text, name) => {
    if (/^\d+$/.test(name)) return `${text}[${name}]`;
    return text === '' ? name : `${text}.${name}`;
  }, '');
}

export type StopReason = 'superseded' | 'timed out' | 'shutdown';

/** Why work was stopped before its end. */
export class Stopped extends Error {
  constructor(readonly why: StopReason) {
    super(`The work was stopped: ${why}`);
  }
}

/** A request that a stack cannot follow, with Heat's name for it. */
export class StackRefusal extends Error {
  constructor(
    readonly type: string,
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}
