import { withLogContext, logContext } from './context.ts';
import { createLogger } from './create-logger.ts';
import { nestLogger } from './nest-logger.ts';
import { recordingLogger } from '../testing/recording-logger.ts';

function written(options: { format?: 'json' | 'pretty'; level?: 'info' | 'debug' } = {}) {
  const texts: string[] = [];
  return { texts, logger: createLogger({ service: 'scheduler', destination: { write: (text) => void texts.push(text) }, ...options }) };
}

describe('createLogger', () => {
  it('writes one line of JSON with time, level, service, message and fields', () => {
    const { texts, logger } = written();
    logger.info('bay created', { bayId: 'b1', password: 'hunter2' });
    expect(texts).toHaveLength(1);
    expect(texts[0]).toMatch(/\n$/);
    expect(JSON.parse(texts[0]!)).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      service: 'scheduler',
      message: 'bay created',
      bayId: 'b1',
      password: '[redacted]',
    });
  });

  it('leaves out what is below its level', () => {
    const { texts, logger } = written();
    logger.debug('detail');
    logger.trace('more detail');
    expect(texts).toEqual([]);
  });

  it('adds the fields of a derived logger to every line of it', () => {
    const logger = recordingLogger();
    logger.with({ bayId: 'b1', token: 'abc' }).with({ step: 'network' }).warn('step is slow', { ms: 5 });
    expect(logger.lines).toEqual([expect.objectContaining({ level: 'warn', bayId: 'b1', token: '[redacted]', step: 'network', ms: 5 })]);
  });

  it('adds the fields of the surrounding contexts, the inner over the outer, also after a wait', async () => {
    const logger = recordingLogger();
    await withLogContext({ requestId: 'req-1', bayId: 'b1' }, () =>
      withLogContext({ bayId: 'b2' }, async () => {
        await new Promise((resolve) => setImmediate(resolve));
        logger.info('inside');
      }),
    );
    logger.info('outside');
    expect(logger.lines[0]).toMatchObject({ requestId: 'req-1', bayId: 'b2' });
    expect(logger.lines[1]).not.toHaveProperty('requestId');
    expect(logContext()).toEqual({});
  });

  it('writes for people: clock time, level, service, message, fields, and a stack on lines of its own', () => {
    const { texts, logger } = written({ format: 'pretty' });
    logger.info('bay created', { bayId: 'b1', name: 'my bay', nodes: [1, 2] });
    logger.error('driver failed', { error: new Error('no route', { cause: new TypeError('inner') }) });
    expect(texts[0]).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO  scheduler bay created bayId=b1 name="my bay" nodes=\[ 1, 2 \]\n$/);
    expect(texts[1]).toMatch(/ERROR scheduler driver failed\n {4}Error: no route\n {8}at .*create-logger\.spec\.ts/);
    expect(texts[1]).toContain('caused by\n    TypeError: inner');
  });
});

describe('nestLogger', () => {
  it("keeps Nest's wiring for those who debug it", () => {
    const logger = recordingLogger();
    nestLogger(logger).log('AppModule dependencies initialized', 'InstanceLoader');
    nestLogger(logger).log('hello', 'MyService');
    expect(logger.lines.map(({ level, text, context }) => [level, text, context])).toEqual([
      ['debug', 'AppModule dependencies initialized', 'InstanceLoader'],
      ['info', 'hello', 'MyService'],
    ]);
  });

  it('keeps the stack of an error, given as text or as an error', () => {
    const logger = recordingLogger();
    nestLogger(logger).error('it broke', 'Error: it broke\n    at x', 'ExceptionsHandler');
    nestLogger(logger).error(new Error('it broke too'));
    expect(logger.lines[0]).toMatchObject({
      level: 'error',
      text: 'it broke',
      stack: 'Error: it broke\n    at x',
      context: 'ExceptionsHandler',
    });
    expect(logger.lines[1]).toMatchObject({ error: { message: 'it broke too' } });
  });
});
