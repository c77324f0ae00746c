import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Jest's global set-up: finds a Chromium, or says what to install. */
export default function findChromium(): void {
  const { CHROMIUM_PATH } = process.env;
  const candidates = CHROMIUM_PATH ? [CHROMIUM_PATH] : [...INSTALLED, chromium.executablePath()];
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined) {
    const where = CHROMIUM_PATH ? `There is nothing at CHROMIUM_PATH=${CHROMIUM_PATH}.` : 'There is no Chromium.';
    throw new Error(
      `${where}\nThe browser tests need one:\n  Debian, Ubuntu:  apt-get install chromium\n  anywhere:        npx playwright-core install chromium\nor name yours: CHROMIUM_PATH=/path/to/chrome npm run test:browser`,
    );
  }
  process.env.CHROMIUM_PATH = found;
}
