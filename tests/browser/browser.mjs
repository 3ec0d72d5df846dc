// Debian's Chromium, started so that it trusts exactly the certificates it was given: they go into a
// certificate database below a throw-away HOME, and the real verification stays on.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const FLAGS = [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

function certutil(args) {
  try {
    execFileSync('certutil', args, { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (e) {
    if (e.code === 'ENOENT') {
      throw new Error("certutil is missing: install the Debian package 'libnss3-tools'");
    }
    throw new Error(`certutil ${args[0]} failed: ${e.stderr}`);
  }
}

function trust(home, certificates) {
  const database = join(home, '.pki', 'nssdb');
  mkdirSync(database, { recursive: true });
  certutil(['-N', '--empty-password', '-d', `sql:${database}`]);
  certificates.forEach((file, i) => {
    certutil(['-A', '-d', `sql:${database}`, '-t', 'C,,', '-n', `carrel-${i}`, '-i', file]);
  });
}

export async function startBrowser(certificates) {
  const home = mkdtempSync(join(tmpdir(), 'carrel-browser-'));
  const drop = () => rmSync(home, { recursive: true, force: true });
  try {
    if (certificates.length > 0) trust(home, certificates);
    const browser = await chromium.launch({
      executablePath: process.env.CARREL_CHROMIUM ?? '/usr/bin/chromium',
      env: { ...process.env, HOME: home, XDG_CONFIG_HOME: join(home, '.config') },
      args: FLAGS,
    });
    return { browser, close: async () => { await browser.close(); drop(); } };
  } catch (e) {
    drop();
    throw e;
  }
}
