import { projectRoot } from '../../infra/bundling';
import { importProblem, importsIn } from '../../scripts/check-imports';

test('the project imports nothing against the rules', () => {
  const imports = importsIn(projectRoot);
  expect(imports).toContainEqual({ from: 'scripts/check-imports', to: 'infra/bundling' });
  expect(imports).toContainEqual({ from: 'lambdas/authorizer/token/signature', to: 'aws-jwt-verify/' });
  expect(imports.map(importProblem).filter((problem) => problem !== undefined)).toEqual([]);
});

test.each([
  ['an arrow up', 'infra/stack', 'local/local-stack', 'stands above it'],
  ['an arrow up from the lowest folder', 'lambdas/shared/answers', 'infra/bundling', 'stands above it'],
  ['a handler that imports the authorizer', 'lambdas/protected/handler', 'lambdas/authorizer/decide', 'is none of'],
  ['shared code that imports a handler', 'lambdas/shared/caller', 'lambdas/protected/handler', 'is none of'],
  ['an authorizer that imports the sample table', 'lambdas/authorizer/handler', 'lambdas/routes', 'is none of'],
  ['a construct that imports the sample table', 'infra/constructs/coverage', 'lambdas/routes', 'only'],
  ['a tool that imports the sample table past infra/app-routes', 'cli/doctor/main', 'lambdas/routes', 'only'],
  [
    'aws-jwt-verify in the authorizer outside the signature',
    'lambdas/authorizer/decide',
    'aws-jwt-verify/',
    'is none of',
  ],
  ['aws-jwt-verify in a construct', 'infra/constructs/coverage', 'aws-jwt-verify/', 'only'],
  ['aws-jwt-verify in a tool', 'cli/doctor/doctor', 'aws-jwt-verify/', 'only'],
])('reports %s', (_title, from, to, problem) => {
  const found = importProblem({ from, to });
  expect(found).toContain(`${from} imports ${to}`);
  expect(found).toContain(problem);
});

test.each([
  ['a folder that imports one below it', 'local/local-stack', 'infra/bundling'],
  ['a folder that imports itself', 'local/local-stack', 'local/deployments'],
  ["the app's own list of routes", 'infra/app-routes', 'lambdas/routes'],
  ['the signature that imports aws-jwt-verify', 'lambdas/authorizer/token/signature', 'aws-jwt-verify/'],
  ['a bench that imports aws-jwt-verify', 'bench/peers/aws-jwt-verify', 'aws-jwt-verify/'],
])('accepts %s', (_title, from, to) => {
  expect(importProblem({ from, to })).toBeUndefined();
});
