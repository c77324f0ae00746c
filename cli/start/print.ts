import { requiredScopes } from '../../lambdas/shared/route-table';
import type { LogRecord } from '../../local/lambda/messages';
import type { LocalEvent, LocalRoute, LocalStack } from '../../local/local-stack';
import { type Paint, painter } from '../../terminal/terminal';

/** Writes lines for people: coloured on a terminal, unless NO_COLOR says otherwise. */
export interface Printer {
  /** @param problem what else a person should know, such as that the tools will not find this run. */
  banner(stack: LocalStack, millisecondsSinceStart: number, consoleUrl?: string, problem?: string): void;
  event(event: LocalEvent): void;
}

export function createPrinter(write: (line: string) => void, isColoured: boolean): Printer {
  const paint = painter(isColoured);
  /** Requests under way: why, for the line that their answer gets. */
  const whys = new Map<string, string[]>();
  /** The route table as it was printed last. */
  let table: string | undefined;
  let warned: readonly string[] = [];

  return {
    banner: (stack, milliseconds, consoleUrl, problem) => {
      table = routeLines(stack.routes()).join('\n');
      warned = stack.served.warnings;
      for (const line of bannerLines(stack, milliseconds, consoleUrl, paint)) write(line);
      if (problem) write(`${paint('yellow', problem)}\n`);
    },
    event(event) {
      switch (event.type) {
        case 'request':
          whys.set(event.requestId, []);
          return;
        case 'authorizer': {
          const { source, outcome, decision, invocation } = event;
          const reason = decision?.reason ?? (source === 'skipped' ? 'no token, authorizer not called' : outcome);
          const how =
            source === 'called' ? `authorizer ${ms(invocation?.milliseconds)}` : source === 'cached' ? 'cached' : '';
          whys.get(event.requestId)?.push(...[outcome === 'allowed' ? 'allowed' : reason, how].filter(Boolean));
          return;
        }
        case 'handler': {
          const { functionId, invocation } = event;
          whys.get(event.requestId)?.push(`${functionId} ${ms(invocation.milliseconds)}`);
          if (!invocation.ok) whys.get(event.requestId)?.push(`${invocation.kind}: ${invocation.error.errorMessage}`);
          return;
        }
        case 'answer': {
          const { requestId, method, path, status, responseType, milliseconds } = event;
          const why = whys.get(requestId) ?? [];
          whys.delete(requestId);
          if (why.length === 0 && responseType) why.push(responseType);
          const style = status < 400 ? 'green' : status < 500 ? 'yellow' : 'red';
          const rest = [...why, why.length > 0 ? `${ms(milliseconds)} in total` : ms(milliseconds)].join(', ');
          return write(`${paint(style, String(status))} ${method} ${printable(path)}  ${paint('dim', rest)}`);
        }
        case 'log':
          for (const line of logLines(event.functionId, event.record)) write(paint('dim', line));
          return;
        case 'issuer-keys':
          if (event.change === 'rotated') write(paint('cyan', `issuer: new signing key ${event.kids[0] ?? ''}`));
          return;
        case 'issuer-request':
          return write(paint('dim', `  issuer: ${event.status} ${event.method} ${printable(event.path)}`));
        case 'issuer-state':
          return;
        case 'deployed': {
          const what = event.changed.length > 0 ? event.changed.join(', ') : 'no function changed';
          write(paint('cyan', `rebuilt in ${ms(event.milliseconds)}: ${what}`));
          for (const warning of event.warnings) {
            if (table !== undefined && !warned.includes(warning)) write(paint('yellow', `  ${warning}`));
          }
          warned = event.warnings;
          const lines = routeLines(event.routes);
          // Before the banner nothing is printed: that has the routes.
          if (table === undefined || table === lines.join('\n')) return;
          table = lines.join('\n');
          for (const line of lines) write(line);
          return;
        }
        case 'deploy-failed':
          return write(paint('red', `not rebuilt, the last good build keeps running: ${event.message}`));
      }
    },
  };
}

