import { DomainError, type ErrorKind } from '@jeroboam/domain';
import { errorBody, toHttpError } from './http-error.ts';
import { RoutingError } from './routing-error.ts';

class Refusal extends DomainError {
  readonly code = 'REFUSED';
  constructor(
    readonly kind: ErrorKind,
    message: string,
    details: Record<string, unknown> = {},
  ) {
    super(message, details);
  }
}

function fastifyError(code: string, statusCode: number): Error {
  return Object.assign(new Error(`said by fastify: ${code}`), { code, statusCode });
}

/** As Nest wraps what it is not itself. */
function httpException(status: number, response: unknown, cause?: unknown): Error {
  return Object.assign(new Error('an exception', { cause }), { getStatus: () => status, getResponse: () => response });
}

describe('toHttpError', () => {
  it.each<[ErrorKind, number, string]>([
    ['invalid', 400, 'client'],
    ['forbidden', 403, 'client'],
    ['not-found', 404, 'client'],
    ['conflict', 409, 'client'],
    ['unprocessable', 422, 'client'],
    ['unavailable', 503, 'server'],
  ])('answers a refusal of kind %s with %i and code %s', (kind, status, code) => {
    expect(toHttpError(new Refusal(kind, 'Cluster 2c3f.json could not be found.'))).toEqual({
      status,
      code,
      title: 'Cluster 2c3f',
      detail: 'Cluster 2c3f.json could not be found.',
      headers: { 'x-jeroboam-error-code': 'REFUSED' },
      unexpected: false,
    });
  });

  it('takes a refusal that came over a wire, which is a plain error with the same fields', () => {
    const refusal = Object.assign(new Error('gone'), { code: 'GONE', kind: 'not-found', details: {} });
    expect(toHttpError(refusal)).toMatchObject({ status: 404, detail: 'gone' });
  });

  it('says when to try again if the refusal knows', () => {
    expect(toHttpError(new Refusal('unavailable', 'busy', { retryAfterSeconds: 1.2 })).headers).toMatchObject({ 'retry-after': '2' });
  });

  it.each([
    [fastifyError('FST_ERR_CTP_INVALID_JSON_BODY', 400), 400, 'Request is not in valid JSON format'],
    [fastifyError('FST_ERR_CTP_EMPTY_JSON_BODY', 400), 400, 'Request is not in valid JSON format'],
    [fastifyError('FST_ERR_CTP_BODY_TOO_LARGE', 413), 413, 'Request is too large.'],
    [fastifyError('FST_ERR_CTP_INVALID_MEDIA_TYPE', 415), 415, 'Unknown mimetype: text/plain'],
    [fastifyError('FST_ERR_BAD_URL', 400), 400, 'said by fastify: FST_ERR_BAD_URL'],
  ])('answers %s with %i, bare or wrapped by Nest', (error, status, detail) => {
    const request = { contentType: 'text/plain; charset=utf-8' };
    expect(toHttpError(error, request)).toMatchObject({ status, detail, code: 'client', unexpected: false });
    expect(toHttpError(httpException(status, error.message, error), request)).toMatchObject({ status, detail });
  });

  it.each([404, 405, 406])('gives a routing error %i no code, the status as title and no detail', (status) => {
    const title = { 404: 'Not Found', 405: 'Method Not Allowed', 406: 'Not Acceptable' }[status];
    const expected = { status, code: '', title, detail: '' };
    expect(toHttpError(new RoutingError(status))).toMatchObject(expected);
    expect(toHttpError(httpException(status, { message: title }))).toMatchObject(expected);
    expect(toHttpError(httpException(status, { message: 'Cannot GET /v1/nonsense' }))).toMatchObject(expected);
  });

  it('keeps the explanation of a negotiation that failed', () => {
    const detail = 'Invalid value for OpenStack-API-Version header';
    expect(toHttpError(new RoutingError(406, detail))).toMatchObject({ code: '', title: 'Not Acceptable', detail });
  });

  it('joins the messages of an exception that has several', () => {
    expect(toHttpError(httpException(400, { message: ['a is missing', 'b is long'] }))).toMatchObject({
      status: 400,
      title: 'a is missing',
      detail: 'a is missing. b is long',
    });
  });

  it.each([
    new Error('connect ECONNREFUSED 10.1.2.3:5432'),
    'a string',
    undefined,
    fastifyError('FST_ERR_REP_INVALID_PAYLOAD_TYPE', 500),
    httpException(500, { message: 'select * from secrets' }),
    Object.assign(new Error('unknown kind'), { code: 'X', kind: 'strange', details: {} }),
  ])('tells nothing of %p but that it happened', (error) => {
    expect(toHttpError(error)).toEqual({
      status: 500,
      code: 'server',
      title: 'An internal error occurred',
      detail: 'An internal error occurred. The service log has more under this request id.',
      headers: {},
      unexpected: true,
    });
  });
});

describe('errorBody', () => {
  it("has the fields of Magnum's errors in Magnum's order", () => {
    const body = errorBody(toHttpError(new Refusal('invalid', 'Limit must be positive')), 'req-1');
    expect(JSON.stringify(body)).toBe(
      '{"errors":[{"request_id":"req-1","code":"client","status":400,' +
        '"title":"Limit must be positive","detail":"Limit must be positive","links":[]}]}',
    );
  });
});
