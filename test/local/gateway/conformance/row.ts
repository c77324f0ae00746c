/** One recorded fact of what API Gateway does with a REST API, and how to see it. */
export interface Row {
  readonly fact: string;
  /** One request, or several on the same API, in this order. */
  readonly steps: readonly Step[];
  readonly source: Source;
}

export interface Source {
  /** `measured`: recorded on AWS. `documented`: AWS's own documentation. */
  readonly kind: 'measured' | 'documented';
  /** Where, and when it was recorded or read. */
  readonly cite: string;
}

export interface Step {
  readonly request: Request;
  readonly expected: Expected;
}

export interface Request {
  /** Method and target, as they stand in the request line: `GET /plain/`. */
  readonly line: string;
  /** `Name: value`, as sent. `Host`, `Connection` and `Content-Length` are added where they are missing. */
  readonly headers?: readonly string[];
  readonly body?: string | Buffer;
  /** What the lab's authorizer does; its caller sends it along. */
  readonly authorizer?: AuthorizerTask;
}

/** `$ARN` stands for the call's own method ARN, `$BASE` for its stage, `$CALL` for a number that is new with each call, `$EVENT` for the event. */
export type AuthorizerTask = { readonly answer: unknown } | { readonly throws: string };

/** A value, a pattern, one of `present` and `absent`, an object of which only the named keys count, or exactly these keys. */
export type Matcher =
  | string
  | number
  | boolean
  | null
  | RegExp
  | typeof present
  | typeof absent
  | ExactKeys
  | Remember
  | Not
  | readonly Matcher[]
  | { readonly [key: string]: Matcher };

export const present = Symbol('present');
export const absent = Symbol('absent');

/** An object with exactly these keys. */
export class ExactKeys {
  constructor(readonly keys: readonly string[]) {}
}

/** The same value as at the first time this name came up in a row. */
export class Remember {
  constructor(readonly name: string) {}
}

/** Any value but this one: AWS documents that a request is refused, and not how. */
export class Not {
  constructor(readonly value: string | number) {}
}

export const not = (value: string | number): Not => new Not(value);

export interface Expected {
  readonly status?: Matcher;
  /** By name, whatever its case; a list for several lines. */
  readonly headers?: Readonly<Record<string, Matcher>>;
  readonly body?: Matcher;
  readonly json?: Matcher;
  /** The event of the proxy integration, as the echo handler gives it back. */
  readonly event?: Matcher;
  /** `headers` of that event, by name whatever its case. */
  readonly eventHeaders?: Readonly<Record<string, Matcher>>;
  readonly eventMultiValueHeaders?: Readonly<Record<string, Matcher>>;
  /** The event that the authorizer got, handed on as `event` in its context. */
  readonly authorizerEvent?: Matcher;
}

/** The lab's own gateway response of this type: an answer that the API shapes. */
export function shaped(type: string, status: number): Expected {
  return { status, json: { shaped: type }, headers: { 'X-Shaped': type } };
}
