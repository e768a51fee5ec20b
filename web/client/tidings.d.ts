// SPDX-License-Identifier: MIT

/** What became of a command: the same document in the response, in `GET /commands/{id}` and in the event. */
export interface Outcome<Payload = unknown> {
  /** null while pending: unknown is neither success nor failure. */
  success: boolean | null;
  command_id: string;
  /** RFC 3339, UTC. */
  timestamp: string;
  /** The new document of a completed command. */
  payload: Payload | null;
  /** A sentence, when it failed. */
  error: string | null;
  command_type: string;
  status: 'pending' | 'completed' | 'failed';
  stage: 'accepted' | 'handled' | 'projected';
  /** A stable word, when it failed: `already_exists`, `missing`, `not_unique`, ... */
  code: string | null;
  key: string | null;
  revision: number | null;
  /** What the client may do next, such as `{type: "redirect", data: "/locations/..."}`. */
  actions: { type: string; data: unknown }[];
  links: { self: string; events: string };
}

export interface QueryResponse<Payload = unknown> {
  success: boolean;
  query_id: string;
  timestamp: string;
  payload: Payload | null;
  error: string | null;
}

/** The gateway's answer to a command: settled already, or pending with a promise of the outcome. */
export type Answer<Payload = unknown> =
  | { outcome: Outcome<Payload>; pending?: undefined; settled?: undefined; response: Response }
  | {
      outcome?: undefined;
      pending: Outcome<Payload>;
      /** Resolves with the completed or failed outcome, however long it takes and whatever happens to the connection. */
      settled: Promise<Outcome<Payload>>;
      response: Response;
    };

export interface TidingsOptions {
  /** Where the gateway is, without a slash at the end. Default: the page's own origin. */
  base?: string;
  /** Sent as `Tidings-Session` by clients that have no cookie. */
  session?: string;
  /** Share one connection with the other tabs of this origin. Default: true. */
  leader?: boolean;
  fetch?: typeof fetch;
}

export interface CommandOptions {
  /** Seconds the server may hold the response back for the outcome (`Prefer: wait`). */
  wait?: number;
  /** Made by default. `false` sends none, and then nothing is repeated either. */
  idempotencyKey?: string | false;
  /** Ends the waiting, not the command. */
  signal?: AbortSignal;
  headers?: Record<string, string>;
  /** How often a command is sent again when the answer was lost or the server was busy. Default: 4. */
  retries?: number;
}

export interface QueryOptions {
  /** A command id: the answer must show what that command wrote. */
  after?: string;
  /** Seconds to wait for that. */
  wait?: number;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

/** Refusals (RFC 9457) and lost connections; a rejected command is an outcome instead. */
export class TidingsError extends Error {
  /** The server's stable word; `network` when it cannot be reached, `closed` after `close()`. */
  readonly code: string;
  /** The HTTP status, 0 without a response. */
  readonly status: number;
  /** Which members of the payload are wrong, by JSON Pointer. */
  readonly errors: { pointer: string; message: string }[];
  /** The whole problem document. */
  readonly problem: Record<string, unknown>;
  constructor(problem: Record<string, unknown>);
}

/**
 * Events, each with a `detail`:
 * `outcome` - an Outcome, pending or settled, of any tab of this session, as the stream tells it;
 * `progress` - {command_id, command_type, timestamp, status, progress}: how far a handler says it is, for commands of this session;
 * `state`   - "open" or "closed", of the stream of outcomes;
 * `gap`     - what the server no longer keeps and should be read anew; pending commands are asked for by themselves.
 */
export class Tidings extends EventTarget {
  constructor(options?: TidingsOptions);
  /** Opens the stream of outcomes now. Without it, the first pending command does. */
  connect(): this;
  /** Ends all streams; what is still pending rejects with the code `closed`. */
  close(): void;
  command<Payload = unknown>(type: string, payload: unknown, options?: CommandOptions): Promise<Answer<Payload>>;
  /** The outcome of a command by its id, also of one sent by another tab or before a reload. */
  settled<Payload = unknown>(id: string, options?: { signal?: AbortSignal }): Promise<Outcome<Payload>>;
  /** `type` is a query type or a path of the model's routes. Parameters go into the address; undefined ones are left out. */
  query<Payload = unknown>(type: string, params?: Record<string, unknown>, options?: QueryOptions): Promise<QueryResponse<Payload>>;
  /** The answer now and after each change. Reconnects by itself; `onError` hears what cannot be helped, such as a 404. */
  live<Payload = unknown>(
    type: string,
    params: Record<string, unknown> | undefined,
    onResult: (response: QueryResponse<Payload>) => void,
    onError?: (error: TidingsError) => void,
  ): () => void;
}

/** The events of a `text/event-stream` body, also those without data; a comment comes out as an empty object. */
export function parseEvents(
  body: ReadableStream<Uint8Array>,
): AsyncGenerator<{ event?: string; id?: string; data?: string; retry?: number }>;
