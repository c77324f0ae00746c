import { CfnParameter, Fn, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Deployment, type IRestApi, LambdaIntegration, RestApi, SpecRestApi, Stage } from 'aws-cdk-lib/aws-apigateway';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { AuthActionAuthorizer } from '../../../infra/constructs/authaction-authorizer';
import { OpenApiAuthorizer } from '../../../infra/constructs/openapi-authorizer';
import { ProtectedApi, type ProtectedApiProps } from '../../../infra/constructs/protected-api';
import type { ProtectedResource } from '../../../infra/constructs/protected-resource';
import { ProblemsError } from '../../../infra/problems';
import type { Route } from '../../../lambdas/shared/route-table';
import { type Resources, resolve } from '../../../local/gateway/intrinsics';
import { inlineHandlers, requiredProps, resourcesOf, testApp } from '../../support/infra';

const table: readonly Route[] = [
  { method: 'GET', path: '/orders', handler: 'orders', access: { scopes: ['read:orders', 'audit'] } },
  { method: 'POST', path: '/orders', handler: 'orders', access: { scopes: ['write:orders', 'audit'] } },
  { method: 'GET', path: '/news', handler: 'news', access: 'public' },
];

function templateWith(protectedResource: ProtectedResource, props: Partial<ProtectedApiProps> = {}): Template {
  const stack = new Stack(testApp(), 'Stack');
  const routes = props.routes ?? table;
  const handlers = inlineHandlers(stack, routes);
  new ProtectedApi(stack, 'ProtectedApi', { ...requiredProps, routes, handlers, protectedResource, ...props });
  return Template.fromStack(stack);
}

/** A value of a template as it is after a deployment. */
const deployed = (template: Template, value: never): string =>
  String(resolve(value, template.toJSON().Resources as Resources));

/** What each metadata method answers, by its path. */
function published(template: Template): Record<string, unknown> {
  const resources = template.toJSON().Resources;
  const pathOf = (id: string): string => {
    const { ParentId, PathPart } = resources[id].Properties;
    return `${ParentId.Ref === undefined ? '' : pathOf(ParentId.Ref)}/${PathPart}`;
  };
  const methods = Object.values(resourcesOf(template, 'AWS::ApiGateway::Method')).filter(
    ({ Properties }) => Properties.HttpMethod === 'GET' && Properties.Integration.Type === 'MOCK',
  );
  return Object.fromEntries(
    methods.map(({ Properties }) => {
      const [response] = Properties.Integration.IntegrationResponses;
      const body = deployed(template, response.ResponseTemplates['application/json'] as never);
      return [pathOf(Properties.ResourceId.Ref), JSON.parse(body)];
    }),
  );
}

function challenges(template: Template): Record<string, string> {
  const responses = Object.values(resourcesOf(template, 'AWS::ApiGateway::GatewayResponse'));
  return Object.fromEntries(
    responses.flatMap(({ Properties: { ResponseType, ResponseParameters } }) => {
      const value = ResponseParameters['gatewayresponse.header.WWW-Authenticate'];
      return value === undefined ? [] : [[ResponseType, deployed(template, value as never)]];
    }),
  );
}

const STAGE_URL = 'https://local00000.execute-api.us-east-1.amazonaws.com/prod';
const metadata = {
  authorization_servers: ['https://tenant.example.com'],
  scopes_supported: ['audit', 'read:orders', 'write:orders'],
  bearer_methods_supported: ['header'],
};

test("publishes the metadata of the stage's own URL, and refusals name them", () => {
  const template = templateWith({});
  expect(published(template)).toEqual({
    '/.well-known/oauth-protected-resource': { resource: STAGE_URL, ...metadata },
  });
  const parameter = `resource_metadata="${STAGE_URL}/.well-known/oauth-protected-resource"`;
  expect(challenges(template)).toEqual({
    UNAUTHORIZED: `'Bearer error="invalid_token", ${parameter}'`,
    ACCESS_DENIED: `'Bearer error="insufficient_scope", ${parameter}'`,
  });
});

