import { generate } from 'selfsigned';

/** A certificate for loopback and its private key, PEM. */
export interface Certificate {
  readonly certificate: string;
  readonly privateKey: string;
}

/**
 * Makes a throw-away EC certificate for `localhost`, good for a week. Whoever shall trust it is told so by name
 * (`NODE_EXTRA_CA_CERTS`, `curl --cacert`): nothing switches certificate checks off.
 */
export async function throwAwayCertificate(): Promise<Certificate> {
  const { cert, private: privateKey } = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - 60_000),
    notAfterDate: new Date(Date.now() + 7 * 86_400_000),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  return { certificate: cert, privateKey };
}
