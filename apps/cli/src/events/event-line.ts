import { printable, type Style, type Terminal } from '../terminal/terminal.ts';
import { operationOf, summaryOf } from './event-summary.ts';
import type { WireEvent } from './wire-event.ts';

/** Widths of the longest names there are, so that lines that come one by one stand under each other. */
const REFERENCE_WIDTH = 'certificates#10'.length;
const TYPE_WIDTH = 'OperationStepLeaseExpired'.length;
const OPERATION_WIDTH = 8;

/** `2026-01-31 12:00:00.000Z  bay#0  1f2e3d4c  BayCreationRequested  b1: …`: moment, place in its stream, operation, type, story. */
export function eventLine(event: WireEvent, terminal: Pick<Terminal, 'style'>): string {
  const reference = `${event.stream.split('-', 1)[0]}#${event.sequence}`;
  const cells = [
    terminal.style('dim', printable(event.occurred_at.replace('T', ' '))),
    printable(reference).padEnd(REFERENCE_WIDTH),
    terminal.style('dim', printable(operationOf(event)).slice(0, OPERATION_WIDTH).padEnd(OPERATION_WIDTH)),
    styled(event.type, terminal),
    printable(summaryOf(event)),
  ];
  return cells.join('  ').trimEnd();
}

const GOOD = /(?:Succeeded|Provisioned|Resized|Deleted)$/;
const BAD = /(?:Failed|Refused|TimedOut|Expired|Abandoned)$/;

function styled(type: string, terminal: Pick<Terminal, 'style'>): string {
  const style: Style = BAD.test(type) ? 'red' : GOOD.test(type) ? 'green' : 'bold';
  return terminal.style(style, printable(type).padEnd(TYPE_WIDTH));
}
