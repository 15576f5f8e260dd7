// A process of its own that notifies the file argv[3] of the log in the folder argv[2], until it is killed.
import { join } from 'node:path';
import { openSqliteEventLog } from '@jeroboam/event-log';
import { Metrics, silentLogger, systemClock, systemTimers } from '@jeroboam/platform';
import { Notifier, openCursors } from '../notifier.ts';
import { DEFAULT_CONFIG } from './default-config.ts';

const [, , folder, file] = process.argv as [string, string, string, string];
const eventLog = await openSqliteEventLog({ path: join(folder, 'event-log.sqlite') });
const config = { ...DEFAULT_CONFIG, notifierFile: file };
new Notifier({ eventLog, cursors: await openCursors(folder), clock: systemClock, timers: systemTimers, logger: silentLogger, metrics: new Metrics(), config }).start();
