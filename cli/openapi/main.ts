import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isPrivate } from '../../client/http-request';
import { openApiDocument } from '../../client/openapi';
import { readStageEnvironment } from '../../infra/environment';
import { findApp } from '../../local/app';
import { describeApp } from '../../local/describe-app';
import { commandLine } from '../../terminal/command-line';
import { UsageError } from '../command';

/** What the npm script of this repository adds. */
const inClone = commandLine('openapi').startsWith('npm') ? ' Here, npm run adds --output docs/openapi.json.' : '';

const usage = `${commandLine('openapi', '[options]')}

Prints the OpenAPI 3.1 document of the API, made from its route table.${inClone}

  --output FILE  write it to a file instead
  --server URL   base URL of the deployed API: the stack's output ApiUrl, or the URL of your domain. Gateways for agents and
                 generators need it; without it, the document has a URL template
  --app APP      an app other than the one in cdk.json: a command, or the folder of a cloud assembly
  --api NAME     an API other than the app's first: its logical id or name
  --help`;

/** Prints or writes the API's OpenAPI document. @throws AppError */
export async function openapi(args: readonly string[]): Promise<number> {
  const { help, output, server, app, api } = parsed(args);
  if (help) {
    console.log(usage);
    return 0;
  }
  const serverUrl = server === undefined ? undefined : serverOf(server);
  const found = findApp(process.cwd(), app);
  const { routes, metadataPaths } = await describeApp(found, readStageEnvironment(found.root).env, api);
  const text = JSON.stringify(openApiDocument(routes, { serverUrl, metadataPaths }), null, 2);
  if (output === undefined) console.log(text);
  else writeFileSync(output, `${text}\n`);
  return 0;
}

/** A server's URL as documents have it: paths are appended to it. @throws UsageError */
function serverOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !isPrivate(url) || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new UsageError(
      '--server is the base URL of the API: https, without query, such as https://api.example.com/v1',
    );
  }
  return url.href.replace(/\/+$/, '');
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const;
  try {
    const options = {
      output: text,
      server: text,
      app: text,
      api: text,
      help: { type: 'boolean', short: 'h' },
    } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}
