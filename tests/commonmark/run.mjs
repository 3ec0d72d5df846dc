// All examples of the CommonMark specification through markdown_render_plain().
//
// usage: node run.mjs RENDER [--show N]     RENDER is the program built from render.c
//
// deviations.json names each example whose result differs, with the reason. The run fails when another one
// differs, and when a listed one does not: a reason that no longer holds must go.

import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tests } from 'commonmark-spec';
import { normalize } from './normalize.mjs';

const [program, option, number] = process.argv.slice(2);
if (program === undefined) {
  console.error('usage: node run.mjs RENDER [--show N]');
  process.exit(2);
}

function renderAll(sources) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, [], { stdio: ['pipe', 'pipe', 'inherit'] });
    const chunks = [];
    child.on('error', reject);
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.on('close', (code) => {
      if (code !== 0) return reject(new Error(`${program} ended with ${code}`));
      const all = Buffer.concat(chunks);
      const results = [];
      for (let at = 0; at < all.length;) {
        const line = all.indexOf('\n', at);
        const length = Number(all.toString('latin1', at, line));
        const end = line + 1 + Math.abs(length);
        results.push(all.toString('utf8', line + 1, end));
        at = end;
      }
      resolve(results);
    });
    for (const source of sources) {
      const bytes = Buffer.from(source, 'utf8');
      child.stdin.write(`${bytes.length}\n`);
      child.stdin.write(bytes);
    }
    child.stdin.end();
  });
}

const examples = tests.map((t) => ({
  number: t.number,
  section: t.section,
  markdown: t.markdown.replaceAll('→', '\t'),
  html: t.html.replaceAll('→', '\t'),
}));
const results = await renderAll(examples.map((e) => e.markdown));
if (results.length !== examples.length)
  throw new Error(`${results.length} answers to ${examples.length} examples`);

if (option === '--show') {
  const i = examples.findIndex((e) => e.number === Number(number));
  console.log(`--- ${examples[i].section}\n${examples[i].markdown}--- expected\n${examples[i].html}` +
    `--- got\n${results[i]}`);
  process.exit(0);
}

const { deviations } = JSON.parse(readFileSync(new URL('deviations.json', import.meta.url), 'utf8'));
const reasons = new Map();
for (const d of deviations)
  for (const n of d.examples) reasons.set(n, d.reason);

let unlisted = 0;
let stale = 0;
let same = 0;
examples.forEach((e, i) => {
  const equal = normalize(e.html) === normalize(results[i]);
  if (equal) same++;
  if (!equal && !reasons.has(e.number)) {
    unlisted++;
    console.log(`example ${e.number} (${e.section}) differs and is not listed\n--- source\n${e.markdown}` +
      `--- expected\n${e.html}--- got\n${results[i]}`);
  }
  if (equal && reasons.has(e.number)) {
    stale++;
    console.log(`example ${e.number} (${e.section}) is listed as a deviation and is none: take it off`);
  }
});
for (const n of reasons.keys())
  if (!examples.some((e) => e.number === n)) {
    stale++;
    console.log(`deviations.json names example ${n}, which does not exist`);
  }
console.log(`${examples.length} examples: ${same} as specified, ${reasons.size} listed deviations, ` +
  `${unlisted} unlisted, ${stale} listed for nothing`);
process.exit(unlisted + stale > 0 ? 1 : 0);
