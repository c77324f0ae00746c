import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../infra/bundling';
import { pythonPrograms } from './python';

const PARSER = 'python-hcl2==8.1.4';

/** What a check was made with, and what it says where it failed. */
export interface GuideCheck {
  readonly title: string;
  readonly failure?: string;
}

/**
 * Checks `examples/terraform` with `terraform validate` where Terraform and its provider registry are available, else with a
 * parser of its language only.
 */
export function checkTerraform(): GuideCheck {
  const folder = mkdtempSync(join(tmpdir(), 'authaction-terraform-'));
  try {
    cpSync(join(projectRoot, 'examples', 'terraform'), folder, { recursive: true });
    const terraform = (...args: readonly string[]) =>
      spawnSync('terraform', [...args, '-no-color'], { cwd: folder, encoding: 'utf8', timeout: 120_000 });
    const format = terraform('fmt', '-check');
    if (!format.error && format.status !== 0) return { title: 'terraform fmt', failure: format.stdout + format.stderr };
    if (!format.error && terraform('init', '-backend=false').status === 0) {
      const { status, stdout, stderr } = terraform('validate');
      return { title: 'terraform validate', ...(status === 0 ? {} : { failure: stdout + stderr }) };
    }
    return parse(join(folder, 'main.tf'), format.error ? 'no terraform' : 'terraform fmt; no provider registry');
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function parse(file: string, instead: string): GuideCheck {
  const python = join(pythonPrograms('hcl', [PARSER]), 'python');
  const program = 'import hcl2, sys; hcl2.load(open(sys.argv[1]))';
  const { status, stderr } = spawnSync(python, ['-c', program, file], { encoding: 'utf8' });
  return { title: `python-hcl2 (${instead})`, ...(status === 0 ? {} : { failure: stderr }) };
}
