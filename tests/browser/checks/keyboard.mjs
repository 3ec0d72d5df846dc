// All of it works without a pointer.
import assert from 'node:assert/strict';
import { NARROW } from '../visit.mjs';

const focused = () => document.activeElement?.className || document.activeElement?.tagName;

export default function (check) {
  check('the first Tab shows the skip link, and Enter moves on to the text', async (open) => {
    for (const name of ['topic', 'home', 'error', 'trust']) {
      const page = await open(name);
      await page.keyboard.press('Tab');
      assert.equal(await page.evaluate(focused), 'skip');
      const box = await page.locator('.skip').boundingBox();
      assert.ok(box.y >= 0, 'the focused skip link is inside the window');
      await page.keyboard.press('Enter');
      assert.equal(await page.evaluate(() => document.activeElement?.id), '-main');
      await page.keyboard.press('Tab');
      assert.ok(await page.evaluate(() => document.getElementById('-main')
        .compareDocumentPosition(document.activeElement) & Node.DOCUMENT_POSITION_CONTAINED_BY ||
        document.getElementById('-main').compareDocumentPosition(document.activeElement) &
        Node.DOCUMENT_POSITION_FOLLOWING), 'the next Tab goes on from the text');
    }
  });

  check('the contents drawer opens by keyboard, closes by Escape and gives the focus back',
    async (open) => {
      const page = await open('topic', { size: NARROW });
      await page.locator('.drawer-button').focus();
      await page.keyboard.press('Enter');
      await page.locator('#-toc').waitFor({ state: 'visible' });
      await page.keyboard.press('Tab');
      assert.ok(await page.evaluate(() => document.activeElement.closest('#-toc') !== null));
      await page.keyboard.press('Escape');
      await page.locator('#-toc').waitFor({ state: 'hidden' });
      assert.match(await page.evaluate(focused), /drawer-button/);
    });

  check('everything that takes the focus shows it', async (open) => {
    const page = await open('topic');
    const seen = new Set();
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      const now = await page.evaluate(() => {
        const at = document.activeElement;
        if (at === null || at === document.body) return null;
        const styles = [at, at.closest('.theme-choice'), at.closest('.card')]
          .filter((e) => e !== null).map((e) => getComputedStyle(e));
        return {
          what: at.outerHTML.slice(0, 120),
          shown: styles.some((s) => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2),
        };
      });
      if (now === null || seen.has(now.what)) break;
      seen.add(now.what);
      assert.ok(now.shown, `no outline on ${now.what}`);
    }
    assert.ok(seen.size > 10, `only ${seen.size} places take the focus`);
  });

  check('a code example that is wider than the page scrolls by keyboard', async (open) => {
    const page = await open('topic', { size: NARROW });
    const wide = page.locator('.prose pre').first();
    await wide.evaluate((pre) => pre.querySelector('code').append('x'.repeat(400)));
    await wide.focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForFunction(() => document.activeElement.scrollLeft > 0);
  });
}
