import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type AppProps, type CfnElement, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code, type IFunction, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { projectRoot } from '../../infra/bundling';
import type { ProtectedApiProps } from '../../infra/constructs/protected-api';
import { parseSettings } from '../../infra/settings';
import { ApiStack } from '../../infra/stack';
import { routes } from '../../lambdas/routes';
import type { Route } from '../../lambdas/shared/route-table';

/** The settings that have no default. */
export const requiredSettings = {
  AUTHACTION_DOMAIN: 'tenant.example.com',
  AUTHACTION_AUDIENCE: 'https://api.example.com',
};

/** The same as props of a construct. */
export const requiredProps = {
  domain: requiredSettings.AUTHACTION_DOMAIN,
  audience: [requiredSettings.AUTHACTION_AUDIENCE],
} as const;

/** A resource of a template, as far as tests look into it. */
export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: templates are CloudFormation's JSON, whose shape the tests assert
  readonly Properties: any;
  readonly DeletionPolicy?: string;
}

/** Where each resource was created: no test reads it, and under Jest it takes a tenth of a synthesis. */
const WITHOUT_STACK_TRACES = { 'aws:cdk:disable-creation-stack-traces': true };

/** An app with the feature flags of cdk.json. CloudFormation's own validation, some seconds, is off unless asked for. */
export function testApp(props: AppProps = {}): App {
  const { context } = JSON.parse(readFileSync(join(projectRoot, 'cdk.json'), 'utf8'));
  return new App({
    context: { ...context, ...WITHOUT_STACK_TRACES },
    builtinCloudFormationValidation: false,
    treeMetadata: false, // which no test reads either
    ...props,
  });
}

/** The app's stack for some settings. */
export function apiStack(
  app: App,
  stage = 'dev',
  settings: Readonly<Record<string, string>> = {},
  props: Partial<ProtectedApiProps> = {},
): ApiStack {
  const parsed = parseSettings({ ...requiredSettings, ...settings }, stage);
  return new ApiStack(app, `authaction-api-${stage}`, {
    routes,
    settings: { ...parsed, api: { ...parsed.api, ...props } },
  });
}

const templates = new Map<string, Template>();

/** The app's template for some settings, and for some props that have no setting. A suite makes each once. */
export function apiTemplate(
  stage = 'dev',
  settings: Readonly<Record<string, string>> = {},
  props: Partial<ProtectedApiProps> = {},
): Template {
  const name = JSON.stringify([stage, settings, props]);
  const template = templates.get(name) ?? Template.fromStack(apiStack(testApp(), stage, settings, props));
  templates.set(name, template);
  return template;
}

/** Resources of a type, by logical id. */
export function resourcesOf(template: Template, type: string): Readonly<Record<string, Resource>> {
  return template.findResources(type) as Record<string, Resource>;
}

/** A function for each handler of a table, of which a test reads no line. */
export function inlineHandlers(
  scope: Construct,
  table: readonly Route[] = routes,
): Readonly<Record<string, LambdaFunction>> {
  const names = [...new Set(table.map(({ handler }) => handler))];
  return Object.fromEntries(
    names.map((name) => {
      const fn = new LambdaFunction(scope, name, {
        runtime: Runtime.NODEJS_24_X,
        handler: 'index.handler',
        code: Code.fromInline('exports.handler = async () => ({ statusCode: 200 });'),
      });
      return [name, fn];
    }),
  );
}

/** The folder that is deployed as the code of a function. */
export function codeFolder(app: App, fn: IFunction): string {
  const { directory } = app.synth();
  const stack = Stack.of(fn);
  const functions = resourcesOf(Template.fromStack(stack), 'AWS::Lambda::Function');
  const { Code: code } = functions[stack.resolve((fn.node.defaultChild as CfnElement).logicalId)]?.Properties ?? {};
  const { files } = JSON.parse(readFileSync(join(directory, `${stack.artifactId}.assets.json`), 'utf8'));
  return join(directory, files[code.S3Key.replace('.zip', '')].source.path);
}
