import { existsSync, mkdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** CPU time Lambda gives in proportion to memory: one full vCPU at 1,769 MB (AWS Lambda developer guide). */
export const shareOf = (megabytes: number): number => megabytes / 1_769;

/** Keeps a process to a share of one CPU, in slices of 20 ms. */
export interface CpuLimiter {
  /** How it is done, for the report. */
  readonly method: 'cgroup cpu quota' | 'SIGSTOP/SIGCONT duty cycle';
  /** @returns a function that lets the process go again. */
  limit(pid: number): () => void;
  close(): void;
}

const PERIOD_US = 20_000;

/** A limiter by the kernel's own quota where this user may set one, else by stopping and continuing the process. */
export function cpuLimiter(share: number): CpuLimiter {
  return cgroupLimiter(share) ?? dutyCycleLimiter(share);
}

function cgroupLimiter(share: number): CpuLimiter | undefined {
  const quota = Math.round(share * PERIOD_US);
  for (const root of ['/sys/fs/cgroup/cpu', '/sys/fs/cgroup']) {
    const group = join(root, `bench-${process.pid}`);
    try {
      if (!existsSync(join(root, 'cgroup.procs'))) continue;
      mkdirSync(group);
      if (existsSync(join(group, 'cpu.cfs_quota_us'))) {
        writeFileSync(join(group, 'cpu.cfs_period_us'), `${PERIOD_US}`);
        writeFileSync(join(group, 'cpu.cfs_quota_us'), `${quota}`);
      } else {
        writeFileSync(join(group, 'cpu.max'), `${quota} ${PERIOD_US}`);
      }
    } catch {
      if (existsSync(group)) rmdirSync(group);
      continue; // no right to do so, or no cpu controller
    }
    return {
      method: 'cgroup cpu quota',
      limit(pid) {
        writeFileSync(join(group, 'cgroup.procs'), `${pid}`);
        return () => writeFileSync(join(root, 'cgroup.procs'), `${pid}`);
      },
      close: () => rmdirSync(group),
    };
  }
  return undefined;
}

function dutyCycleLimiter(share: number): CpuLimiter {
  return {
    method: 'SIGSTOP/SIGCONT duty cycle',
    limit(pid) {
      // Timers are good to a millisecond: slices of five, further apart.
      const runMs = 5;
      let timer: NodeJS.Timeout;
      const run = () => {
        process.kill(pid, 'SIGCONT');
        timer = setTimeout(pause, runMs);
      };
      const pause = () => {
        process.kill(pid, 'SIGSTOP');
        timer = setTimeout(run, runMs / share - runMs);
      };
      pause();
      return () => {
        clearTimeout(timer);
        process.kill(pid, 'SIGCONT');
      };
    },
    close() {},
  };
}
