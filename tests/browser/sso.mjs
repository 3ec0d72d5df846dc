// The way to a sign-on provider and back, in Chromium: another site, forms there, and our cookies on the return.
//
//   node sso.mjs BASE CA.pem [CA.pem ...]      BASE is a portal with the provider of tests/oidc
//
// Prints one line for each sentence that holds; the first that does not ends it. CARREL_SHOTS: folder for screenshots.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { startBrowser } from './browser.mjs';

const [base, ...certificates] = process.argv.slice(2);
const shots = process.env.CARREL_SHOTS;

async function shot(page, name) {
  if (shots) await page.screenshot({ path: join(shots, `sso-${name}.png`), fullPage: true });
}

/** A context that hears everything that must not happen on our own pages. */
async function arrive(browser, options) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const problems = [];
  page.on('console', (m) => {
    // What the browser says about a status of ours, or anything about a page of the provider's, is no fault here.
    if (m.type() === 'error' && m.location().url.startsWith(base) && !/status of 403/.test(m.text())) problems.push(m.text());
  });
  return { context, page, problems };
}

async function atProvider(page, login) {
  await page.waitForURL((url) => url.origin !== new URL(base).origin && url.pathname.startsWith('/interaction/'));
  await page.locator('input[name=login]').fill(login);
  await page.locator('input[name=password]').fill('anything');
  await page.locator('button[type=submit]').click();
  await page.waitForURL(/\/interaction\/(?!.*abort)/);
  await page.locator('button[type=submit]').click();
}

async function logIn(page, login, next = '/account') {
  await page.goto(`${base}/login?next=${encodeURIComponent(next)}`);
  await page.getByRole('button', { name: 'Log in with Our Peer' }).press('Enter');
  await atProvider(page, login);
  await page.waitForURL((url) => url.origin === new URL(base).origin);
}

const { browser, close } = await startBrowser(certificates);
try {
  for (const javaScriptEnabled of [true, false]) {
    const { context, page, problems } = await arrive(browser, { javaScriptEnabled });
    await logIn(page, 'wen');
    assert.equal(new URL(page.url()).pathname, '/account');
    assert.ok((await page.locator('main').textContent()).includes('wen@example.com'));
    const ours = (await context.cookies(base)).filter((c) => c.name.startsWith('__Host-'));
    const session = ours.find((c) => c.name === '__Host-session');
    assert.deepEqual([session.sameSite, session.secure, session.httpOnly], ['Lax', true, true]);
    await page.reload();
    assert.equal(new URL(page.url()).pathname, '/account');
    assert.deepEqual(problems, []);
    await context.close();
    console.log(`ok: one comes back logged in at the page that was wanted, ${javaScriptEnabled ? 'with' : 'without'} script`);
  }
  {
    const { context, page, problems } = await arrive(browser, {});
    await logIn(page, 'eve');
    assert.equal(await page.locator('h1').textContent(), 'This login did not work');
    await shot(page, 'refused');
    await page.getByRole('link', { name: 'To the login page' }).click();
    await shot(page, 'login');
    assert.deepEqual(problems, []);
    await context.close();
    console.log('ok: who has no account lands on a page that says so and leads on');
  }
  {
    const { context, page } = await arrive(browser, {});
    await page.route('**/auth?**', (route) => route.abort());
    await page.goto(`${base}/login`);
    const answer = page.waitForResponse((r) => r.url().endsWith('/login/sso'));
    await page.getByRole('button', { name: 'Log in with Our Peer' }).click();
    assert.match((await answer).headers().refresh, /^0; url=https:/);
    await context.close();
    console.log('ok: the step to the provider is a page of ours, and no policy stops it');
  }
  for (const [name, options] of [['narrow', { viewport: { width: 390, height: 844 } }], ['dark', { colorScheme: 'dark' }]]) {
    const { context, page } = await arrive(browser, options);
    await page.goto(`${base}/login`);
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(wide, 0, 'nothing sticks out');
    const box = await page.getByRole('button', { name: 'Log in with Our Peer' }).boundingBox();
    assert.ok(box.height >= 44, 'large enough to hit');
    await shot(page, `login-${name}`);
    await context.close();
  }
  console.log('ok: the button fits a phone');
  {
    const { context, page, problems } = await arrive(browser, {});
    await page.goto(`${base}/login?next=%2Fedit%2Fsso`);
    await page.getByLabel('Email address').fill('boss@example.com');
    await page.getByLabel('Password', { exact: true }).fill('Correct-Horse-9');
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
    assert.equal(await page.locator('h1').textContent(), 'Single sign-on');
    await shot(page, 'settings');
    await page.getByRole('button', { name: /^Ask it now/ }).click();
    assert.ok(await page.getByText('Our Peer answers as it should.').isVisible());
    await page.getByLabel('Name on the button').fill('Peer & friends');
    await page.getByRole('button', { name: /^Save/ }).click();
    assert.ok(await page.getByText('Peer & friends is saved.').isVisible());
    await page.setViewportSize({ width: 390, height: 844 });
    await shot(page, 'settings-narrow');
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
    assert.deepEqual(problems, []);
    await context.close();
    console.log('ok: an administrator asks the provider and changes the button');
  }
} finally {
  await close();
}
