/**
 * Makes what a release consists of, in `release/`: `npm run release`. Publishes nothing; .github/workflows/release.yml does.
 *
 * * `authaction-aws-<version>.tgz`, the npm package.
 * * `authorizer.zip`, the authorizer without a route table, for SAM, Terraform and others (docs/without-cdk.md).
 * * `notes.md`: the version's section of CHANGELOG.md, and the SHA-256 of the authorizer and of the zip.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type ZippableFile, zipSync } from 'fflate';
import { projectRoot } from '../infra/bundling';
import { takesNoArguments } from '../terminal/usage';
import { packPackage } from './package';

/**
 * Zips the prebuilt authorizer: its code and the licenses of what it bundles. The same content makes the same bytes.
 *
 * @param lib folder that holds `authorizer/`, as `npm run package` builds it.
 */
export function authorizerZip(lib: string): Uint8Array {
  const mtime = new Date(1980, 0, 1); // a zip has local times: this one is the same in every zone
  const files = ['index.js', 'LICENSES.txt'].map((name) => {
    const entry: ZippableFile = [readFileSync(join(lib, 'authorizer', name)), { mtime }];
    return [name, entry] as const;
  });
  return zipSync(Object.fromEntries(files), { level: 9 });
}

/**
 * The notes of a release.
 *
 * @param changelog text of CHANGELOG.md.
 * @param sums SHA-256 of each file, in hexadecimal, by its name.
 * @throws Error when the changelog has no section for the version.
 */
export function releaseNotes(changelog: string, version: string, sums: Readonly<Record<string, string>>): string {
  const heading = `\n## ${version}`;
  const start = changelog.indexOf(heading);
  if (start < 0)
    throw new Error(`CHANGELOG.md has no section "## ${version}": rename "Unreleased", or set the version.`);
  const section = changelog.slice(changelog.indexOf('\n', start + 1));
  const end = section.indexOf('\n## ');
  const changes = (end < 0 ? section : section.slice(0, end)).trim();
  const list = Object.entries(sums).map(([name, sum]) => `* \`${name}\`: \`${sum}\``);
  return `${changes}\n\n### SHA-256\n\n${list.join('\n')}\n`;
}

export const sha256 = (content: Uint8Array): string => createHash('sha256').update(content).digest('hex');

async function main(): Promise<void> {
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { version: string };
  const changelog = readFileSync(join(projectRoot, 'CHANGELOG.md'), 'utf8');
  releaseNotes(changelog, version, {}); // before anything is built
  const folder = join(projectRoot, 'release');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const tarball = await packPackage(folder);
  const lib = join(folder, 'source', 'lib');
  const zip = authorizerZip(lib);
  writeFileSync(join(folder, 'authorizer.zip'), zip);
  const sums = {
    'lib/authorizer/index.js': sha256(readFileSync(join(lib, 'authorizer', 'index.js'))),
    'authorizer.zip': sha256(zip),
    [basename(tarball)]: sha256(readFileSync(tarball)),
  };
  writeFileSync(join(folder, 'notes.md'), releaseNotes(changelog, version, sums));
  rmSync(join(folder, 'source'), { recursive: true });
  for (const [name, sum] of Object.entries(sums)) console.log(`${sum}  ${name}`);
}

if (require.main === module) {
  takesNoArguments('npm run release: makes the package, authorizer.zip and the notes of a release, in release/');
  main().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
