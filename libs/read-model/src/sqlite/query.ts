import type { SQLInputValue } from 'node:sqlite';
import type { Query } from '../read-model.port.ts';
import { NULL_VALUE, booleanValue, columnOf, tableOf } from './schema.ts';

/** SQL whose text depends on the shape of the query alone, so that its prepared statement is found again. */
export interface Statement {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

/** @param assertIndexed throws for a field without an index: such a query is a bug, not a slow answer. */
export function findStatement(collection: string, query: Query, assertIndexed: (field: string) => void): Statement {
  const { sortBy = 'created', descending = false, afterId, limit } = query;
  const { conditions, values } = conditionsOf(query.where, assertIndexed);
  const direction = descending ? 'DESC' : 'ASC';
  if (sortBy !== 'created') assertIndexed(sortBy);
  // Rows of an equal key lie in the index by seq, so this is the order of the index itself.
  const key = sortBy === 'created' ? ['seq'] : [columnOf(sortBy), 'seq'];
  if (afterId !== undefined) {
    // A row value: true for what comes later in the order, and never when there is no such document.
    conditions.push(`(${key.join(', ')}) ${descending ? '<' : '>'} (SELECT ${key.join(', ')} FROM ${tableOf(collection)} WHERE id = ?)`);
    values.push(afterId);
  }
  const order = key.map((column) => `${column} ${direction}`).join(', ');
  values.push(limit ?? -1);
  return { sql: `SELECT doc FROM ${tableOf(collection)}${whereOf(conditions)} ORDER BY ${order} LIMIT ?`, values };
}

export function countStatement(collection: string, where: Query['where'], assertIndexed: (field: string) => void): Statement {
  const { conditions, values } = conditionsOf(where, assertIndexed);
  return { sql: `SELECT count(*) FROM ${tableOf(collection)}${whereOf(conditions)}`, values };
}

function whereOf(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
}

function conditionsOf(
  where: Query['where'] = {}, assertIndexed: (field: string) => void,
): { conditions: string[]; values: SQLInputValue[] } {
  const conditions: string[] = [];
  const values: SQLInputValue[] = [];
  for (const [field, wanted] of Object.entries(where)) {
    assertIndexed(field);
    // One parameter for any number of values keeps the text, and with it the statement, the same.
    conditions.push(Array.isArray(wanted) ? `${columnOf(field)} IN (SELECT value FROM json_each(?))` : `${columnOf(field)} = ?`);
    values.push(Array.isArray(wanted) ? JSON.stringify(wanted) : valueOf(field, wanted as Exclude<typeof wanted, readonly unknown[]>));
  }
  return { conditions, values };
}

function valueOf(field: string, wanted: string | number | boolean | null | undefined): SQLInputValue {
  // A caller who forgot to fill in the project must not get everybody's documents.
  if (wanted === undefined) throw new Error(`filter on ${field} without a value`);
  if (wanted === null) return NULL_VALUE;
  return typeof wanted === 'boolean' ? booleanValue(wanted) : wanted;
}
