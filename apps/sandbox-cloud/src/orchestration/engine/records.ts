import type { Environment, Files } from '../hot/environment.ts';
import type { Json, JsonMap } from '../hot/json.ts';

export type StackAction = 'CREATE' | 'UPDATE' | 'DELETE' | 'ROLLBACK' | 'CHECK';
export type ResourceAction = 'INIT' | 'CREATE' | 'UPDATE' | 'DELETE' | 'CHECK';
export type Status = 'IN_PROGRESS' | 'COMPLETE' | 'FAILED';

/** What a stack is to be: its template with everything that goes with it. */
export interface StackDefinition {
  /** As it was sent, parsed. */
  readonly template: JsonMap;
  readonly files: Files;
  readonly environment: Environment;
}

/** A stack, as it is kept. */
export interface StackRecord {
  readonly id: string;
  readonly name: string;
  readonly projectId: string;
  readonly userId: string;
  readonly userName: string;
  /** The stack around it, for nested ones, and the record of the resource there that it belongs to. */
  readonly parentId?: string;
  readonly parentResource?: string;
  definition: StackDefinition;
  /** Where an update goes back to when it fails or is cancelled; only while there is one that could be. */
  previous?: StackDefinition;
  action: StackAction;
  status: Status;
  reason: string;
  readonly createdAtMs: number;
  updatedAtMs: number | null;
  deletedAtMs: number | null;
  disableRollback: boolean;
  timeoutMins: number | null;
  tags: string[];
  /** When the action that is under way has taken too long. */
  deadlineMs: number | null;
}

/** A resource of a stack. There are two of one name while one replaces the other. */
export interface ResourceRecord {
  readonly id: string;
  readonly stackId: string;
  readonly name: string;
  /** As the template has it. */
  readonly type: string;
  /** What the type stands for: the name of a type, or of a template among the files. */
  readonly implementation: string;
  action: ResourceAction;
  status: Status;
  reason: string;
  physicalId: string | null;
  /** Ends the names of what it makes. */
  readonly suffix: string;
  /** With which it was last made or changed. */
  properties: JsonMap;
  metadata: JsonMap;
  /** What its type keeps. */
  data: JsonMap;
  /** Records of the resources it was made with: these go after it. */
  requires: string[];
  /** Whether it is the one that its name stands for; others wait to be deleted. */
  current: boolean;
  deletionPolicy: 'delete' | 'retain' | 'snapshot';
  readonly createdAtMs: number;
  updatedAtMs: number;
}

export interface StackEvent {
  readonly id: string;
  readonly stackId: string;
  readonly timeMs: number;
  readonly resourceName: string;
  readonly physicalId: string | null;
  readonly status: string;
  readonly reason: string;
  readonly type: string;
  readonly properties: Json;
}
