import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, CfnOutput, Fn, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { LambdaIntegration, RestApi, SpecRestApi } from 'aws-cdk-lib/aws-apigateway';
import { AttributeType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Code, Function as Lambda, Runtime } from 'aws-cdk-lib/aws-lambda';
import { AuthActionAuthorizer } from '../../infra/constructs/authaction-authorizer';
import { OpenApiAuthorizer } from '../../infra/constructs/openapi-authorizer';
import { ProtectedApi } from '../../infra/constructs/protected-api';
import type { Route } from '../../lambdas/shared/route-table';
import { findApp } from '../../local/app';
import type { ApiModel } from '../../local/gateway/api-model';
import { readTemplate } from '../../local/gateway/read-template';
import { startFunction } from '../../local/lambda/start-function';
import { readRoutes } from '../../local/read-routes';
import { readServedApi } from '../../local/served-api';

const { context } = findApp(process.cwd());
const tenant = { domain: 'tenant.example.com', audience: ['https://api.example.test'] };
const routes: readonly Route[] = [
  { method: 'GET', path: '/orders', handler: 'orders', access: { scopes: ['read:orders'] } },
  { method: 'GET', path: '/open', handler: 'orders', access: 'public' },
];
const answering = (text: string): string => `exports.handler = async () => ({ statusCode: 200, body: '${text}' })`;
const lambda = (stack: Stack, id: string, runtime = Runtime.NODEJS_22_X) =>
  new Lambda(stack, id, { runtime, handler: 'index.handler', code: Code.fromInline(answering(id)) });

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'served-'));
  folders.push(made);
  return made;
}

/** The assembly of an app. @param flags of `cdk.json`, instead of this project's */
function assemblyOf(build: (app: App) => void, flags: Readonly<Record<string, unknown>> = {}): string {
  const outdir = folder();
  const app = new App({
    outdir,
    context: { ...context, ...flags, 'aws:cdk:enable-asset-metadata': true },
    builtinCloudFormationValidation: false, // the templates are the constructs', which their own tests validate
  });
  build(app);
  app.synth();
  return outdir;
}

/** What answers a route: the authorizer's function and the handler's. */
function behind(model: ApiModel, path: string) {
  const method = model.methods.find((candidate) => candidate.httpMethod === 'GET' && candidate.path === path);
  const { integration, authorizer } = method ?? {};
  return {
    authorizer: authorizer && model.functions.get(authorizer.functionId),
    handler: integration?.type === 'AWS_PROXY' ? model.functions.get(integration.functionId) : undefined,
  };
}

function read(assembly: string, api?: string) {
  const served = readServedApi(assembly, folder(), api);
  return { served, model: readTemplate(served.template, assembly) };
}

