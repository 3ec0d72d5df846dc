// Logging in and choosing a password: every form works without script, and script only helps.
import assert from 'node:assert/strict';
import { NARROW } from '../visit.mjs';

const LEVELS = [
  ['abc', 'too short', ['lower']],
  ['aaaaaaaaaaaaaaaa', 'weak', ['length', 'lower']],
  ['abcdefghijklmnop', 'weak', ['length', 'lower']],
  ['Password1!', 'fair', ['lower', 'upper', 'digit', 'special']],
  ['ada.lovelace1', 'weak', ['length', 'lower', 'digit', 'special']],
  ['correct-Horse-7-battery', 'strong', ['length', 'lower', 'upper', 'digit', 'special']],
  ['пароль из слов', 'good', ['length', 'lower', 'special']],
];

/** The fields that a passkey's answer fills. */
const ANSWER = ['auth_data', 'client_data', 'credential', 'signature', 'user_handle'];

/** What each form would send: method, address and the names of its fields. */
async function formsOf(page) {
  return page.locator('form').evaluateAll((forms) => forms.map((form) => [
    form.method, new URL(form.action).pathname, [...new FormData(form).keys()].sort().join(),
  ]));
}

function smallTargets() {
  const seen = (e) => e.getClientRects().length > 0 && !e.closest('.hidden, p');
  return [...document.querySelectorAll('a, button, input:not([type=radio]), label.theme-choice')]
    .filter(seen)
    .map((e) => [e.getBoundingClientRect(), e.outerHTML.slice(0, 100)])
    .filter(([box]) => box.width > 1 && (box.width < 24 || box.height < 24))
    .map(([box, html]) => `${box.width} x ${box.height}: ${html}`);
}

