/** An event as the service sends it: the envelope of `GET /v1/clusters/{ident}/events` and of `GET /v1/events`. */
export interface WireEvent {
  readonly type: string;
  readonly schema_version: number;
  readonly stream: string;
  readonly sequence: number;
  readonly global_position: string;
  readonly occurred_at: string;
  readonly actor: { readonly user_id: string; readonly project_id: string };
  readonly request_id: string;
  readonly driver: { readonly name: string; readonly version: string } | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface HistoryPage {
  readonly cluster_uuid: string;
  readonly events: readonly WireEvent[];
  /** Place to go on from. */
  readonly up_to: string;
  /** Address of the next page, where there is one. */
  readonly next?: string;
}
