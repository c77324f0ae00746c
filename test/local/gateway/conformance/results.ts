import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { projectRoot } from '../../../../infra/bundling';
import type { Source } from './row';
import { doubtful } from './table';

const RESULTS_FILE = join(projectRoot, 'docs', 'local-gateway', 'results.json');
const PAGE = join(projectRoot, 'docs', 'local-gateway.md');

/** How one server did. */
export interface Result {
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly areas: readonly Area[];
  /** Of the local gateway alone: the page names them. */
  readonly unmet?: readonly Unmet[];
}

interface Area {
  readonly area: string;
  readonly met: number;
  readonly rows: number;
}

export interface Unmet {
  readonly area: string;
  readonly fact: string;
  readonly kind: Source['kind'];
  readonly difference: string;
}

export const LOCAL = 'the local gateway';

type Results = Readonly<Record<string, Result>>;

/** Keeps a server's result, and writes the page anew from the results of all. */
export function writeResult(
  server: string,
  result: Required<Result>,
  counts: Readonly<Record<Source['kind'], number>>,
): void {
  const { unmet, ...scores } = result;
  const results: Results = { ...readResults(), [server]: server === LOCAL ? { ...scores, unmet } : scores };
  mkdirSync(dirname(RESULTS_FILE), { recursive: true });
  writeFileSync(RESULTS_FILE, `${JSON.stringify(results, null, 2)}\n`);
  writeFileSync(PAGE, page(results, counts));
}

const readResults = (): Results =>
  existsSync(RESULTS_FILE) ? (JSON.parse(readFileSync(RESULTS_FILE, 'utf8')) as Results) : {};

export const score = ({ areas }: Pick<Result, 'areas'>): { met: number; rows: number } => ({
  met: areas.reduce((sum, { met }) => sum + met, 0),
  rows: areas.reduce((sum, { rows }) => sum + rows, 0),
});

function page(results: Results, counts: Readonly<Record<Source['kind'], number>>): string {
  const servers = Object.entries(results).sort(([one], [other]) => Number(other === LOCAL) - Number(one === LOCAL));
  const areas = [...new Set(servers.flatMap(([, result]) => result.areas.map(({ area }) => area)))];
  const cell = (result: Result, area: string): string => {
    const found = result.areas.find((own) => own.area === area);
    return found ? `${found.met}/${found.rows}` : '–';
  };
  const total = (result: Result): string => {
    const { met, rows } = score(result);
    return `**${met}/${rows}**`;
  };
  return `<!-- Written by \`npm run conformance\` and \`npm run rehearse -- --conformance\`. -->
# The local gateway, compared with API Gateway

\`npm start\` serves the API the way a Regional REST API of API Gateway does. A table in
[\`test/local/gateway/conformance\`](../test/local/gateway/conformance/table.ts) says what that means. Each row is one recorded fact, with
the bytes of its request, the expected event and answer, and its source. ${counts.measured} rows were measured on AWS by others, and ${counts.documented} are
documented by AWS. \`npm test\` tries every row on the local gateway, over raw sockets. The table below counts the rows that each server meets:

| area | ${servers.map(([name]) => name).join(' | ')} |
| --- | ${servers.map(() => '---:').join(' | ')} |
${areas.map((area) => `| ${area} | ${servers.map(([, result]) => cell(result, area)).join(' | ')} |`).join('\n')}
| all | ${servers.map(([, result]) => total(result)).join(' | ')} |
| tried | ${servers.map(([, { date }]) => date).join(' | ')} |

## Try the rows yourself

| command | tries the rows on |
| --- | --- |
| \`npm run conformance\` | the local gateway |
| \`npm run rehearse -- --conformance\` | an AWS emulator on this machine; needs Python |
| \`npm run conformance -- --serverless FOLDER\` | nothing yet: it writes the lab for \`serverless offline\`; give that server's address to the next command |
| \`npm run conformance -- --url URL\` | any deployed lab; \`--binary-url URL\` adds the one with binary media types, and \`--name NAME\` writes its score into this page |

serverless-offline has no gateway responses and no binary media types. It exits when a handler sends a \`Trailer\`, so it was restarted there.

To deploy the lab, write its template with \`npm run conformance -- --template > lab.json\`, and then run \`aws cloudformation deploy
--template-file lab.json --stack-name lab --capabilities CAPABILITY_IAM\`. With \`--binary\` you get the lab with binary media types. Its
address is \`https://{api}.execute-api.{region}.amazonaws.com/dev\`. Delete the lab afterwards, because it does whatever its callers say.

## Rows that the local gateway does not meet

${unmetLines(results[LOCAL]?.unmet ?? [])}
## What no row asserts

On these points, sources disagree or say nothing:

${doubtful.map((text) => `* ${text}`).join('\n')}

The local gateway does not imitate throttling, IAM, resource policies or response caching. \`npm start\` stops, and names the cause, if a
template needs response caching, a resource policy, an API key, another kind of authorizer or integration, a layer, or another runtime. It
does not check web ACLs, usage plans, custom domains, request validation or compression, and says so in one line.
`;
}

function unmetLines(unmet: readonly Unmet[]): string {
  if (unmet.length === 0) return 'None.\n';
  const rows = unmet.map(
    ({ area, fact, kind, difference }) => `| ${area} | ${tableText(fact)} | ${kind} | ${tableText(difference)} |`,
  );
  return `| area | fact | kind | what differs |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}

const tableText = (text: string): string =>
  text
    .replaceAll('|', '\\|')
    .replaceAll('<', '&lt;')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9+/]{40,}=*/g, '…');
