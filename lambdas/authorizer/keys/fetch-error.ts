import { isJsonObject } from '../../shared/json';

/** What can be wrong with the provider's answer, for the log. */
export type FetchFailure = 'timeout' | 'network' | 'status' | 'encoding' | 'too_large' | 'malformed' | 'no_usable_key';

/** The provider's keys could not be fetched. Carries nothing of the answer but its status. */
export class KeyFetchError extends Error {
  override readonly name = 'KeyFetchError';
  /** The HTTP status, where that is what is wrong. */
  readonly status: number | undefined;

  constructor(
    readonly failure: FetchFailure,
    /** A second try may help: the connection broke, time ran out, or the provider reported a fault of its own. */
    readonly transient: boolean,
    details: ErrorOptions & { readonly status?: number } = {},
  ) {
    super(`The key set could not be fetched: ${failure}`, details);
    this.status = details.status;
  }

  /** The system's or TLS's own code, such as `ECONNREFUSED` or `CERT_HAS_EXPIRED`. */
  get code(): string | undefined {
    const code = isJsonObject(this.cause) && this.cause.code;
    return typeof code === 'string' ? code : undefined;
  }
}
