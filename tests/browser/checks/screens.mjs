// Pictures for people to judge; made only when CARREL_SHOTS names a folder.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { ACCOUNT_PAGES } from '../target.mjs';
import { NARROW, WIDE } from '../visit.mjs';

export default function (check, target) {
  const folder = process.env.CARREL_SHOTS;
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  const names = ['topic', 'home', 'error', 'trust', 'rtl',
    ...(target.samples ? ['empty', ...ACCOUNT_PAGES] : [])];
  for (const name of names) {
    check(`pictures of the page "${name}" are taken`, async (open) => {
      for (const size of [WIDE, NARROW]) {
        for (const scheme of ['light', 'dark']) {
          const page = await open(name, { size, scheme, scale: size === NARROW ? 2 : 1 });
          await page.waitForLoadState('networkidle');
          await page.screenshot({ path: join(folder, `${name}-${size.width}-${scheme}.png`) });
        }
      }
    });
  }
}
