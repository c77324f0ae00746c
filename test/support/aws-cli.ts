import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Writes an AWS CLI into a folder: a shell script, which starts in a thirtieth of the time that Node does. Each call is
 * noted in the file `calls`, its arguments separated by tabs.
 *
 * @param answers by what the call contains, such as `list-stack-resources`, or several such separated by `*`; the first
 * that fits. Any other call has no answer.
 * @param failing such a call, which fails.
 */
export function writeAwsCli(folder: string, answers: Readonly<Record<string, unknown>>, failing?: string): void {
  const fits = (call: string): string => `*" ${call.replaceAll('*', '"*"')} "*)`;
  const cases = Object.entries(answers).map(([call, answer], index) => {
    const file = join(folder, `answer-${index}.json`);
    writeFileSync(file, JSON.stringify(answer));
    return `${fits(call)} cat '${file}' ;;`;
  });
  const script = [
    '#!/bin/sh',
    'export PATH=/usr/bin:/bin',
    `{ printf '%s\\t' "$@"; echo; } >> '${join(folder, 'calls')}'`,
    'case " $* " in',
    ...(failing === undefined ? [] : [`${fits(failing)} echo 'no such call' >&2; exit 254 ;;`]),
    ...cases,
    'esac',
  ];
  writeFileSync(join(folder, 'aws'), `${script.join('\n')}\n`, { mode: 0o755 });
}
