// The reader chooses the colours, and the choice lasts.
import assert from 'node:assert/strict';

const background = () => getComputedStyle(document.body).backgroundColor;

function isDark(colour) {
  const [r, g, b] = colour.match(/[\d.]+/g).map(Number);
  return r + g + b < 200;
}

export default function (check, target) {
  check('by itself a page follows the system\'s colours', async (open) => {
    assert.equal(isDark(await (await open('topic', { scheme: 'light' })).evaluate(background)), false);
    assert.equal(isDark(await (await open('topic', { scheme: 'dark' })).evaluate(background)), true);
  });

  check('a chosen theme is kept on the next page and after a reload', async (open) => {
    const page = await open('topic', { scheme: 'light' });
    await page.locator('input[value=dark]').check();
    assert.equal(isDark(await page.evaluate(background)), true);
    await page.goto(new URL(target.pages.home, target.base).href);
    assert.equal(isDark(await page.evaluate(background)), true);
    assert.equal(await page.locator('input[value=dark]').isChecked(), true);
    await page.reload();
    assert.equal(isDark(await page.evaluate(background)), true);
    await page.locator('input[value=auto]').check();
    assert.equal(isDark(await page.evaluate(background)), false);
    await page.reload();
    assert.equal(isDark(await page.evaluate(background)), false);
    assert.equal(await page.locator('input[value=auto]').isChecked(), true);
  });

  check('a chosen theme is set before anything is painted', async (open) => {
    const page = await open('home', {
      init: () => {
        localStorage.setItem('carrel-theme', 'dark');
        new MutationObserver((_, observer) => {
          if (document.body === null) return;
          globalThis.themeAtBody = document.documentElement.dataset.theme;
          observer.disconnect();
        }).observe(document, { childList: true, subtree: true });
      },
    });
    assert.equal(await page.evaluate(() => globalThis.themeAtBody), 'dark');
  });

  check('arrow keys move between the three themes', async (open) => {
    const page = await open('topic', { scheme: 'light' });
    await page.locator('input[value=auto]').focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark');
    await page.keyboard.press('ArrowRight');
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'light');
  });

  check('a theme chosen in one tab reaches the other tab', async (open) => {
    const page = await open('topic', { scheme: 'light' });
    const second = await page.context().newPage();
    await second.goto(page.url());
    await second.locator('input[value=dark]').check();
    await page.waitForFunction(() => document.documentElement.dataset.theme === 'dark');
    assert.equal(await page.locator('input[value=dark]').isChecked(), true);
  });
}
