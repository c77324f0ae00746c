import { generate } from 'selfsigned';

/** A throw-away server certificate with its private key, both PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateOptions {
  /** DNS name the certificate is for. */
  readonly host?: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

const DAY_MS = 86_400_000;

/** Makes a self-signed EC certificate, good for `localhost` unless told otherwise; whoever trusts it lists it as a root. */
export async function certificate(options: CertificateOptions = {}): Promise<Certificate> {
  const { host = 'localhost', notBefore = daysFromNow(-1), notAfter = daysFromNow(1) } = options;
  const made = await generate([{ name: 'commonName', value: `${host} test ${Math.random()}` }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: notBefore,
    notAfterDate: notAfter,
    extensions: [
      { name: 'basicConstraints', cA: true },
      { name: 'subjectAltName', altNames: [{ type: 2, value: host }] },
    ],
  });
  return { cert: made.cert, key: made.private };
}

export const daysFromNow = (days: number): Date => new Date(Date.now() + days * DAY_MS);
