// With JavaScript switched off everything can still be read and reached.
import assert from 'node:assert/strict';
import { NARROW } from '../visit.mjs';

export default function (check) {
  check('without JavaScript a topic is whole: title, text, code and the way on', async (open) => {
    const page = await open('topic', { script: false });
    assert.ok((await page.locator('h1').innerText()).length > 0);
    assert.ok((await page.locator('.prose').innerText()).length > 200);
    assert.ok(await page.locator('.prose pre code').first().isVisible());
    assert.ok(await page.locator('.pager a').first().isVisible());
    assert.ok(await page.locator('[aria-current=page]').first().isVisible());
  });

  check('without JavaScript groups of the contents unfold and fold', async (open) => {
    const page = await open('topic', { script: false });
    const group = page.locator('#-toc details:not([open])').first();
    const handle = await group.elementHandle();
    const link = await handle.$('a, .toc-label');
    assert.equal(await link.isVisible(), false);
    await (await handle.$('summary')).click();
    assert.equal(await link.isVisible(), true);
    await (await handle.$('summary')).click();
    assert.equal(await link.isVisible(), false);
  });

  check('without JavaScript the contents drawer opens and closes on a phone', async (open) => {
    const page = await open('topic', { script: false, size: NARROW });
    const toc = page.locator('#-toc');
    assert.ok(await toc.isHidden());
    await page.locator('.drawer-button').click();
    assert.ok(await toc.isVisible());
    await page.locator('.drawer-close').click();
    assert.ok(await toc.isHidden());
  });

  check('without JavaScript nothing is offered that would need it', async (open) => {
    const page = await open('topic', { script: false });
    assert.ok(await page.locator('[data-theme-switch]').isHidden());
    assert.equal(await page.locator('.copy').count(), 0);
  });
}
