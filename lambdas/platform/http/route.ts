import type * as z from 'zod';
import type { ErrorCode } from './errors';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a credential must be allowed to do; `public` needs no credential (docs/contracts/common.md#credentials). */
export type Scope = 'read' | 'run' | 'write' | 'admin';

/**
 * One row of a service's route table. From it come the API Gateway routes, the router, the validation, the types of the
 * use case and the OpenAPI description: a route that exists in one of them and not in another cannot be written.
 */
export interface Route {
  readonly method: Method;
  /** API Gateway syntax, without trailing slash: `/invocations/{id}`. */
  readonly path: `/${string}`;
  readonly summary: string;
  readonly scope: Scope | 'public';
  /** Path parameters are strings; a malformed one is usually "not found", which the use case says. */
  readonly params?: z.ZodObject;
  /** Query strings: every value arrives as a string, see `query.ts` for strict numbers. */
  readonly query?: z.ZodObject;
  /** Of the description: headers that the endpoint or the use case reads, beside those that every route has. */
  readonly requestHeaders?: Readonly<Record<string, RequestHeader>>;
  readonly body?: RouteBody;
  readonly success: RouteSuccess;
  readonly errors: readonly ErrorCode[];
}

export interface RequestHeader {
  readonly description: string;
  readonly required?: true;
  readonly example?: string;
}

export interface RouteBody {
  readonly schema: z.ZodType;
  /** false: an absent body is `undefined` for the schema instead of 400 `INVALID_JSON`. Default true. */
  readonly required?: boolean;
  /** Levels of nesting the request's own shape adds around caller data, which itself may have 64. Default 0. */
  readonly envelopeDepth?: number;
  /**
   * true: the schema is given the bytes as they came (a Buffer, empty where there is no body), and the use case reads
   * them: for a body that is no JSON, or that is to be judged only after what the path names
   * (docs/contracts/functions.md#checks-in-order).
   */
  readonly unparsed?: boolean;
  /** What the description says of an unparsed body that is a form: its fields, as they are sent. */
  readonly form?: z.ZodObject;
  /** true: `Idempotency-Key` is honoured (docs/contracts/invocations.md#semantics). */
  readonly idempotent?: boolean;
  readonly example?: unknown;
}

export interface RouteSuccess {
  readonly status: 200 | 201 | 202 | 204;
  readonly description?: string;
  readonly body?: z.ZodType;
  /** Another status, with a body that is no error's: the request was understood, and this is the answer. */
  readonly otherwise?: { readonly status: number; readonly body: z.ZodType };
  /** In place of `body`, for a stream of server-sent events: the JSON that `data` of each is. */
  readonly events?: z.ZodType;
  readonly example?: unknown;
  /** Media type of the answer when it is not `application/json`. */
  readonly contentType?: string;
  /** true: the use case may answer with bytes of any content type in place of the body. */
  readonly orBytes?: true;
  /** Names of response headers that this success carries. */
  readonly headers?: readonly string[];
}

export type RouteTable = Readonly<Record<string, Route>>;

type Parsed<R, K extends 'params' | 'query'> = R extends { readonly [P in K]: infer S extends z.ZodType }
  ? z.output<S>
  : undefined;
type ParsedBody<R> = R extends { readonly body: { readonly schema: infer S extends z.ZodType } }
  ? z.output<S>
  : undefined;

/** What the use case of a route is given: parsed and validated. */
export interface RequestOf<R extends Route> {
  readonly params: Parsed<R, 'params'>;
  readonly query: Parsed<R, 'query'>;
  readonly body: ParsedBody<R>;
}

type BodyOf<S> = S extends { readonly body: infer B extends z.ZodType }
  ? z.input<B> | (S extends { readonly orBytes: true } ? undefined : never)
  : undefined;

/** What the use case of a route answers. */
export interface ReplyOf<R extends Route> {
  readonly body: BodyOf<R['success']>;
  readonly headers?: Readonly<Record<string, string>>;
  /** In place of `body`: bytes, sent as they are under the content type among `headers`. */
  readonly bytes?: Buffer;
  /** In place of the route's success status, for an answer that is neither a success nor an error (`/health`: 503). */
  readonly status?: number;
}
