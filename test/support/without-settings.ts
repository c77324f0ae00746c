import { settingsTable } from '../../infra/settings';

const NAMES: readonly string[] = [...Object.keys(settingsTable), 'AUTHACTION_CLIENT_ID', 'AUTHACTION_CLIENT_SECRET'];

/** This process's environment as of a developer who has configured nothing, for commands that a test starts. */
export const environmentWithoutSettings = (): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !NAMES.includes(name)));
