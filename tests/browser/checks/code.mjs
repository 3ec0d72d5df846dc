// Code examples: coloured without markup in strings, copied with a word about it.
import assert from 'node:assert/strict';

export default function (check, target) {
  check('code is coloured node by node under a policy that refuses innerHTML', async (open) => {
    const page = await open('topic', {
      init: () => {
        addEventListener('DOMContentLoaded', () => {
          globalThis.before = [...document.querySelectorAll('.prose pre code')].map((c) => c.textContent);
        });
      },
    });
    const code = page.locator('.prose pre > code[class*="language-"]').first();
    await code.scrollIntoViewIfNeeded();
    await code.locator('[class^="hljs-"]').first().waitFor();
    const same = await page.evaluate(() => {
      const now = [...document.querySelectorAll('.prose pre code')].map((c) => c.textContent);
      return now.length > 0 && now.every((text, i) => text === globalThis.before[i]);
    });
    assert.ok(same, 'colouring changed no character');
  });

  check('the policy in force really refuses markup in strings', async (open) => {
    const page = await open('topic', { expected: /TrustedHTML|require-trusted-types-for/ });
    const csp = page.response.headers()['content-security-policy'] ?? '';
    assert.match(csp, /require-trusted-types-for 'script'/);
    assert.doesNotMatch(csp, /unsafe-|data:|\*/);
    const thrown = await page.evaluate(() => {
      try {
        document.createElement('div').innerHTML = '<b>x</b>';
        return 'nothing';
      } catch (e) {
        return e.name;
      }
    }).catch(() => 'TypeError');
    assert.equal(thrown, 'TypeError');
  });

  check('the copy button copies the code, keeps its name and says what it did', async (open) => {
    const page = await open('topic');
    const frame = page.locator('.prose .code').first();
    const button = frame.locator('.copy');
    const name = await button.innerText();
    await button.click();
    await page.waitForFunction(
      () => [...document.querySelectorAll('[role=status]')].some((s) => s.textContent !== ''));
    assert.equal(await button.innerText(), name);
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(copied, await frame.locator('code').evaluate((c) => c.textContent));
  });

  check('a refused clipboard is said, not hidden', async (open) => {
    const page = await open('topic', {
      init: () => {
        navigator.clipboard.writeText = () => Promise.reject(new Error('refused'));
      },
    });
    await page.locator('.copy').first().click();
    const expected = await page.evaluate(() => document.body.dataset.copyFailed);
    await page.waitForFunction((text) => [...document.querySelectorAll('[role=status]')]
      .some((s) => s.textContent === text), expected);
  });

  if (!target.samples) return;

  check('every language of the sample is coloured', async (open) => {
    const page = await open('topic');
    for (const code of await page.locator('.prose pre > code[class*="language-"]').all()) {
      await code.scrollIntoViewIfNeeded();
      await code.locator('[class^="hljs-"]').first().waitFor();
    }
  });

  check('a shrunken picture opens in full and closes by Escape', async (open) => {
    const page = await open('topic', { size: { width: 390, height: 844 } });
    const button = page.locator('.zoom-button').first();
    await button.scrollIntoViewIfNeeded();
    await button.focus();
    await page.keyboard.press('Enter');
    const dialog = page.locator('dialog.zoom[open]');
    await dialog.waitFor();
    assert.equal(await dialog.getAttribute('aria-label'), await button.locator('img').getAttribute('alt'));
    await page.keyboard.press('Escape');
    await page.locator('dialog.zoom').waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => document.activeElement.className), 'zoom-button');
  });
}
