// On paper there is the topic and nothing else.
import assert from 'node:assert/strict';

export default function (check) {
  check('a printed topic has its text and no navigation, in light colours', async (open) => {
    const page = await open('topic', { scheme: 'dark' });
    await page.locator('input[value=dark]').check();
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    for (const gone of ['.bar', '#-toc', '.onpage', '.onpage-narrow', '.crumbs', '.pager', '.copy', '.foot']) {
      assert.ok(await page.locator(gone).first().isHidden(), `${gone} is not printed`);
    }
    assert.ok(await page.locator('h1').isVisible());
    assert.ok(await page.locator('.prose').isVisible());
    assert.equal(await page.locator('.prose pre').first()
      .evaluate((pre) => getComputedStyle(pre).whiteSpace), 'pre-wrap');
    const [r, g, b] = (await page.evaluate(() => getComputedStyle(document.body).color))
      .match(/[\d.]+/g).map(Number);
    assert.ok(r + g + b < 300, 'ink is dark');
  });
}
