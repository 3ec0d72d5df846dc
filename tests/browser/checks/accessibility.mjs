// axe-core finds nothing to complain about, in every look a page can have.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { ACCOUNT_PAGES } from '../target.mjs';
import { NARROW, WIDE } from '../visit.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

async function audit(page) {
  // The debugger's own evaluation, so the page's policy stays in force.
  await page.evaluate(`${AXE};0`);
  const { violations, passes } = await page.evaluate(
    (rules) => globalThis.axe.run(document, { runOnly: rules }), RULES);
  if (passes.length < 10) throw new Error(`axe ran only ${passes.length} rules`);
  if (violations.length > 0) {
    throw new Error(violations.flatMap((v) => v.nodes.map(
      (n) => `${v.id}: ${v.help}\n  ${n.html}\n  ${n.failureSummary}`)).join('\n'));
  }
}

const LOOKS = [
  ['in light colours', { size: WIDE, scheme: 'light' }],
  ['in dark colours', { size: WIDE, scheme: 'dark' }],
  ['on a phone', { size: NARROW, scheme: 'light' }],
  ['on a phone in dark colours', { size: NARROW, scheme: 'dark' }],
];

export default function (check, target) {
  const pages = { topic: 'a topic', home: 'the home page', error: 'an error page', trust: 'the Trust page' };
  if (target.samples) {
    pages.empty = 'an empty home page';
    for (const name of ACCOUNT_PAGES) pages[name] = `the page "${name}"`;
  }
  for (const [name, words] of Object.entries(pages)) {
    for (const [look, options] of LOOKS) {
      check(`axe finds no barrier in ${words} ${look}`, async (open) => {
        await audit(await open(name, options));
      });
    }
  }
  for (const [look, options] of LOOKS) {
    check(`axe finds no barrier in a right-to-left topic ${look}`, async (open) => {
      await audit(await open('rtl', options));
    });
  }
  check('axe finds no barrier in a topic whose contents drawer is open', async (open) => {
    const page = await open('topic', { size: NARROW });
    await page.locator('.drawer-button').click();
    await audit(page);
  });
  if (target.samples) {
    check('axe finds no barrier in the strength hint at any level, in both themes', async (open) => {
      for (const scheme of ['light', 'dark']) {
        const page = await open('welcome', { scheme });
        for (const password of ['abc', 'weaker', 'Password1!', 'correct-Horse-7-battery']) {
          await page.locator('[id="-password"]').fill(password);
          await page.locator('.reveal').click();
          await audit(page);
        }
      }
    });
  }
  check('axe finds no barrier once all code is coloured, in both themes', async (open) => {
    for (const scheme of ['light', 'dark']) {
      const page = await open('topic', { scheme });
      for (const code of await page.locator('.prose pre > code').all()) {
        await code.scrollIntoViewIfNeeded();
      }
      await page.locator('.prose [class^="hljs-"]').first().waitFor();
      await page.waitForLoadState('networkidle');
      await audit(page);
    }
  });
}
