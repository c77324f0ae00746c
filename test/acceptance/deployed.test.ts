import { spawn } from 'node:child_process';
import { createServer, request as forward } from 'node:http';
import { projectRoot } from '../../infra/bundling';
import { routes } from '../../lambdas/routes';
import { requiredScopes } from '../../lambdas/shared/route-table';
import { listen, shut } from '../../local/listen';
import { startLocalStack } from '../../local/local-stack';

const STAGE = '/dev';
/** API Gateway's words of earlier years: an API may still be answered so. */
const wordsOf = (authorization: string): string =>
  `'${authorization.split(' ')[1]}' not a valid key=value pair (missing equal-sign) in Authorization header: '${authorization}'.`;

/** Stands before an API as AWS does: the stage is in the address, and an unknown route with a token has no signature. */
async function startProxy(apiUrl: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const known = routes.map(
    ({ path }) => new RegExp(`^${path.replace(/\{\w+\+\}/g, '.+').replace(/\{\w+\}/g, '[^/]+')}$`),
  );
  const server = createServer((message, response) => {
    const { authorization } = message.headers;
    const path = (message.url ?? '').slice(STAGE.length);
    if (!message.url?.startsWith(`${STAGE}/`)) {
      response.writeHead(403).end('{"message":"Forbidden"}');
    } else if (authorization && !known.some((pattern) => pattern.test(path.split('?')[0] ?? ''))) {
      response.writeHead(403, {
        'Content-Type': 'application/json',
        'x-amzn-ErrorType': 'IncompleteSignatureException',
        'Access-Control-Allow-Origin': '*',
      });
      response.end(JSON.stringify({ error: 'Bad Request', message: wordsOf(authorization) }));
    } else {
      const options = { method: message.method, headers: message.rawHeaders };
      const upstream = forward(`${apiUrl}${path}`, options, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.rawHeaders);
        answer.pipe(response);
      });
      message.pipe(upstream);
    }
  });
  const port = await listen(server, 0);
  return { url: `http://127.0.0.1:${port}${STAGE}`, stop: () => shut(server) };
}

it('the acceptance suite passes against an API that AWS serves', async () => {
  const stack = await startLocalStack({
    port: 0,
    issuerPort: 0,
    environment: {
      STAGE: 'dev',
      AUTHORIZER_CACHE_TTL_SECONDS: '300',
      CORS_ALLOW_ORIGIN: '*',
      AUTHACTION_JWKS: '',
      RESOURCE_METADATA: 'on',
    },
  });
  const proxy = await startProxy(stack.url);
  try {
    const { issuer } = stack;
    if (!issuer) throw new Error('The local run has no issuer of its own');
    const child = spawn(process.execPath, [require.resolve('jest/bin/jest'), 'test/acceptance/api.test.ts'], {
      cwd: projectRoot,
      env: {
        ...process.env,
        API_URL: proxy.url,
        TOKEN_URL: `${issuer.url}/oauth2/m2m/token`,
        AUTHACTION_CLIENT_ID: issuer.clientId,
        AUTHACTION_CLIENT_SECRET: issuer.clientSecret,
        AUTHACTION_AUDIENCE: issuer.audience,
        CLIENT_SCOPES: routes.flatMap(({ access }) => requiredScopes(access)).join(' '),
        NODE_EXTRA_CA_CERTS: issuer.certificateFile,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let text = '';
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect({ code, failures: text.match(/●(.*\n){1,12}/g) ?? [] }).toEqual({ code: 0, failures: [] });
  } finally {
    await proxy.stop();
    await stack.stop();
  }
}, 120_000);
