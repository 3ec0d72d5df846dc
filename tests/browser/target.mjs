// What is tested: a running host, or the sample pages when no host is named.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serveSamples, WORKSPACE_PAGES } from './samples-server.mjs';

const HERE = dirname(fileURLToPath(import.meta.url));
const LOOK_AT = 40;

/** Pages that only the samples have, because a host shows them to nobody or to one person. */
export const ACCOUNT_PAGES = [
  'login', 'login-wrong', 'login-rtl', 'forgot', 'forgot-rtl', 'forgot-sent', 'forgot-no-mail',
  'welcome', 'welcome-rtl', 'account', 'account-rtl', 'notice',
  'backups', 'backups-rtl', 'backups-running', 'backups-part', 'backups-inside',
  'backups-inside-new', 'backups-inside-rtl', 'backups-preview', 'backups-preview-rtl',
  'own-key-none', 'own-key', 'own-key-rtl', 'own-key-running',
  'takeaway', 'takeaway-rtl', 'takeaway-running',
  'shares', 'shares-rtl', 'shares-none',
  'trust-late', 'trust-rtl', 'tokens', 'tokens-rtl', 'token-form', 'token-form-rtl',
  ...WORKSPACE_PAGES,
  'factor', 'factor-wrong', 'factor-rtl', 'confirm', 'confirm-rtl', 'security', 'security-rtl',
  'security-missing', 'app', 'app-rtl', 'codes', 'codes-rtl',
];

export async function sampleTarget(program) {
  const folder = mkdtempSync(join(tmpdir(), 'carrel-samples-'));
  execFileSync(program, [folder, join(HERE, 'samples')], { stdio: 'inherit' });
  const server = await serveSamples(folder, Number(process.env.CARREL_SAMPLES_PORT ?? 0));
  return {
    base: server.base,
    samples: true,
    pages: {
      home: '/', topic: '/docs/agent/install', error: '/docs/agent/nothing-here', trust: '/trust',
      rtl: '/ar/install', empty: '/empty', other: '/docs/agent/configure',
      ...Object.fromEntries(ACCOUNT_PAGES.map((name) => [name, `/${name}`])),
    },
    close: async () => {
      await server.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The features a topic needs so that every check has something to look at. */
function suits() {
  return document.querySelectorAll('.prose pre > code[class*="language-"]').length > 0 &&
    document.querySelectorAll('.onpage a').length > 1 &&
    document.querySelectorAll('#-toc details').length > 0;
}

/** Reads through the portal as a reader would, until a topic has it all. */
async function findTopic(page, base) {
  await page.goto(base);
  const publications = await page.locator('.card a').evaluateAll((as) => as.map((a) => a.href));
  for (const publication of publications) {
    await page.goto(publication);
    const topics = await page.locator('#-toc .toc-link').evaluateAll((as) => as.map((a) => a.href));
    for (const topic of [publication, ...topics].slice(0, LOOK_AT)) {
      await page.goto(topic);
      if (await page.evaluate(suits)) return new URL(page.url()).pathname;
    }
  }
  throw new Error(`no topic at ${base} has a highlighted code example, two sections and a group in ` +
                  'its contents: publish one, or name one in CARREL_TOPIC');
}

export async function hostTarget(base, browser) {
  const page = await browser.newPage();
  try {
    const topic = process.env.CARREL_TOPIC ?? await findTopic(page, base);
    await page.goto(new URL(topic, base).href);
    const other = await page.locator('.pager a').first().getAttribute('href');
    return {
      base,
      samples: false,
      pages: { home: '/', topic, error: '/docs/nothing-here', trust: '/trust', rtl: topic, other },
      close: async () => {},
    };
  } finally {
    await page.close();
  }
}
