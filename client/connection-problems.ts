/** What the codes of DNS, TCP and TLS mean for a caller of a server, and what to do. */
const MEANINGS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'there is no such host name, as seen from here: check its spelling',
  EAI_AGAIN: 'the name server does not answer: check the network connection',
  ECONNREFUSED: 'nothing listens there: check host and port, and whether the server runs',
  ECONNRESET: 'the server, or a device on the way, closed the connection',
  ETIMEDOUT: 'no complete answer in time',
  ETOOLARGE: 'the answer is larger than 150 kB',
  EHOSTUNREACH: 'there is no route to the host: check the network connection',
  ENETUNREACH: 'there is no route to the network: check the network connection',
  ERR_PROXY_TUNNEL: 'the proxy did not open a tunnel to the server',
  EPROTO: 'the server does not speak TLS on this port',
  ERR_SSL_WRONG_VERSION_NUMBER: 'the server does not speak TLS on this port',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'the server does not speak TLS on this port',
  CERT_HAS_EXPIRED: 'the certificate has expired: the server needs a new one, or this clock is wrong',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet: this clock is probably wrong',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate belongs to another host name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed: name its file with --ca if that is intended',
  SELF_SIGNED_CERT_IN_CHAIN:
    'an authority unknown here signed the certificate: name its file with --ca if you trust it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate chain is incomplete, or its authority is unknown here (see --ca)',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the authority of the certificate is unknown here (see --ca)',
};

/** The system's or TLS's own code, such as `ECONNREFUSED`, of an error or of what caused it. */
export function connectionCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'cause' in error ? connectionCode(error.cause) : undefined;
}

/** One line for people: the code, and its meaning where that is known. Quotes nothing of the server. */
export function connectionProblem(error: unknown): string {
  const code = connectionCode(error);
  if (code === undefined) return 'the connection failed';
  const meaning = MEANINGS[code];
  return meaning === undefined ? code : `${code}: ${meaning}`;
}
