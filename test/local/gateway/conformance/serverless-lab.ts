import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readTemplate } from '../../../../local/gateway/read-template';
import { CODE, labTemplate } from './lab';

/** Writes the lab as a project of the Serverless Framework, which serverless-offline serves. */
export function writeServerlessLab(folder: string): void {
  const { methods } = readTemplate(labTemplate(), folder);
  const functions: Record<string, { handler: string; events: object[] }> = {};
  for (const [id, code] of Object.entries(CODE)) {
    mkdirSync(join(folder, id), { recursive: true });
    writeFileSync(join(folder, id, 'index.js'), code);
    functions[id] = { handler: `${id}/index.handler`, events: [] };
  }
  for (const { httpMethod, path, authorizer, integration } of methods) {
    if (integration.type === 'MOCK') continue;
    const hasPreflight = methods.some((other) => other.path === path && other.integration.type === 'MOCK');
    functions[integration.functionId]?.events.push({
      http: {
        method: httpMethod.toLowerCase(),
        path,
        ...(hasPreflight ? { cors: true } : {}),
        ...(authorizer
          ? {
              authorizer: {
                name: authorizer.functionId,
                type: 'request',
                resultTtlInSeconds: authorizer.ttlSeconds,
                identitySource: authorizer.identitySources
                  .map(({ place, name }) => `method.request.${place}.${name}`)
                  .join(', '),
              },
            }
          : {}),
      },
    });
  }
  const provider = { name: 'aws', runtime: 'nodejs20.x', stage: 'dev', region: 'us-east-1' };
  const service = { service: 'lab', frameworkVersion: '3', provider, plugins: ['serverless-offline'], functions };
  writeFileSync(join(folder, 'serverless.json'), JSON.stringify(service, null, 2));
}