test('without the prop nothing is published, and a challenge is what it was', () => {
  const stack = new Stack(testApp(), 'Stack');
  new ProtectedApi(stack, 'ProtectedApi', { ...requiredProps, routes: table, handlers: inlineHandlers(stack, table) });
  const template = Template.fromStack(stack);
  expect(published(template)).toEqual({});
  expect(challenges(template)).toEqual({
    UNAUTHORIZED: "'Bearer'",
    ACCESS_DENIED: `'Bearer error="insufficient_scope"'`,
  });
});

test('publishes the metadata of a public URL with its base path, with the issuer and the documentation', () => {
  const template = templateWith({
    url: 'https://api.example.com/v1',
    issuer: 'https://tenant.example.com/',
    documentation: 'https://docs.example.com/#start$here',
  });
  expect(published(template)).toEqual({
    '/.well-known/oauth-protected-resource': {
      resource: 'https://api.example.com/v1',
      ...metadata,
      authorization_servers: ['https://tenant.example.com/'],
      resource_documentation: 'https://docs.example.com/#start$here',
    },
  });
  expect(challenges(template).UNAUTHORIZED).toContain(
    'resource_metadata="https://api.example.com/v1/.well-known/oauth-protected-resource"',
  );
});

test('publishes a resource below the URL at the path-suffixed address, beside the whole API', () => {
  const template = templateWith({ url: 'https://api.example.com', path: '/mcp' });
  expect(published(template)).toEqual({
    '/.well-known/oauth-protected-resource': { resource: 'https://api.example.com', ...metadata },
    '/.well-known/oauth-protected-resource/mcp': { resource: 'https://api.example.com/mcp', ...metadata },
  });
  expect(challenges(template).ACCESS_DENIED).toContain(
    'resource_metadata="https://api.example.com/.well-known/oauth-protected-resource/mcp"',
  );
});

test('leaves out scopes_supported when no route needs one (RFC 9728 3.2)', () => {
  const routes: readonly Route[] = [{ method: 'GET', path: '/me', handler: 'me', access: 'token' }];
  const [document] = Object.values(published(templateWith({}, { routes })));
  expect(document).not.toHaveProperty('scopes_supported');
});

