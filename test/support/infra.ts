import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type AppProps, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { projectRoot } from '../../infra/bundling';
import { parseSettings } from '../../infra/settings';
import { ApiStack } from '../../infra/stack';

/** The settings that have no default. */
export const requiredSettings = {
  AUTHACTION_DOMAIN: 'tenant.example.com',
  AUTHACTION_AUDIENCE: 'https://api.example.com',
};

/** A resource of a template, as far as tests look into it. */
export interface Resource {
  readonly Type: string;
  // biome-ignore lint/suspicious/noExplicitAny: templates are CloudFormation's JSON, whose shape the tests assert
  readonly Properties: any;
  readonly DeletionPolicy?: string;
}

/** An app with the feature flags of cdk.json. CloudFormation's own validation, some seconds, is off unless asked for. */
export function testApp(options: AppProps & { readonly validate?: boolean; readonly bundle?: boolean } = {}): App {
  const { validate = false, bundle = false, ...props } = options;
  if (validate) delete process.env.CDK_VALIDATION;
  else process.env.CDK_VALIDATION = 'false';
  const { context } = JSON.parse(readFileSync(join(projectRoot, 'cdk.json'), 'utf8'));
  return new App({ context: { ...context, ...(bundle ? {} : { 'aws:cdk:bundling-stacks': [] }) }, ...props });
}

/** The app's stack for some settings. */
export function apiStack(app: App, stage = 'dev', settings: Readonly<Record<string, string>> = {}): ApiStack {
  return new ApiStack(app, `authaction-api-${stage}`, {
    settings: parseSettings({ ...requiredSettings, ...settings }, stage),
  });
}

/** The app's template for some settings, without bundles. */
export function apiTemplate(stage = 'dev', settings: Readonly<Record<string, string>> = {}): Template {
  return Template.fromStack(apiStack(testApp(), stage, settings));
}

/** Resources of a type, by logical id. */
export function resourcesOf(template: Template, type: string): Readonly<Record<string, Resource>> {
  return template.findResources(type) as Record<string, Resource>;
}

export const templateOf = (stack: Stack): Template => Template.fromStack(stack);
