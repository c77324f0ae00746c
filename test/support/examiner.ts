import { fork } from 'node:child_process';
import { once } from 'node:events';
import { type Examination, examine } from '../../cli/doctor/doctor';
import type { Report } from '../../cli/doctor/report';
import { bareEnvironment, TSX } from './run-tool';

/** The doctor's examinations without its command: one process for all of them. */
export interface Examiner {
  examine(examination: Examination): Promise<Report>;
  stop(): void;
}

/** Starts a process that trusts an authority: Node reads which one when it starts. */
export function startExaminer(caFile: string): Examiner {
  const child = fork(__filename, { execArgv: TSX, env: { ...bareEnvironment(), NODE_EXTRA_CA_CERTS: caFile } });
  return {
    async examine(examination) {
      child.send(examination);
      const [report] = await once(child, 'message');
      return report as Report;
    },
    stop: () => child.kill(),
  };
}

if (require.main === module) {
  process.on('message', async (examination: Examination) => process.send?.(await examine(examination)));
}
