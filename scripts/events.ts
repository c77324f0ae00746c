/**
 * Writes the sample events of `events/` anew: `npm run events`.
 *
 * A fresh demo key signs the tokens and is thrown away; its public half goes into `events/env.json` as AUTHACTION_JWKS.
 * The samples so work offline, on any day, and open nothing but the sample set-up. Every other setting of the authorizer
 * stands there with its default, so that no `.env` changes what a sample is answered.
 */
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '../infra/bundling';
import { settings } from '../lambdas/authorizer/config';
import { encodeContext, type Principal } from '../lambdas/shared/principal';
import { signJwt } from '../local/issuer/signing-key';
import { takesNoArguments } from '../terminal/usage';

takesNoArguments('npm run events: writes the sample events of events/ anew, with a fresh demo key');

const DOMAIN = 'demo.example.com';
const AUDIENCE = 'https://api.example.com';
const SUBJECT = 'demo-client@clients';
const KID = 'demo-key';
const STAGE = 'dev';
const API_ID = 'demo123456';
const ACCOUNT_ID = '123456789012';
const YEAR_2020 = 1_577_836_800;
const YEAR_2100 = 4_102_444_800;

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

function token(claims: Readonly<Record<string, unknown>>): string {
  const header = { alg: 'RS256', typ: 'JWT', kid: KID };
  const payload = { iss: `https://${DOMAIN}/`, sub: SUBJECT, aud: AUDIENCE, iat: YEAR_2020, exp: YEAR_2100, ...claims };
  return signJwt({ privateKey }, header, payload);
}

/** What the authorizer's and the handlers' events have in common. */
function request(path: string, authorization: string | undefined, context?: Readonly<Record<string, unknown>>) {
  const headers = {
    Accept: 'application/json',
    ...(authorization === undefined ? {} : { Authorization: authorization }),
    Host: `${API_ID}.execute-api.eu-central-1.amazonaws.com`,
  };
  return {
    resource: path,
    path,
    httpMethod: 'GET',
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    requestContext: {
      resourceId: 'abc123',
      resourcePath: path,
      httpMethod: 'GET',
      extendedRequestId: 'ZGVtby1leHRlbmRlZA==',
      requestTime: '01/Jan/2026:00:00:00 +0000',
      path: `/${STAGE}${path}`,
      accountId: ACCOUNT_ID,
      protocol: 'HTTP/1.1',
      stage: STAGE,
      domainPrefix: API_ID,
      requestTimeEpoch: 1_767_225_600_000,
      requestId: '00000000-0000-4000-8000-000000000000',
      identity: { sourceIp: '192.0.2.10', userAgent: 'curl/8.0' },
      domainName: `${API_ID}.execute-api.eu-central-1.amazonaws.com`,
      apiId: API_ID,
      ...(context === undefined ? {} : { authorizer: context }),
    },
  };
}

const authorizerEvent = (path: string, authorization?: string) => ({
  type: 'REQUEST',
  methodArn: `arn:aws:execute-api:eu-central-1:${ACCOUNT_ID}:${API_ID}/${STAGE}/GET${path}`,
  ...request(path, authorization),
});

/** A handler's event: the authorizer's context arrives with every value as a string. */
function handlerEvent(path: string, principal: Principal | undefined, authorization?: string) {
  const context = principal && {
    principalId: principal.sub,
    integrationLatency: 12,
    ...Object.fromEntries(Object.entries(encodeContext(principal)).map(([name, value]) => [name, String(value)])),
  };
  return { ...request(path, authorization, context), body: null, isBase64Encoded: false };
}

const good = `Bearer ${token({})}`;
const scoped = `Bearer ${token({ scope: 'read:messages' })}`;
const caller: Principal = { sub: SUBJECT, scopes: [], expiresAtSeconds: YEAR_2100 };

const files: Readonly<Record<string, unknown>> = {
  'env.json': {
    AuthorizerFunction: {
      ...settings,
      AUTHACTION_DOMAIN: DOMAIN,
      AUTHACTION_AUDIENCE: AUDIENCE,
      AUTHACTION_JWKS: JSON.stringify({
        keys: [{ ...publicKey.export({ format: 'jwk' }), kid: KID, alg: 'RS256', use: 'sig' }],
      }),
    },
  },
  'authorizer/good-token.json': authorizerEvent('/protected', good),
  'authorizer/good-token-with-scope.json': authorizerEvent('/scoped', scoped),
  'authorizer/no-header.json': authorizerEvent('/protected'),
  'authorizer/garbage.json': authorizerEvent('/protected', 'Bearer garbage'),
  'authorizer/expired.json': authorizerEvent('/protected', `Bearer ${token({ exp: YEAR_2020 + 3600 })}`),
  'authorizer/wrong-audience.json': authorizerEvent(
    '/protected',
    `Bearer ${token({ aud: 'https://other.example.com' })}`,
  ),
  'public/anyone.json': handlerEvent('/public', undefined),
  'protected/caller.json': handlerEvent('/protected', caller, good),
  'protected/no-authorizer.json': handlerEvent('/protected', undefined, good),
  'scoped/caller.json': handlerEvent('/scoped', { ...caller, scopes: ['read:messages'] }, scoped),
};

for (const [name, content] of Object.entries(files)) {
  const file = join(projectRoot, 'events', name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
  console.log(`events/${name}`);
}
