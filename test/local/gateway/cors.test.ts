import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import type { CorsProps } from '../../../infra/constructs/cors';
import { ProtectedApi } from '../../../infra/constructs/protected-api';
import type { Route } from '../../../lambdas/shared/route-table';
import { type Gateway, startGateway } from '../../../local/gateway/gateway';
import { readTemplate } from '../../../local/gateway/read-template';
import { call } from '../../acceptance/call';
import { inlineHandlers, requiredProps, testApp } from '../../support/infra';
import { bundle } from '../lambda/bundle';

const routes: readonly Route[] = [{ method: 'GET', path: '/orders', handler: 'orders', access: 'token' }];
const ONE = 'https://one.example';
const TWO = 'https://two.example';
const OTHER = 'https://other.example';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Template {
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation's JSON
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: any }>>;
}

/** Serves an API made of these props. No function of it is called. */
async function serve(props: CorsProps, change = (_template: Template): void => undefined): Promise<Gateway> {
  const { path, remove } = bundle({});
  closers.push(remove);
  const app = testApp({ outdir: join(path, 'cdk.out'), postCliContext: { 'aws:cdk:enable-asset-metadata': true } });
  const stack = new Stack(app, 'Stack');
  new ProtectedApi(stack, 'Api', { ...requiredProps, routes, handlers: inlineHandlers(stack, routes), ...props });
  const { directory } = app.synth();
  const template = JSON.parse(readFileSync(join(directory, 'Stack.template.json'), 'utf8'));
  change(template);
  const api = readTemplate(template, directory);
  const gateway = await startGateway(0, { api, functions: new Map() });
  closers.push(() => gateway.close());
  return gateway;
}

const cors = ({ headers }: { readonly headers: Readonly<Record<string, unknown>> }) => ({
  origin: headers['access-control-allow-origin'],
  credentials: headers['access-control-allow-credentials'],
  vary: headers.vary,
});

const preflight = async ({ url }: Gateway, origin: string) => {
  const headers = ['Origin', origin, 'Access-Control-Request-Method', 'GET'];
  return cors(await call(url, '/orders', { method: 'OPTIONS', headers }));
};
const refusal = async ({ url }: Gateway, origin?: string) =>
  cors(await call(url, '/orders', { headers: origin === undefined ? [] : ['Origin', origin] }));

test('every origin may call where none is named', async () => {
  const gateway = await serve({});
  const everyone = { origin: '*', credentials: undefined, vary: undefined };
  expect(await preflight(gateway, OTHER)).toEqual(everyone);
  expect(await refusal(gateway, OTHER)).toEqual(everyone);
});

test("every answer names the one allowed origin, whatever the caller's origin is", async () => {
  const gateway = await serve({ allowOrigins: [ONE], allowCredentials: true });
  const expected = { origin: ONE, credentials: 'true' };
  for (const origin of [ONE, OTHER]) {
    expect(await preflight(gateway, origin)).toMatchObject(expected);
    expect(await refusal(gateway, origin)).toMatchObject(expected);
  }
});

test('of several origins the preflight names the one that calls, else the first', async () => {
  const gateway = await serve({ allowOrigins: [ONE, TWO] });
  expect(await preflight(gateway, ONE)).toEqual({ origin: ONE, credentials: undefined, vary: 'Origin' });
  expect(await preflight(gateway, TWO)).toEqual({ origin: TWO, credentials: undefined, vary: 'Origin' });
  expect(await preflight(gateway, OTHER)).toEqual({ origin: ONE, credentials: undefined, vary: 'Origin' });
});

test.each<[string, string[], string | undefined, number]>([
  ['every body is binary', ['*/*'], undefined, 500],
  ['every body is binary, and made text', ['*/*'], 'CONVERT_TO_TEXT', 204],
  ['bodies of another type are binary', ['image/png'], undefined, 204],
])('a preflight where %s', async (_where, types, handling, status) => {
  const { url } = await serve({}, ({ Resources }) => {
    for (const { Type, Properties } of Object.values(Resources)) {
      if (Type === 'AWS::ApiGateway::RestApi') Properties.BinaryMediaTypes = types;
      if (Properties.Integration?.Type === 'MOCK' && handling) Properties.Integration.ContentHandling = handling;
    }
  });
  const headers = ['Origin', ONE, 'Access-Control-Request-Method', 'GET'];
  const answer = await call(url, '/orders', { method: 'OPTIONS', headers });
  expect(answer.status).toBe(status);
  expect(answer.headers['x-amzn-errortype']).toBe(status === 500 ? 'InternalServerErrorException' : undefined);
});

test('with several origins every page may read the fixed text of a refusal', async () => {
  const gateway = await serve({ allowOrigins: [ONE, TWO] });
  for (const origin of [TWO, OTHER]) expect(await refusal(gateway, origin)).toMatchObject({ origin: '*' });
});

test('with several origins and credentials a refusal names the origin that calls, and none without one', async () => {
  const gateway = await serve({ allowOrigins: [ONE, TWO], allowCredentials: true });
  expect(await refusal(gateway, TWO)).toEqual({ origin: TWO, credentials: 'true', vary: 'Origin' });
  expect(await refusal(gateway)).toEqual({ origin: undefined, credentials: 'true', vary: 'Origin' });
  expect(await preflight(gateway, TWO)).toEqual({ origin: TWO, credentials: 'true', vary: 'Origin' });
});
