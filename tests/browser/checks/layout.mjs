// Pages fit every window, and nothing covers what a reader asked for.
import assert from 'node:assert/strict';
import { ACCOUNT_PAGES } from '../target.mjs';
import { NARROW, WIDE } from '../visit.mjs';

const overflow = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;

export default function (check, target) {
  const more = target.samples ? ACCOUNT_PAGES : [];
  for (const name of ['topic', 'home', 'error', 'trust', 'rtl', ...more]) {
    check(`the page "${name}" needs no sideways scrolling at 320, 390 and 768 pixels`, async (open) => {
      for (const width of [320, 390, 768]) {
        const page = await open(name, { size: { width, height: 800 } });
        assert.equal(await page.evaluate(overflow), 0, `at ${width} pixels`);
      }
    });
  }

  check('a topic still fits 320 pixels with the text spacing of WCAG 1.4.12', async (open) => {
    const page = await open('topic', { size: { width: 320, height: 800 } });
    await page.evaluate(() => {
      for (const element of document.querySelectorAll('body *')) {
        element.style.letterSpacing = '0.12em';
        element.style.wordSpacing = '0.16em';
        element.style.lineHeight = '1.5';
      }
    });
    assert.equal(await page.evaluate(overflow), 0);
  });

  check('a wide window shows contents, text and sections side by side', async (open) => {
    const page = await open('topic', { size: WIDE });
    const [toc, main, rail] = await Promise.all(
      ['#-toc', 'main', '.onpage'].map((s) => page.locator(s).boundingBox()));
    assert.ok(toc.x + toc.width <= main.x, 'contents are before the text');
    assert.ok(main.x + main.width <= rail.x, 'sections are behind the text');
    assert.ok(await page.locator('.onpage-narrow').isHidden());
    assert.ok(await page.locator('.drawer-button').isHidden());
  });

  check('in a right-to-left page the columns are mirrored and code is not', async (open) => {
    const page = await open('rtl', { size: WIDE });
    const [toc, main, rail] = await Promise.all(
      ['#-toc', 'main', '.onpage'].map((s) => page.locator(s).boundingBox()));
    assert.ok(rail.x + rail.width <= main.x && main.x + main.width <= toc.x);
    const direction = await page.locator('.prose pre').first()
      .evaluate((pre) => [getComputedStyle(pre).direction, getComputedStyle(pre).textAlign]);
    assert.deepEqual(direction, ['ltr', 'left']);
  });

  check('a phone shows the text first, and the sections as a closed list under the title',
    async (open) => {
      const page = await open('topic', { size: NARROW });
      assert.ok(await page.locator('#-toc').isHidden());
      assert.ok(await page.locator('.onpage').isHidden());
      const list = page.locator('.onpage-narrow');
      assert.equal(await list.getAttribute('open'), null);
      await list.locator('summary').click();
      assert.ok(await list.locator('a').first().isVisible());
    });

  // Only where the topic is known to have no picture: one without a size in its markup moves the text.
  if (target.samples) check('nothing jumps when the scripts take over', async (open) => {
    const page = await open('rtl', {
      init: () => {
        globalThis.moved = [];
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) {
            globalThis.moved.push(...entry.sources.map((s) => s.node?.outerHTML?.slice(0, 100)));
          }
        }).observe({ type: 'layout-shift', buffered: true });
      },
    });
    await page.locator('.copy').first().waitFor();
    await page.waitForTimeout(500);
    assert.deepEqual(await page.evaluate(() => globalThis.moved), []);
  });

  check('the header bar never covers the section a link leads to', async (open) => {
    const page = await open('topic', { size: WIDE });
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const link = page.locator('.onpage a').nth(1);
    const id = decodeURIComponent((await link.getAttribute('href')).slice(1));
    await link.click();
    await page.waitForFunction(() => scrollY > 0);
    const bar = await page.locator('.bar').boundingBox();
    const heading = await page.locator(`[id="${id}"]`).boundingBox();
    assert.ok(heading.y >= bar.y + bar.height, `${heading.y} is below ${bar.height}`);
  });
}