describe('the API that is served', () => {
  it.each<[string, Record<string, unknown>]>([
    ['outputs of other stacks', {}],
    ['exports and imports', { '@aws-cdk/core:defaultCrossStackReferences': 'strong' }],
  ])('may have its authorizer and its handlers in other stacks, by %s', (_how, flags) => {
    const assembly = assemblyOf((app) => {
      const handler = lambda(new Stack(app, 'Handlers'), 'Orders');
      const api = new RestApi(new Stack(app, 'Api'), 'Rest');
      const auth = new AuthActionAuthorizer(new Stack(app, 'Auth'), 'Auth', { api, routes, ...tenant });
      api.root.addResource('orders').addMethod('GET', new LambdaIntegration(handler), auth.methodOptions);
      api.root.addResource('open').addMethod('GET', new LambdaIntegration(handler));
    }, flags);
    const { served, model } = read(assembly);
    const { authorizer, handler } = behind(model, '/orders');
    expect(authorizer?.environment).toMatchObject({ AUTHACTION_DOMAIN: tenant.domain });
    expect(readFileSync(join(handler?.assetPath ?? '', 'index.js'), 'utf8')).toBe(answering('Orders'));
    expect(behind(model, '/open').authorizer).toBeUndefined();
    expect(readRoutes(served)).toEqual(routes);
  });

  it('may be in a nested stack, with a handler of the stack around it', () => {
    const assembly = assemblyOf((app) => {
      const outer = new Stack(app, 'Outer');
      const handlers = { orders: lambda(outer, 'Orders') };
      new ProtectedApi(new NestedStack(outer, 'Inner'), 'Api', { routes, handlers, ...tenant });
    });
    const { model } = read(assembly);
    const { authorizer, handler } = behind(model, '/orders');
    expect(authorizer?.environment).toMatchObject({ AUTHACTION_DOMAIN: tenant.domain });
    expect(readFileSync(join(handler?.assetPath ?? '', 'index.js'), 'utf8')).toBe(answering('Orders'));
  });

  it('is the first with an authorizer of this project, or the one that is named', () => {
    const assembly = assemblyOf((app) => {
      const build = (stack: Stack, domain: string) => {
        const handlers = { orders: lambda(stack, 'Orders') };
        new ProtectedApi(stack, 'Api', { routes, handlers, ...tenant, domain, apiName: domain });
      };
      const plain = new Stack(app, 'Plain');
      new RestApi(plain, 'Rest').root.addMethod('GET', new LambdaIntegration(lambda(plain, 'Plain')));
      build(new Stack(new Stage(app, 'Prod'), 'One'), 'prod.example.com');
      build(new Stack(app, 'One'), 'one.example.com');
      build(new Stack(app, 'Two'), 'two.example.com');
    });
    const domainOf = (api?: string) =>
      behind(read(assembly, api).model, '/orders').authorizer?.environment.AUTHACTION_DOMAIN;
    expect(domainOf()).toBe('one.example.com');
    expect(domainOf('two.example.com')).toBe('two.example.com');
    const { served } = read(assembly);
    expect(served.name).toMatch(/^One\/Api/);
    expect(served.others).toEqual([expect.stringMatching(/^Two\//), expect.stringMatching(/^Prod-One\//)]);
    expect(domainOf(served.others[1])).toBe('prod.example.com');
    expect(() => read(assembly, 'Plain')).toThrow(
      'There is no API Plain with an AuthAction authorizer: it is one of One/',
    );
  });

  it('is absent where no method has an authorizer of this project', () => {
    const assembly = assemblyOf((app) => {
      const stack = new Stack(app, 'Plain');
      new RestApi(stack, 'Rest').root.addMethod('GET', new LambdaIntegration(lambda(stack, 'Plain')));
    });
    expect(() => read(assembly)).toThrow('No API of this app has an AuthAction authorizer');
  });

  it('cannot be one that is imported by its id', () => {
    const assembly = assemblyOf((app) => {
      const stack = new Stack(app, 'Importing');
      const api = RestApi.fromRestApiId(stack, 'Rest', 'abcdef1234');
      new AuthActionAuthorizer(stack, 'Auth', { api, routes, ...tenant });
    });
    expect(() => read(assembly)).toThrow('is imported: its methods are not in this app');
  });

  it('cannot be one that an OpenAPI document defines', () => {
    const assembly = assemblyOf((app) => {
      const stack = new Stack(app, 'Documented');
      const { functionArn } = lambda(stack, 'Orders');
      const uri = `arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
      const integration = { type: 'aws_proxy', httpMethod: 'POST', uri };
      const operation = { security: [{ token: [] }], responses: {}, 'x-amazon-apigateway-integration': integration };
      const document = {
        openapi: '3.0.1',
        info: { title: 'Orders', version: '1' },
        paths: { '/orders': { get: operation } },
        components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      };
      const auth = new OpenApiAuthorizer(stack, 'Auth', { document, ...tenant });
      auth.allow(new SpecRestApi(stack, 'Rest', { apiDefinition: auth.apiDefinition }));
    });
    expect(() => read(assembly)).toThrow('is defined by an OpenAPI document, which is not served here');
  });

  it('has a stand-in for a function that cannot run here, which fails with the reason', async () => {
    const assembly = assemblyOf((app) => {
      const stack = new Stack(app, 'One');
      const handlers = { orders: lambda(stack, 'Orders', Runtime.PYTHON_3_12) };
      lambda(stack, 'Unused', Runtime.PYTHON_3_12);
      new ProtectedApi(stack, 'Api', { routes, handlers, ...tenant });
    });
    const { served, model } = read(assembly);
    const reason = 'its runtime is python3.12, and only Node.js runs here';
    expect(served.unrunnable).toEqual([{ id: expect.stringMatching(/^Orders/), reason }]);
    const { handler } = behind(model, '/orders');
    if (!handler) throw new Error('The route has no handler');
    const running = startFunction(handler);
    try {
      const { ok, ...outcome } = await running.invoke({});
      expect(ok).toBe(false);
      expect(outcome).toMatchObject({ error: { errorMessage: expect.stringContaining(reason) } });
    } finally {
      await running.stop();
    }
  });

  it('names the services that its stacks use', () => {
    const assembly = assemblyOf((app) => {
      const stack = new Stack(app, 'One');
      new Table(stack, 'Table', { partitionKey: { name: 'id', type: AttributeType.STRING } });
      new ProtectedApi(stack, 'Api', { routes, handlers: { orders: lambda(stack, 'Orders') }, ...tenant });
    });
    expect(readServedApi(assembly, folder()).services).toEqual(['DynamoDB']);
  });

  it('keeps what references say when they are written as Fn::Sub', () => {
    const assembly = assemblyOf((app) => {
      const stack = new Stack(app, 'One');
      const handler = lambda(stack, 'Orders');
      new CfnOutput(new Stack(app, 'Zero'), 'Text', { value: 'text', exportName: 'zero-text' });
      handler.addEnvironment(
        'TEXT',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's placeholders
        Fn.sub('${!Literal} ${AWS::Region} ${Own} ${Imported}', {
          Own: 'own',
          Imported: Fn.importValue('zero-text'),
        }),
      );
      new ProtectedApi(stack, 'Api', { routes, handlers: { orders: handler }, ...tenant });
    });
    const { handler } = behind(read(assembly).model, '/orders');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's placeholders
    expect(handler?.environment.TEXT).toBe('${Literal} us-east-1 own text');
  });
});
