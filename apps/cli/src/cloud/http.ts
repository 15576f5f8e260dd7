import { Problem } from '../problem.ts';

/** How long an answer may take. */
const TIMEOUT_MS = 30_000;

/** Nobody answers, or not any more: it may be otherwise in a moment. */
export class Unreachable extends Problem {}

/**
 * `fetch`, with what goes wrong on the way told in words that help.
 *
 * @param service whom is asked, for people: `Keystone`, `the service`.
 * @throws {Unreachable}
 */
export async function send(service: string, url: string, init: RequestInit = {}): Promise<Response> {
  try {
    return await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS), ...init });
  } catch (error) {
    throw unreachable(service, url, error);
  }
}

/** @throws {Problem} the answer is cut off, or is not JSON. */
export async function readJson(service: string, response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (cause) {
    const advice = 'Is it the right address? Something else may be listening there.';
    throw new Problem(`What answers at ${response.url} is not ${service}: it sent no JSON (status ${response.status}).`, { cause, advice });
  }
}

/** Errors of `fetch` come from elsewhere and are known by their shape alone. */
interface FetchFailure {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly cause?: FetchFailure;
}

function unreachable(service: string, url: string, error: unknown): Unreachable {
  const { origin, hostname } = new URL(url);
  const failure = error as FetchFailure;
  const { code = '', message } = failure.cause ?? failure;
  const problem = (text: string, advice?: string) => new Unreachable(text, { cause: error, ...(advice === undefined ? {} : { advice }) });
  if (failure.name === 'TimeoutError' || failure.name === 'AbortError') return problem(`No answer in time from ${service} at ${origin}.`);
  if (code === 'ECONNREFUSED') {
    return problem(`Nobody answers at ${origin}, where ${service} should be.`, 'Is it running? `npm start` starts it in a checkout.');
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') {
    return problem(`There is no host ${hostname}, where ${service} should be.`, 'Check OS_AUTH_URL and JEROBOAM_ENDPOINT.');
  }
  const isCertificate = /CERT|SELF_SIGNED|UNABLE_TO/.test(code);
  const advice = isCertificate ? 'Name the certificate authority of the cloud with OS_CACERT.' : undefined;
  return problem(`No connection to ${service} at ${origin}: ${message || String(error)}`, advice);
}
