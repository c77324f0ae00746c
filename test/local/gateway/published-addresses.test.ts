import type { ApiModel, MethodModel } from '../../../local/gateway/api-model';
import { publishedAt, withAuthorizationServer } from '../../../local/gateway/published-addresses';

const PATH = '/.well-known/oauth-protected-resource';
const HERE = 'http://127.0.0.1:3000';

function mock(path: string, body: string, httpMethod = 'GET'): MethodModel {
  const integration = { type: 'MOCK', statusCode: 200, headers: {}, body } as const;
  return { httpMethod, path, resourceId: path, authorizer: undefined, integration };
}

function apiWith(methods: readonly MethodModel[], challenge: string): ApiModel {
  const response = { statusCode: 401, headers: { 'WWW-Authenticate': challenge, 'X-Own': 'own' }, template: undefined };
  return {
    stage: 'dev',
    stageVariables: {},
    functions: new Map(),
    methods,
    binaryMediaTypes: [],
    gatewayResponses: new Map([['UNAUTHORIZED', response]]),
    notChecked: [],
  };
}

const bodies = ({ methods }: ApiModel) =>
  methods.map(({ integration }) => (integration.type === 'MOCK' ? integration.body : undefined));

const document = (resource: string) =>
  JSON.stringify({
    resource,
    authorization_servers: ['https://tenant.example.com'],
    bearer_methods_supported: ['header'],
  });

test.each([
  'https://api.example.com',
  'https://api.example.com/v1',
  'https://id.execute-api.us-east-1.amazonaws.com/dev',
])('metadata and challenges of %s have the URL of the local gateway', (url) => {
  const methods = [mock(PATH, document(url)), mock(`${PATH}/mcp`, document(`${url}/mcp`))];
  const api = publishedAt(HERE, apiWith(methods, `Bearer resource_metadata="${url}${PATH}/mcp"`));
  expect(bodies(api)).toEqual([document(HERE), document(`${HERE}/mcp`)]);
  expect(api.gatewayResponses.get('UNAUTHORIZED')?.headers).toEqual({
    'WWW-Authenticate': `Bearer resource_metadata="${HERE}${PATH}/mcp"`,
    'X-Own': 'own',
  });
});

test("another host's address in a challenge stays", () => {
  const methods = [mock(PATH, document('https://api.example.com'))];
  const challenge = 'Bearer resource_metadata="https://api.example.com.example.org/x"';
  const { gatewayResponses } = publishedAt(HERE, apiWith(methods, challenge));
  expect(gatewayResponses.get('UNAUTHORIZED')?.headers['WWW-Authenticate']).toBe(challenge);
});

test('the issuer of the run takes the place of the tenant in every document', () => {
  const methods = [
    mock(PATH, document('https://a.example.com')),
    mock(`${PATH}/mcp`, document('https://a.example.com/mcp')),
  ];
  const changed = bodies(withAuthorizationServer('https://localhost:1', apiWith(methods, 'Bearer')));
  for (const body of changed)
    expect(JSON.parse(body ?? '')).toMatchObject({ authorization_servers: ['https://localhost:1'] });
});

test.each([
  ['no metadata', []],
  ['a preflight of that path', [mock(PATH, '', 'OPTIONS')]],
  ['a document that is no JSON', [mock(PATH, '<html>')]],
  ['a document that is no object', [mock(PATH, '[]')]],
  ['a document of another shape', [mock(PATH, '{"resource":1}')]],
  ['a document of another address than its own', [mock(`${PATH}/mcp`, document('https://a.example.com'))]],
  ['a mock of another path', [mock('/other', document('https://a.example.com'))]],
])('an API with %s stays as it is', (_what, methods) => {
  const api = apiWith(methods, 'Bearer resource_metadata="https://a.example.com/x"');
  expect(publishedAt(HERE, api)).toEqual(api);
});
