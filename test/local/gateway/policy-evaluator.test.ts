import { evaluatePolicy, parsePolicy } from '../../../local/gateway/policy-evaluator';

const STAGE = 'arn:aws:execute-api:us-east-1:123456789012:local00000/dev/';

function evaluate(statements: unknown, path = 'GET/items/1'): string {
  const parsed = parsePolicy({ Version: '2012-10-17', Statement: statements });
  return parsed ? evaluatePolicy(parsed, STAGE + path) : 'malformed';
}

const statement = (Effect: string, resource: string | string[], others: object = {}) => ({
  Effect,
  Action: 'execute-api:Invoke',
  Resource: Array.isArray(resource) ? resource.map((path) => STAGE + path) : STAGE + resource,
  ...others,
});

it.each<[string, unknown, string]>([
  ['allows what an Allow names', statement('Allow', 'GET/items/1'), 'allow'],
  ['allows by any resource of a list', statement('Allow', ['GET/other', 'GET/items/1']), 'allow'],
  ['denies what nothing names', statement('Allow', 'GET/other'), 'implicit-deny'],
  ['denies everything without statements', [], 'implicit-deny'],
  ['denies another method', statement('Allow', 'POST/items/1'), 'implicit-deny'],
  [
    'lets a Deny win over an Allow after it',
    [statement('Deny', '*'), statement('Allow', 'GET/items/1')],
    'explicit-deny',
  ],
  [
    'lets a Deny win over an Allow before it',
    [statement('Allow', '*'), statement('Deny', 'GET/items/*')],
    'explicit-deny',
  ],
  ['ignores a Deny for something else', [statement('Allow', '*'), statement('Deny', 'GET/other')], 'allow'],
  ['lets * stand for any text, slashes included', statement('Allow', 'GET/*'), 'allow'],
  ['lets * stand for no text', statement('Allow', 'GET/items/1*'), 'allow'],
  ['lets ? stand for one character', statement('Allow', 'GET/items/?'), 'allow'],
  ['lets ? stand for a slash', statement('Allow', 'GET/items?1'), 'allow'],
  ['does not let ? stand for no character', statement('Allow', 'GET/items/1?'), 'implicit-deny'],
  ['compares the whole ARN', statement('Allow', 'GET/items'), 'implicit-deny'],
  ['compares with regard to case', statement('Allow', 'GET/Items/1'), 'implicit-deny'],
  ['takes a dot for a dot', statement('Allow', 'GET.items/1'), 'implicit-deny'],
  ['takes action names in any case', statement('Allow', '*', { Action: 'Execute-API:invoke' }), 'allow'],
  ['takes action wildcards', statement('Allow', '*', { Action: ['s3:*', 'execute-api:*'] }), 'allow'],
  ['ignores other actions', statement('Allow', '*', { Action: 's3:GetObject' }), 'implicit-deny'],
  ['does not allow by a condition it cannot evaluate', statement('Allow', '*', { Condition: {} }), 'implicit-deny'],
  [
    'denies by a condition it cannot evaluate',
    [statement('Allow', '*'), statement('Deny', '*', { Condition: { Bool: {} } })],
    'explicit-deny',
  ],
  ['understands NotResource', { Effect: 'Allow', Action: '*', NotResource: `${STAGE}GET/other` }, 'allow'],
  ['understands NotAction', { Effect: 'Allow', NotAction: 'execute-api:Invoke', Resource: '*' }, 'implicit-deny'],
])('%s', (_title, statements, expected) => {
  expect(evaluate(statements)).toBe(expected);
});

it.each<[string, unknown]>([
  ['no document', undefined],
  ['a document without statements', { Version: '2012-10-17' }],
  ['an unknown version', { Version: '2020-01-01', Statement: [] }],
  ['an effect in another case', { Statement: [statement('allow', '*')] }],
  ['no action', { Statement: [{ Effect: 'Allow', Resource: '*' }] }],
  ['no resource', { Statement: [{ Effect: 'Allow', Action: '*' }] }],
  ['an empty list of resources', { Statement: [{ Effect: 'Allow', Action: '*', Resource: [] }] }],
  ['a resource that is no text', { Statement: [{ Effect: 'Allow', Action: '*', Resource: [1] }] }],
  ['both Action and NotAction', { Statement: [statement('Allow', '*', { NotAction: 's3:*' })] }],
])('takes %s for malformed', (_case, document) => {
  expect(parsePolicy(document)).toBeUndefined();
});
