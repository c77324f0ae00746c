import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openApiDocument } from '../../client/openapi';
import { routes } from '../../infra/app-routes';
import { projectRoot } from '../../infra/bundling';
import { takesNoArguments } from '../../terminal/usage';

takesNoArguments('npm run openapi: writes docs/openapi.json from the route table');
const file = join(projectRoot, 'docs', 'openapi.json');
writeFileSync(file, `${JSON.stringify(openApiDocument(routes), null, 2)}\n`);
console.log('docs/openapi.json');
