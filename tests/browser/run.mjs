// What a reader's browser does with Carrel's pages.
//
//   node run.mjs BUILD                         the sample pages of a build directory
//   node run.mjs --samples PROGRAM             the sample pages that PROGRAM (page-samples) writes
//   node run.mjs https://docs.localhost:8443/ CA.pem [CA.pem ...]      a running host
//   CARREL_BASE and CARREL_CA (files joined by ':') say the same in the environment.
//
// CARREL_TOPIC   path of the topic to look at (a host's; otherwise one is found)
// CARREL_SHOTS   folder for screenshots; without it none are made
// CARREL_ONLY    run only the checks whose sentence contains this text
//
// Every check is a sentence, and fails as well when the page breaks the content security policy, asks
// another host, or writes an error to the console.
import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startBrowser } from './browser.mjs';
import { hostTarget, sampleTarget } from './target.mjs';
import { visit } from './visit.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const TIMEOUT_MS = 60_000;

function parse(args) {
  if (args[0] === '--samples' && args.length === 2) return { program: args[1], certificates: [] };
  const base = process.env.CARREL_BASE ?? args[0];
  if (base === undefined || base.startsWith('--')) {
    throw new Error('name a build directory, or a host: https://docs.localhost:8443/ CA.pem');
  }
  if (!/^https?:\/\//.test(base)) {
    return { program: resolve(base, 'tests/unit/page/page-samples'), certificates: [] };
  }
  const certificates = args.length > 1 ? args.slice(1)
    : (process.env.CARREL_CA ?? '').split(':').filter((file) => file !== '');
  return { base: new URL(base).href, certificates };
}

async function collect(target) {
  const checks = [];
  const add = (sentence, body) => checks.push({ sentence, body });
  for (const file of readdirSync(join(HERE, 'checks')).filter((f) => f.endsWith('.mjs')).sort()) {
    (await import(`./checks/${file}`)).default(add, target);
  }
  const only = process.env.CARREL_ONLY;
  return only === undefined ? checks : checks.filter((c) => c.sentence.includes(only));
}

async function withDeadline(promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`took longer than ${TIMEOUT_MS} ms`)), TIMEOUT_MS);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function runOne({ sentence, body }, browser, target) {
  const problems = [];
  const contexts = new Set();
  const open = async (path, options = {}) => {
    const page = await visit(browser, target, path, options, problems);
    contexts.add(page.context());
    return page;
  };
  try {
    await withDeadline(body(open));
    if (problems.length > 0) throw new Error(problems.join('\n'));
    console.log(`ok    ${sentence}`);
    return true;
  } catch (e) {
    const why = String(e.message).replace(/\x1b\[\d+m/g, '').replace(/^/gm, '      ');
    console.log(`FAIL  ${sentence}\n${why}`);
    return false;
  } finally {
    for (const context of contexts) await context.close();
  }
}

async function main() {
  const { program, base, certificates } = parse(process.argv.slice(2));
  const { browser, close } = await startBrowser(certificates);
  let target;
  let passed = 0;
  let failed = 0;
  try {
    target = program === undefined ? await hostTarget(base, browser) : await sampleTarget(program);
    for (const check of await collect(target)) {
      if (await runOne(check, browser, target)) passed++;
      else failed++;
    }
  } finally {
    await close();
    await target?.close();
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

main().catch((e) => {
  console.error(e.message);
  process.exitCode = 2;
});