const ms = (milliseconds = 0): string => `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;

/** A caller's text, without what could move the cursor. */
const printable = (text: string): string => text.replace(/[^\x20-\x7E]/g, '?');

/** A record as lines. That a handler refused with `Unauthorized` is in the authorizer's own line already. */
function logLines(functionId: string, { level, message, stackTrace }: LogRecord): readonly string[] {
  const error = asError(message);
  if (error?.errorMessage === 'Unauthorized') return [];
  const trace = error?.stackTrace ?? stackTrace;
  const text = error
    ? `${error.errorType}: ${error.errorMessage}`
    : typeof message === 'string'
      ? message
      : JSON.stringify(message);
  const frames = trace?.filter((line) => /^\s+at /.test(line) && !/node:internal|runtime\.cjs/.test(line)) ?? [];
  return [`  ${functionId}${level ? ` ${level}` : ''} ${text}`, ...frames];
}

function asError(
  message: unknown,
): { errorType: string; errorMessage: string; stackTrace: readonly string[] } | undefined {
  const isError =
    typeof message === 'object' && message !== null && 'errorMessage' in message && 'stackTrace' in message;
  return isError ? (message as { errorType: string; errorMessage: string; stackTrace: readonly string[] }) : undefined;
}

/** The route table: what each route needs. */
function routeLines(routes: readonly LocalRoute[]): readonly string[] {
  const width = Math.max(...routes.map(({ method, path }) => `${method} ${path}`.length));
  return routes.map(({ method, path, access }) => {
    const needs =
      access === 'public' ? 'public' : access === 'token' ? 'token' : `token with ${access.scopes.join(', ')}`;
    return `  ${`${method} ${path}`.padEnd(width)}  ${needs}`;
  });
}

function bannerLines(
  stack: LocalStack,
  milliseconds: number,
  consoleUrl: string | undefined,
  paint: Paint,
): readonly string[] {
  const { url, issuer, tenant } = stack;
  return [
    '',
    `${paint('bold', `API ready at ${url}`)}  ${paint('dim', `(${(milliseconds / 1000).toFixed(1)} s)`)}`,
    '',
    ...routeLines(stack.routes()),
    '',
    ...(consoleUrl === undefined ? [] : [`  console        ${consoleUrl}`]),
    ...(issuer
      ? [
          `  issuer         ${issuer.url}`,
          `  client id      ${issuer.clientId}`,
          `  client secret  ${issuer.clientSecret}`,
          `  audience       ${issuer.audience}`,
        ]
      : [`  issuer         https://${tenant.domain} (your tenant)`, `  audience       ${tenant.audience}`]),
    ...notes(stack).map((note) => paint('yellow', `  ${note}`)),
    '',
    paint('bold', 'Try it:'),
    ...commands(stack).map((command) => `  ${command}`),
    '',
  ];
}

/** What differs from AWS, or will not work, each in one line with what to do. */
function notes({ tenant, issuer, served }: LocalStack): readonly string[] {
  return [
    ...(tenant.problem === undefined || issuer
      ? []
      : [
          `Your tenant's keys cannot be fetched (${tenant.problem}): protected routes answer 503 until they can.`,
          'Check the domain and the network, or start with --own-issuer.',
        ]),
    ...served.warnings,
    ...served.unrunnable.map(({ id, reason }) => `${id} cannot run here, so its routes answer 502: ${reason}`),
    ...(served.services.length > 0
      ? [`Calls to AWS (${served.services.join(', ')}) need credentials, or AWS_ENDPOINT_URL, in the environment.`]
      : []),
    ...(served.others.length > 0
      ? [`Serving the API ${served.name}. Choose another with --api: ${served.others.join(', ')}`]
      : []),
  ];
}

/** Commands that work as they are pasted into a shell. */
export function commands({ url, issuer, tenant, routes }: LocalStack): readonly string[] {
  const scopes = [...new Set(routes().flatMap(({ access }) => requiredScopes(access)))];
  const request = {
    client_id: issuer?.clientId ?? '…',
    client_secret: issuer?.clientSecret ?? '…',
    audience: tenant.audience,
    grant_type: 'client_credentials',
    ...(issuer && scopes.length > 0 ? { scope: scopes.join(' ') } : {}),
  };
  const trust = issuer ? ` --cacert ${issuer.certificateFile}` : '';
  const address = `${issuer?.url ?? `https://${tenant.domain}`}/oauth2/m2m/token`;
  const read = `node -pe 'JSON.parse(fs.readFileSync(0)).access_token'`;
  const token = `TOKEN=$(curl -s${trust} ${address} -H 'Content-Type: application/json' -d '${JSON.stringify(request)}' | ${read})`;
  const calls = routes()
    .filter(({ method, path }) => method === 'GET' && !path.includes('{'))
    .map(
      ({ path, access }) => `curl -i${access === 'public' ? '' : ' -H "Authorization: Bearer $TOKEN"'} ${url}${path}`,
    );
  return [token, ...calls];
}
