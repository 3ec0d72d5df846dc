// The document that the API says of itself, against the JSON schema of OpenAPI 3.1 and its own references.
//
// usage: node run.mjs DESCRIBE     DESCRIBE is the program built from tests/unit/proc/describe.c
//
// Every check is also tried on a document that was broken on purpose, so that none can pass by looking away.

import { execFileSync } from 'node:child_process';
import { Validator } from '@seriousme/openapi-schema-validator';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const [program] = process.argv.slice(2);
if (program === undefined) {
  console.error('usage: node run.mjs DESCRIBE');
  process.exit(2);
}

const text = execFileSync(program, ['document'], { encoding: 'utf8', maxBuffer: 1 << 24 });
const fresh = () => JSON.parse(text);

function operations(document) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method, operation })));
}

// Each check returns what is wrong, as an array of sentences.

async function fitsTheSchema(document) {
  const validator = new Validator();
  const result = await validator.validate(structuredClone(document));
  if (validator.version !== '3.1') return [`the document is taken for OpenAPI ${validator.version}`];
  return result.valid ? [] : [JSON.stringify(result.errors).slice(0, 400)];
}

function namesAreUnique(document) {
  const ids = operations(document).map(({ operation }) => operation.operationId);
  return ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `${id} is there twice`);
}

function pathsHaveTheirParameters(document) {
  return operations(document).flatMap(({ path, operation }) => {
    const wanted = [...path.matchAll(/\{([a-z]+)\}/g)].map((m) => m[1]).sort();
    const given = operation.parameters.filter((p) => p.in === 'path').map((p) => p.name).sort();
    return wanted.join() === given.join() ? [] : [`${operation.operationId}: ${wanted} is not ${given}`];
  });
}

function schemasAreStrictAndSound(document) {
  const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true });
  const wrong = [];
  addFormats(ajv);
  ajv.addKeyword('components');     // where OpenAPI keeps them; no keyword of JSON Schema
  ajv.addSchema({ $id: 'https://carrel.example/api', components: { schemas: document.components.schemas } });
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    try {
      ajv.compile({ $ref: `https://carrel.example/api#/components/schemas/${name}` });
    } catch (error) {
      wrong.push(`${name}: ${error.message}`);
    }
    if (Object.keys(schema.properties).length > 0 && schema.additionalProperties !== false) wrong.push(`${name} is open`);
    for (const member of schema.required) {
      if (!(member in schema.properties)) wrong.push(`${name} needs ${member}, which it has not`);
    }
  }
  return wrong;
}

function refusalsAreSaid(document) {
  return operations(document).flatMap(({ operation }) => {
    if (operation.security.length === 0) return [];
    const missing = ['401', '403', '404', '429'].filter((status) => !(status in operation.responses));
    return missing.map((status) => `${operation.operationId} does not say ${status}`);
  });
}

function nothingTakesAPassword(document) {
  return /"(password|access_token)"/.test(JSON.stringify(document)) ? ['a password or a token is a parameter'] : [];
}

const first = (document) => operations(document)[3].operation;
const checks = [
  ['the document fits the schema of OpenAPI 3.1', fitsTheSchema, (d) => delete d.info.title],
  ['and is noticed when a parameter is nowhere', fitsTheSchema, (d) => { d.paths['/api/v1/people'].get.parameters[0].in = 'body'; }],
  ['every operation has a name of its own', namesAreUnique, (d) => { first(d).operationId = 'people'; }],
  ['every path has its parameters', pathsHaveTheirParameters, (d) => { d.paths['/api/v1/people/{id}'].get.parameters = []; }],
  ['every schema is sound and closed', schemasAreStrictAndSound, (d) => { d.components.schemas.person.required.push('shoe_size'); }],
  ['every refusal is said', refusalsAreSaid, (d) => delete d.paths['/api/v1/log'].get.responses['401']],
  ['no password and no token is a parameter', nothingTakesAPassword,
    (d) => { d.paths['/api/v1/people'].post.requestBody.content['application/json'].schema.properties.password = {}; }],
];

let passed = 0;
for (const [sentence, check, breakIt] of checks) {
  const broken = fresh();
  breakIt(broken);
  const wrong = await check(fresh());
  const noticed = await check(broken);
  if (noticed.length === 0) wrong.push('a document broken on purpose passes as well');
  passed += wrong.length === 0;
  console.log(`${wrong.length === 0 ? 'ok     ' : 'FAILED '} ${sentence}${wrong.slice(0, 5).map((w) => `\n        ${w}`).join('')}`);
}
console.log(`${passed} passed, ${checks.length - passed} failed`);
process.exit(passed === checks.length ? 0 : 1);