test('no mapping template begins a reference or a directive, whatever the scopes are', () => {
  const routes: readonly Route[] = [
    { method: 'GET', path: '/me', handler: 'me', access: { scopes: ['$input.body', '#stop', "it's"] } },
  ];
  const template = templateWith({ url: 'https://api.example.com' }, { routes });
  expect(published(template)).toMatchObject({
    '/.well-known/oauth-protected-resource': { scopes_supported: ['#stop', '$input.body', "it's"] },
  });
  for (const { Properties } of Object.values(resourcesOf(template, 'AWS::ApiGateway::Method'))) {
    const [response = {}] = Properties.Integration.IntegrationResponses ?? [];
    expect(response.ResponseTemplates?.['application/json'] ?? '').not.toMatch(/[$#]/);
  }
});

test('the metadata need no token, may be cached, and may be read by pages of every origin', () => {
  const template = templateWith({}, { allowOrigins: ['https://app.example.com'] });
  template.hasResourceProperties('AWS::ApiGateway::Method', {
    HttpMethod: 'GET',
    AuthorizationType: 'NONE',
    ApiKeyRequired: false,
    Integration: {
      Type: 'MOCK',
      ContentHandling: 'CONVERT_TO_TEXT',
      IntegrationResponses: [
        {
          StatusCode: '200',
          ResponseParameters: {
            'method.response.header.Access-Control-Allow-Origin': "'*'",
            'method.response.header.Cache-Control': "'public, max-age=3600'",
          },
        },
      ],
    },
    MethodResponses: [
      {
        StatusCode: '200',
        ResponseParameters: {
          'method.response.header.Access-Control-Allow-Origin': true,
          'method.response.header.Cache-Control': true,
        },
      },
    ],
  });
  template.hasResourceProperties('AWS::ApiGateway::Method', {
    HttpMethod: 'OPTIONS',
    Integration: {
      ContentHandling: 'CONVERT_TO_TEXT',
      IntegrationResponses: [
        {
          ResponseParameters: Match.objectLike({
            'method.response.header.Access-Control-Allow-Origin': "'*'",
            'method.response.header.Access-Control-Allow-Headers': "'*'",
          }),
        },
      ],
    },
  });
});

test('no resource waits for itself', () => {
  expect(() => templateWith({ path: '/mcp' })).not.toThrow(); // Template refuses cycles
});

test('another document is another deployment', () => {
  const idsOf = (url: string) =>
    Object.keys(resourcesOf(templateWith({ url, documentation: url }), 'AWS::ApiGateway::Deployment'));
  const first = idsOf('https://a.example.com');
  expect(idsOf('https://a.example.com')).toEqual(first);
  expect(idsOf('https://b.example.com')).not.toEqual(first);
});

test.each([
  ['a URL without https', { url: 'http://api.example.com' }, 'url'],
  ['a URL with a slash at its end', { url: 'https://api.example.com/' }, 'url'],
  ['a URL that clients rewrite, by its host', { url: 'https://API.example.com' }, 'url'],
  ['a URL that clients rewrite, by its port', { url: 'https://api.example.com:443' }, 'url'],
  ['a URL that clients rewrite, by its path', { url: 'https://api.example.com/a/../b' }, 'url'],
  ['a URL without a host', { url: 'https://.../' }, 'url'],
  ['a URL that ends in a segment that clients drop', { url: 'https://api.example.com/v1/.' }, 'url'],
  ['a path that clients rewrite', { path: '/a/../b' }, 'path'],
  ['a path that clients drop', { path: '/.' }, 'path'],
  ['a URL with a query', { url: 'https://api.example.com?a' }, 'url'],
  ['a URL that ends a quoted header', { url: `https://api.example.com/"'` }, 'url'],
  ['a path with a variable', { path: '/orders/{id}' }, 'path'],
  ['a path with a slash at its end', { path: '/mcp/' }, 'path'],
  ['a relative path', { path: 'mcp' }, 'path'],
  ['an issuer that is not the tenant', { issuer: 'https://other.example.com' }, 'issuer'],
  ['an issuer with two slashes', { issuer: 'https://tenant.example.com//' }, 'issuer'],
  ['documentation that is no URL', { documentation: 'docs/agents.md' }, 'documentation'],
] as const)('refuses %s', (_what, protectedResource, name) => {
  expect(() => templateWith(protectedResource)).toThrow(ProblemsError);
  expect(() => templateWith(protectedResource)).toThrow(`protectedResource.${name} is n`);
});

test.each(['https://api.example.com:4430/v1.0/.a/..b', 'https://api.example.com/443', 'https://api.example.com:44'])(
  'takes %s, which clients spell alike',
  (url) => {
    expect(new URL(url).href).toMatch(new RegExp(`^${url}/?$`));
    const [document] = Object.values(published(templateWith({ url, path: '/.well/a.' })));
    expect(document).toMatchObject({ resource: url });
  },
);

test.each(['https://api.example.com', true])('says how to write it in place of %j', (protectedResource) => {
  expect(() => templateWith(protectedResource as ProtectedResource)).toThrow(
    "protectedResource is no object: write protectedResource: { url: 'https://api.example.com' }, or {}.",
  );
});

test('refuses a route at the address of the metadata', () => {
  const routes: readonly Route[] = [
    { method: 'GET', path: '/.well-known/oauth-protected-resource', handler: 'me', access: 'public' },
  ];
  expect(() => templateWith({}, { routes })).toThrow(
    'protectedResource publishes /.well-known/oauth-protected-resource: remove the route',
  );
});

test('names every problem at once', () => {
  expect(() => templateWith({ url: 'x', path: 'y', issuer: 'z', documentation: '' })).toThrow(
    /url[\s\S]*path[\s\S]*documentation[\s\S]*issuer/,
  );
});

test('takes a URL that is only known when the stack is deployed', () => {
  const stack = new Stack(testApp(), 'Stack');
  const name = new CfnParameter(stack, 'Name', { default: 'api.example.com' });
  const url = Fn.join('', ['https://', name.valueAsString]);
  const handlers = inlineHandlers(stack, table);
  new ProtectedApi(stack, 'Api', { ...requiredProps, routes: table, handlers, protectedResource: { url } });
  expect(JSON.stringify(Template.fromStack(stack))).toContain(
    JSON.stringify([`'Bearer error="invalid_token", resource_metadata="https://`, { Ref: 'Name' }]).slice(0, -1),
  );
});

describe('an API that exists already', () => {
  const routes: readonly Route[] = [{ method: 'GET', path: '/orders', handler: 'orders', access: 'token' }];

  function addOrders(scope: Stack, api: RestApi, auth: AuthActionAuthorizer): void {
    const { orders } = inlineHandlers(scope, routes);
    api.root.addResource('orders').addMethod('GET', new LambdaIntegration(orders as IFunction), auth.methodOptions);
  }

  function existing(protectedResource: ProtectedResource, change: (api: RestApi) => void = () => undefined) {
    const stack = new Stack(testApp(), 'Stack');
    const api = new RestApi(stack, 'Api', { cloudWatchRole: false, deployOptions: { stageName: 'live' } });
    change(api);
    const auth = new AuthActionAuthorizer(stack, 'Auth', { ...requiredProps, api, routes, protectedResource });
    addOrders(stack, api, auth);
    return stack;
  }

  test('publishes its metadata, without a warning that anyone may read them', () => {
    const stack = existing({});
    const [document] = Object.values(published(Template.fromStack(stack)));
    expect(document).toMatchObject({ resource: STAGE_URL.replace('prod', 'live') });
    Annotations.fromStack(stack).hasNoWarning('*', Match.stringLikeRegexp('has no authorization'));
  });

  test('keeps what it has below /.well-known', () => {
    const stack = existing({}, (api) => {
      api.root.addResource('.well-known').addResource('security.txt');
    });
    expect(Object.keys(published(Template.fromStack(stack)))).toEqual(['/.well-known/oauth-protected-resource']);
  });

  test('is refused when it has that path, with the way out', () => {
    expect(() => existing({}, (api) => void api.root.resourceForPath('/.well-known/oauth-protected-resource'))).toThrow(
      'The API has a resource /.well-known/oauth-protected-resource already: remove it, or protectedResource.',
    );
  });

  test('is refused at synth when it gets a GET there later, and no other method', () => {
    const withLater = (method: string): Stack => {
      let api: RestApi | undefined;
      const stack = existing({}, (given) => {
        api = given;
      });
      api?.root.resourceForPath('/.well-known/oauth-protected-resource').addMethod(method);
      return stack;
    };
    expect(() => Template.fromStack(withLater('GET'))).toThrow(
      'Stack/Api/Default/.well-known/oauth-protected-resource/GET: protectedResource publishes ' +
        '/.well-known/oauth-protected-resource. Remove the method.',
    );
    expect(() => Template.fromStack(withLater('POST'))).not.toThrow();
  });

  test('is asked for its URL where its stage is not known', () => {
    const stack = new Stack(testApp(), 'Stack');
    const api = new RestApi(stack, 'Api', { cloudWatchRole: false, deploy: false });
    const props = { ...requiredProps, api, routes };
    expect(() => new AuthActionAuthorizer(stack, 'Auth', { ...props, protectedResource: {} })).toThrow(
      "protectedResource.url is missing: the API's stage is unknown here, so give its public URL",
    );
  });

  test('has deployments of its own wait for the metadata', () => {
    const stack = new Stack(testApp(), 'Stack');
    const api = new RestApi(stack, 'Api', { cloudWatchRole: false, deploy: false });
    const protectedResource = { url: 'https://api.example.com' };
    const auth = new AuthActionAuthorizer(stack, 'Auth', { ...requiredProps, api, routes, protectedResource });
    addOrders(stack, api, auth);
    new Stage(stack, 'Stage', { deployment: new Deployment(stack, 'Deployment', { api: api as IRestApi }) });
    const template = Template.fromStack(stack);
    const [id] = Object.entries(resourcesOf(template, 'AWS::ApiGateway::Method')).find(
      ([, { Properties }]) => Properties.HttpMethod === 'GET' && Properties.AuthorizationType === 'NONE',
    ) ?? [''];
    template.hasResource('AWS::ApiGateway::Deployment', { DependsOn: Match.arrayWith([id]) });
  });

  test('in another stack gets the methods into its own stack', () => {
    const app = testApp();
    const home = new Stack(app, 'Home');
    const api = new RestApi(home, 'Api', { cloudWatchRole: false });
    const stack = new Stack(app, 'Stack');
    const auth = new AuthActionAuthorizer(stack, 'Auth', { ...requiredProps, api, routes, protectedResource: {} });
    addOrders(home, api, auth);
    expect(Object.keys(published(Template.fromStack(home)))).toHaveLength(1);
    Template.fromStack(stack).resourceCountIs('AWS::ApiGateway::Method', 0);
  });

  test.each([
    ['none', {}],
    ['the prop, too', { protectedResource: {} }],
  ])('takes the prop on its first authorizer only, which has %s: both share the challenges', (_what, first) => {
    const stack = new Stack(testApp(), 'Stack');
    const api = new RestApi(stack, 'Api', { cloudWatchRole: false });
    new AuthActionAuthorizer(stack, 'One', { ...requiredProps, api, routes, ...first });
    const props = { ...requiredProps, api, routes, protectedResource: {} };
    expect(() => new AuthActionAuthorizer(stack, 'Two', props)).toThrow("set protectedResource on the API's first one");
  });
});

describe('an API of an OpenAPI document', () => {
  const url = 'https://api.example.com';

  function bodyWith(change: object, protectedResource: ProtectedResource = { url }) {
    const stack = new Stack(testApp(), 'Stack');
    const operation = { 'x-amazon-apigateway-integration': { type: 'aws_proxy' } };
    const document = {
      openapi: '3.0.1',
      info: { title: 'orders', version: '1' },
      paths: { '/orders': { get: { ...operation, security: [{ oauth: ['read:orders'] }] } } },
      components: { securitySchemes: { oauth: { type: 'oauth2' } } },
      ...change,
    };
    const auth = new OpenApiAuthorizer(stack, 'Auth', { ...requiredProps, document, protectedResource });
    auth.allow(new SpecRestApi(stack, 'Api', { apiDefinition: auth.apiDefinition, cloudWatchRole: false }));
    return Object.values(resourcesOf(Template.fromStack(stack), 'AWS::ApiGateway::RestApi'))[0]?.Properties.Body;
  }

  test.each([
    ['3', {}, { schema: { type: 'string' } }],
    ['2', { openapi: undefined, swagger: '2.0' }, { type: 'string' }],
  ])('gets the metadata as paths of its own, in version %s', (_version, change, header) => {
    const { paths, ...body } = bodyWith(change);
    const { get, options } = paths['/.well-known/oauth-protected-resource'];
    const integration = get['x-amazon-apigateway-integration'];
    expect(JSON.parse(integration.responses.default.responseTemplates['application/json'])).toEqual({
      resource: url,
      authorization_servers: ['https://tenant.example.com'],
      scopes_supported: ['read:orders'],
      bearer_methods_supported: ['header'],
    });
    expect(get).toMatchObject({ security: [], responses: { '200': { headers: { 'Cache-Control': header } } } });
    expect(options['x-amazon-apigateway-integration'].responses.default).toMatchObject({
      statusCode: '204',
      responseParameters: { 'method.response.header.Access-Control-Allow-Origin': "'*'" },
    });
    const { UNAUTHORIZED } = body['x-amazon-apigateway-gateway-responses'];
    expect(UNAUTHORIZED.responseParameters['gatewayresponse.header.WWW-Authenticate']).toBe(
      `'Bearer error="invalid_token", resource_metadata="${url}/.well-known/oauth-protected-resource"'`,
    );
  });

  test('is asked for its URL: an API cannot refer to itself in its own definition', () => {
    expect(() => bodyWith({}, {})).toThrow('protectedResource.url is missing');
  });

  test('is refused when it has an operation, or only a preflight, at that path', () => {
    const path = '/.well-known/oauth-protected-resource';
    const orders = { '/orders': { get: { security: [{ oauth: [] }] } } };
    expect(() => bodyWith({ paths: { ...orders, [path]: { get: {} } } })).toThrow(
      `publishes ${path}: remove the route`,
    );
    expect(() => bodyWith({ paths: { ...orders, [path]: { options: {} } } })).toThrow(
      `The document has a path ${path} already`,
    );
  });
});
