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

/** @throws Error that lists in what an answer is not as the API describes itself: status, headers, any field of the body. */
export async function requireDescribed(
  apiUrl: string, method: string, path: string, { status, headers }: Response, text: string,
): Promise<void> {
  (await contractAt(apiUrl)).requireDescribed(method, path, { status, headers: Object.fromEntries(headers), text });
}
