import { ApiContract } from '@jeroboam/api/testing';

const fetched = new Map<string, Promise<ApiContract>>();

/** The OpenAPI document that the API at `apiUrl` serves of itself; asked for once. */
function contractAt(apiUrl: string): Promise<ApiContract> {
  const known = fetched.get(apiUrl);
  if (known) return known;
  const contract = fetch(`${apiUrl}/v1/openapi.json`).then(async (response) => ApiContract.of(await response.text()));
  fetched.set(apiUrl, contract);
  // A process that was not there yet may be there next time.
  contract.catch(() => fetched.delete(apiUrl));
  return contract;
}

/**
 * `fetch` against an API.
 * @throws Error that lists in what the answer is not as the API describes itself: status, headers, any field of the body.
 */
export async function fetchDescribed(apiUrl: string, path: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(`${apiUrl}${path}`, init);
  const { status, headers } = response;
  // A stream has no end to be read to.
  const text = headers.get('content-type')?.startsWith('text/event-stream') ? undefined : await response.clone().text();
  (await contractAt(apiUrl)).requireDescribed(init.method ?? 'GET', path, { status, headers: Object.fromEntries(headers), text });
  return response;
}