export default function (check, target) {
  check('the account link in the header leads to /account and has a name on a phone too',
    async (open) => {
      for (const options of [{}, { size: NARROW }, { script: false }]) {
        const page = await open('topic', options);
        const link = page.locator('.bar').getByRole('link').last();
        assert.equal(await link.getAttribute('href'), '/account');
        assert.ok((await link.textContent()).trim().length > 0);
        const [box, bar] = [await link.boundingBox(), await page.locator('.bar').boundingBox()];
        assert.ok(box.width >= 24 && box.height >= 24, 'large enough to hit');
        assert.ok(box.x > bar.width / 2, 'at the end of the bar');
      }
    });

  if (!target.samples) return;

  check('each form sends what the server reads and nothing else', async (open) => {
    assert.deepEqual(await formsOf(await open('login', { script: false })),
      [['post', '/login', 'csrf,login,next,password'],
        ['post', '/login/passkey', `${ANSWER.slice(0, 3)},csrf,next,${ANSWER.slice(3)}`]]);
    assert.deepEqual(await formsOf(await open('factor', { script: false })), [
      ['post', '/login/factor', 'code,csrf'],
      ['post', '/login/factor', `${ANSWER.slice(0, 3)},csrf,${ANSWER.slice(3)}`],
      ['post', '/login/factor', 'code,csrf'],
    ]);
    assert.deepEqual(await formsOf(await open('welcome', { script: false })),
      [['post', '/welcome', 'csrf,password']]);
    assert.deepEqual(await formsOf(await open('account', { script: false })), [
      ['post', '/logout', 'csrf'],
      ['post', '/account/sessions/end', 'csrf,id'],
      ['post', '/account/sessions/end', 'csrf,id'],
      ['post', '/account/sessions/end-others', 'csrf'],
      ['post', '/account/password', 'csrf,current,new'],
    ]);
  });

  check('without JavaScript one can log in by keyboard, and nothing is offered that needs it',
    async (open) => {
      const page = await open('login', { script: false });
      assert.equal(await page.locator('.reveal:visible, .strength:visible').count(), 0);
      await page.getByLabel('Email address').fill('ada@example.org');
      await page.keyboard.press('Tab');
      await page.keyboard.type('a long enough secret');
      const [request] = await Promise.all([
        page.waitForRequest((r) => r.method() === 'POST'), page.keyboard.press('Enter'),
      ]);
      const body = new URLSearchParams(request.postData());
      assert.equal(new URL(request.url()).pathname, '/login');
      assert.equal(body.get('login'), 'ada@example.org');
      assert.equal(body.get('password'), 'a long enough secret');
      assert.equal(body.get('next'), '/docs/agent/');
      assert.ok(body.get('csrf').length > 0);
    });

  check('the button beside a password shows and hides it, and sending hides it', async (open) => {
    const page = await open('login');
    const input = page.locator('[id="-password"]');
    const button = page.getByRole('button', { name: 'Show: Password' });
    await input.fill('secret words');
    await button.focus();
    await page.keyboard.press('Enter');
    assert.equal(await input.getAttribute('type'), 'text');
    assert.equal(await button.getAttribute('aria-pressed'), 'true');
    await page.keyboard.press('Space');
    assert.equal(await input.getAttribute('type'), 'password');
    assert.equal(await input.inputValue(), 'secret words');
    await button.click();
    await page.evaluate(() => {
      document.querySelector('form').addEventListener('submit', (e) => {
        e.preventDefault();
        globalThis.typeWhenSent = document.getElementById('-password').type;
      });
    });
    await page.getByLabel('Email address').fill('ada@example.org');
    await page.locator('.form .button').click();
    assert.equal(await page.evaluate(() => globalThis.typeWhenSent), 'password');
  });

  check('the strength of a new password is said as one types, and ticks what is there',
    async (open) => {
      const page = await open('welcome');
      assert.ok(await page.locator('.strength').isHidden());
      for (const [password, word, met] of LEVELS) {
        await page.locator('[id="-password"]').fill(password);
        assert.equal(await page.locator('.strength-word').innerText(), word, password);
        assert.deepEqual(await page.locator('.advice li.met')
          .evaluateAll((items) => items.map((i) => i.dataset.rule)), met, password);
        assert.ok(await page.locator('.strength').isVisible());
      }
      await page.locator('[id="-password"]').fill('');
      assert.ok(await page.locator('.strength').isHidden());
    });

  check('a weak password can be sent: the browser only recommends', async (open) => {
    const page = await open('welcome');
    await page.locator('[id="-password"]').fill('weaker');
    assert.equal(await page.locator('.strength-word').innerText(), 'weak');
    const [request] = await Promise.all([
      page.waitForRequest((r) => r.method() === 'POST'), page.locator('.form .button').click(),
    ]);
    assert.equal(new URLSearchParams(request.postData()).get('password'), 'weaker');
  });

  check('a password can be pasted whole, however long it is', async (open) => {
    const page = await open('welcome');
    const long = 'Zu lang? Nein. '.repeat(60);
    await page.evaluate((text) => navigator.clipboard.writeText(text), long);
    await page.locator('[id="-password"]').focus();
    await page.keyboard.press('Control+V');
    assert.equal(await page.locator('[id="-password"]').inputValue(), long);
  });

  check('a mistake is the description of the field it is about', async (open) => {
    const page = await open('login-wrong');
    const alert = page.getByRole('alert');
    assert.match(await alert.innerText(), /do not belong together/);
    for (const label of ['Email address', 'Password']) {
      const input = page.getByLabel(label, { exact: true });
      assert.equal(await input.getAttribute('aria-describedby'), await alert.getAttribute('id'));
      assert.equal(await input.getAttribute('aria-invalid'), 'true');
    }
  });

  check('a password page loads what helps with passwords, and no other page does', async (open) => {
    const loads = async (name) => {
      const page = await open(name);
      await page.waitForLoadState('networkidle');
      return page.evaluate(() => performance.getEntriesByType('resource')
        .some((r) => /part-password-/.test(r.name)));
    };
    assert.equal(await loads('login'), true);
    assert.equal(await loads('topic'), false);
    assert.equal(await loads('notice'), false);
  });

  for (const name of ['login', 'welcome-rtl', 'account', 'account-rtl', 'notice', 'shares', 'shares-rtl', 'tokens',
    'token-form-rtl']) {
    check(`whatever can be pressed on the page "${name}" is 24 pixels wide and high`, async (open) => {
      const page = await open(name, { size: NARROW });
      await page.waitForLoadState('networkidle');
      assert.deepEqual(await page.evaluate(smallTargets), []);
    });
  }

  check('every field and button of the account page shows the focus', async (open) => {
    const page = await open('account');
    await page.locator('.reveal').first().waitFor();
    for (const part of await page.locator('main :is(input:not([type=hidden]), button)').all()) {
      await part.focus();
      await page.keyboard.press('Shift');         // the keyboard is in use: the outline shows
      const style = await part.evaluate((e) => {
        const s = getComputedStyle(e);
        return [s.outlineStyle, parseFloat(s.outlineWidth), e.matches(':focus-visible')];
      });
      assert.deepEqual(style, ['solid', 2, true], await part.evaluate((e) => e.outerHTML));
    }
  });

  check('the strength hint needs no sideways scrolling on a small phone',
    async (open) => {
      const page = await open('welcome', { size: { width: 320, height: 800 } });
      await page.locator('[id="-password"]').fill('correct-Horse-7-battery');
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 320);
      assert.ok(await page.locator('.strength-bar').isVisible());
    });
}
