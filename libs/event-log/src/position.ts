import type { Position } from '@jeroboam/domain';

const DIGITS = 16;

/** A whole number as a position: zero-padded to 16 digits, so that strings order as the numbers do (up to 2^53). */
export function positionOf(number: number): Position {
  return String(number).padStart(DIGITS, '0');
}

/** The number behind a position made by `positionOf`; 0, before everything, for none. */
export function numberOf(position: Position | undefined): number {
  if (position === undefined) return 0;
  if (!/^\d{16}$/.test(position)) throw new Error(`not a position of this log: ${JSON.stringify(position)}`);
  return Number(position);
}
