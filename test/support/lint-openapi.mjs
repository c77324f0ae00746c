// Lints the OpenAPI document on standard input and prints its problems as JSON. A process of its own, since the linter
// is an ES module and the tests are CommonJS.
import { text } from 'node:stream/consumers';
import { createConfig, lintFromString } from '@redocly/openapi-core';

// The license of an API is its owner's to say.
const config = await createConfig({ extends: ['recommended'], rules: { 'info-license': 'off' } });
const found = await lintFromString({ source: await text(process.stdin), config });
console.log(JSON.stringify(found.map(({ ruleId, severity, message }) => `${severity} ${ruleId}: ${message}`)));
