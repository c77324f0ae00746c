// Lints the list of OpenAPI documents on standard input and prints the problems of each as JSON. A process of its own,
// since the linter is an ES module and the tests are CommonJS.
import { text } from 'node:stream/consumers';
import { createConfig, lintFromString } from '@redocly/openapi-core';

// The license of an API is its owner's to say.
const config = await createConfig({ extends: ['recommended'], rules: { 'info-license': 'off' } });
const problems = [];
for (const document of JSON.parse(await text(process.stdin))) {
  const found = await lintFromString({ source: JSON.stringify(document), config });
  problems.push(found.map(({ ruleId, severity, message }) => `${severity} ${ruleId}: ${message}`));
}
console.log(JSON.stringify(problems));
