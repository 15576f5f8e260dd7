import { CloudLookupForbidden, CloudServiceUnavailable } from '../errors.ts';
import type { CloudService, LookupKind } from '../errors.ts';
import type { HttpCall, HttpResponse } from '../http/http-call.port.ts';
import { parseJson, recordOf } from '../http/json.ts';
import type { JsonRecord } from '../http/json.ts';
import type { CloudCaller } from './cloud-lookups.port.ts';
import { serviceAddress } from './service-address.ts';
import type { AddressChoice } from './service-address.ts';

/** What a request is about, for the message of a refusal. */
export interface Sought {
  readonly kind: LookupKind;
  readonly ident: string;
}

/** Reads from the services of one caller's catalog and translates every way in which that can fail. */
export class ServiceClient {
  constructor(
    private readonly http: HttpCall,
    private readonly timeoutMs: number,
    private readonly choice: AddressChoice,
    private readonly caller: CloudCaller,
  ) {}

  /**
   * @param path below the versioned address, with its query; already encoded.
   * @returns the JSON object answered; `undefined` for 404, and for 400: what a service cannot even parse names nothing there.
   */
  async get(service: CloudService, path: string, sought: Sought): Promise<JsonRecord | undefined> {
    const address = serviceAddress(this.caller.info.catalog, service, this.choice);
    if (address === undefined) throw new CloudServiceUnavailable(service, `the catalog has no ${this.placeOf()} for it`);
    const response = await this.reach(service, `${address}${path}`);
    switch (response.status) {
      case 200: return bodyOf(service, response);
      case 400: case 404: return undefined;
      case 401: case 403: throw new CloudLookupForbidden(sought.kind, sought.ident, response.status);
      default: throw new CloudServiceUnavailable(service, `it answered with status ${response.status}`);
    }
  }

  private async reach(service: CloudService, url: string): Promise<HttpResponse> {
    const headers = { accept: 'application/json', 'x-auth-token': this.caller.token };
    try {
      return await this.http({ method: 'GET', url, headers, timeoutMs: this.timeoutMs });
    } catch (error) {
      throw new CloudServiceUnavailable(service, error instanceof Error ? error.message : 'the request failed', { cause: error });
    }
  }

  private placeOf(): string {
    const { interface: face, region } = this.choice;
    return region === undefined ? `${face} endpoint` : `${face} endpoint in region ${region}`;
  }
}

function bodyOf(service: CloudService, response: HttpResponse): JsonRecord {
  const body = recordOf(parseJson(response.body));
  if (!body) throw new CloudServiceUnavailable(service, 'it answered with something that is no JSON object');
  return body;
}
