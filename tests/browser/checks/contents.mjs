// The reader knows where they are, in the publication and on the page.
import assert from 'node:assert/strict';

export default function (check, target) {
  check('exactly one entry of the contents is the current one, open and in view', async (open) => {
    const page = await open('topic');
    const current = page.locator('#-toc [aria-current=page]');
    assert.equal(await current.count(), 1);
    const [entry, column] = [await current.boundingBox(), await page.locator('#-toc').boundingBox()];
    assert.ok(entry.y >= column.y && entry.y + entry.height <= column.y + column.height);
  });

  check('scrolling marks the section that is being read', async (open) => {
    const page = await open('topic');
    await page.emulateMedia({ reducedMotion: 'reduce' });
    for (const index of [1, 0]) {
      const link = page.locator('.onpage a').nth(index);
      const id = decodeURIComponent((await link.getAttribute('href')).slice(1));
      await page.evaluate((target) => document.getElementById(target).scrollIntoView(), id);
      await page.waitForFunction((target) => {
        const marked = [...document.querySelectorAll('.onpage [aria-current=true]')];
        return marked.length === 1 && decodeURIComponent(marked[0].hash) === `#${target}`;
      }, id);
    }
    await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
    await page.waitForFunction(() => document.querySelector('.onpage [aria-current=true]') ===
      [...document.querySelectorAll('.onpage a')].at(-1));
  });

  check('a group that was unfolded stays so on the next page', async (open) => {
    const page = await open('topic');
    const summary = page.locator('#-toc details:not([open]) > summary').first();
    const name = await summary.innerText();
    await summary.click();
    await page.goto(new URL(target.pages.other, target.base).href);
    const again = page.locator('#-toc summary', { hasText: name }).first();
    assert.equal(await again.evaluate((s) => s.parentElement.open), true);
  });

  check('the drawer closes when the window becomes wide enough for the column', async (open) => {
    const page = await open('topic', { size: { width: 390, height: 844 } });
    await page.locator('.drawer-button').click();
    await page.setViewportSize({ width: 1280, height: 900 });
    await page.waitForFunction(() => !document.getElementById('-toc').matches(':popover-open'));
    assert.ok(await page.locator('#-toc').isVisible());
  });

  check('previous and next say which topic they lead to, and lead there', async (open) => {
    const page = await open('topic');
    const way = page.locator('.pager a').last();
    const title = await way.locator('.pager-title').innerText();
    assert.ok(title.length > 0);
    const href = await way.getAttribute('href');
    await way.click();
    await page.waitForURL((url) => url.pathname === href);
    assert.ok((await page.locator('h1').innerText()).length > 0);
  });
}
