// Passkeys on a running portal, in Chromium with an authenticator of its own (the debugger's WebAuthn domain).
//
//   node passkeys.mjs       with CARREL_BASE, CARREL_CA, CARREL_LOGIN and CARREL_PASSWORD (tests/with_people.py)
//
// The checks tell one story, in order, and each needs those before it. Each fails as well when a page breaks the
// content security policy, asks another host, or writes an error to the console.
import assert from 'node:assert/strict';
import { startBrowser } from './browser.mjs';

const BASE = process.env.CARREL_BASE;
const LOGIN = process.env.CARREL_LOGIN;
const PASSWORD = process.env.CARREL_PASSWORD;
const TOPIC = '/docs/manual/start';

const at = (path) => new URL(path, BASE).href;
const pathOf = (page) => new URL(page.url()).pathname;

function listen(page, problems) {
  page.on('pageerror', (error) => problems.push(`script error: ${error.message}`));
  page.on('console', (message) => {
    // What the browser itself says about an answer that is a refusal, as it should be here.
    if (message.type() === 'error' && !/status of 40[34]/.test(message.text())) {
      problems.push(`console: ${message.text()}`);
    }
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(BASE).origin) problems.push(`asked ${request.url()}`);
  });
}

/** A security key that says yes at once, in the browser of this page. */
async function plugIn(page, { verifies = true } = {}) {
  const debug = await page.context().newCDPSession(page);
  await debug.send('WebAuthn.enable', { enableUI: false });
  const { authenticatorId } = await debug.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true,
      isUserVerified: verifies, automaticPresenceSimulation: true,
    },
  });
  const send = (method, more) => debug.send(`WebAuthn.${method}`, { authenticatorId, ...more });
  return {
    credentials: async () => (await send('getCredentials')).credentials,
    put: (credential) => send('addCredential', { credential }),
    drop: (credentialId) => send('removeCredential', { credentialId }),
    verify: (isUserVerified) => send('setUserVerified', { isUserVerified }),
  };
}

function statusOf(page, path) {
  return page.evaluate((address) => fetch(address).then((response) => response.status), path);
}

async function typePassword(page) {
  await page.goto(at(`/login?next=${TOPIC}`));
  await page.getByLabel('Email address').fill(LOGIN);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Log in', exact: true }).click();
}

const story = [];
const check = (sentence, body) => story.push({ sentence, body });

check('a passkey is added under a name, and the first one brings ten recovery codes', async (s) => {
  await typePassword(s.page);
  await s.page.goto(at('/account/security'));
  await s.page.getByLabel('Name of the new passkey').fill('Test key');
  await s.page.getByRole('button', { name: 'Add a passkey' }).click();
  await s.page.getByRole('heading', { name: 'Your recovery codes' }).waitFor();
  assert.equal(await s.page.locator('.codes code').count(), 10);
  s.codes = await s.page.locator('.codes code').allInnerTexts();
  await s.page.getByRole('link', { name: 'I have kept them' }).click();
  assert.equal(await s.page.locator('.session-agent').innerText(), 'Test key');
  const [credential, ...more] = await s.key.credentials();
  assert.equal(more.length, 0);
  assert.equal(credential.rpId, new URL(BASE).hostname);
  assert.equal(credential.isResidentCredential, true);
});

check('the same key is not registered twice: the browser knows it by what the server asks', async (s) => {
  await s.page.getByRole('button', { name: 'Add a passkey' }).click();
  await s.page.getByRole('alert').waitFor();
  assert.match(await s.page.getByRole('alert').innerText(), /^No passkey was used/);
  assert.equal((await s.key.credentials()).length, 1);
});

check('the passkey logs in by itself, without an address, and leads on to the topic', async (s) => {
  await s.page.context().clearCookies();
  await s.page.goto(at(`/login?next=${TOPIC}`));
  await s.page.getByRole('button', { name: 'Log in with a passkey' }).click();
  await s.page.waitForURL(at(TOPIC));
  assert.equal(await s.page.locator('h1').innerText(), 'Start');
});

check('after the password it is the second factor, and nothing opens before it', async (s) => {
  await s.page.context().clearCookies();
  await typePassword(s.page);
  assert.equal(pathOf(s.page), '/login/factor');
  assert.equal(await statusOf(s.page, TOPIC), 404);
  await s.page.getByRole('button', { name: 'Use a passkey' }).click();
  await s.page.waitForURL(at(TOPIC));
});

check('before something important it proves who one is, by keyboard alone', async (s) => {
  await s.page.goto(at('/login/confirm?next=/account/security'));
  await s.page.getByRole('button', { name: 'Use a passkey' }).focus();
  await s.page.keyboard.press('Enter');
  await s.page.waitForURL(at('/account/security'));
});

check('a recovery code stands in for it, without JavaScript as well', async (s) => {
  const context = await s.browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await typePassword(page);
  assert.equal(await page.getByRole('button', { name: /passkey/ }).count(), 0);
  await page.getByText('Use a recovery code').click();
  await page.getByLabel('Recovery code').fill(s.codes[0]);
  await page.getByRole('button', { name: 'Continue' }).click();
  assert.equal(pathOf(page), TOPIC);
  await context.close();
});

check('who is not verified by PIN or body does not get in by the passkey alone', async (s) => {
  await s.page.context().clearCookies();
  await s.key.verify(false);
  await s.page.goto(at('/login'));
  await s.page.getByRole('button', { name: 'Log in with a passkey' }).click();
  await s.page.getByRole('alert').waitFor();
  assert.match(await s.page.getByRole('alert').innerText(), /^No passkey was used/);
  assert.ok(await s.page.getByRole('button', { name: 'Log in with a passkey' }).isEnabled());
  await s.key.verify(true);
});

check('a copy of the passkey whose counter stayed behind is refused, and the log-in says so', async (s) => {
  const [credential] = await s.key.credentials();
  assert.ok(credential.signCount > 1, 'the key counts');
  await s.key.drop(credential.credentialId);
  await s.key.put({ ...credential, signCount: 0 });
  await s.page.goto(at('/login'));
  await s.page.getByRole('button', { name: 'Log in with a passkey' }).click();
  await s.page.getByText('That passkey was not accepted').waitFor();
  assert.equal(await s.page.evaluate(() => fetch('/account').then((r) => new URL(r.url).pathname)), '/login');
  await s.key.drop(credential.credentialId);
  await s.key.put({ ...credential, signCount: credential.signCount + 10 });
});

check('another site cannot ask for the passkey: the browser refuses, and offers it nowhere else', async (s) => {
  const other = new URL(BASE);
  other.hostname = other.hostname.replace(/^[^.]+/, 'globex');
  const page = await s.page.context().newPage();
  await page.goto(other.href);
  const name = await page.evaluate((rpId) => navigator.credentials.get({
    publicKey: { challenge: new Uint8Array(32), rpId },
  }).then(() => 'answered', (error) => error.name), new URL(BASE).hostname);
  assert.equal(name, 'SecurityError');
  await page.close();
});

check('it gets another name and is removed; then the password is enough', async (s) => {
  await s.page.goto(at('/login'));
  await s.page.getByRole('button', { name: 'Log in with a passkey' }).click();
  await s.page.waitForURL(at('/'));
  await s.page.goto(at('/account/security'));
  await s.page.getByText('Rename').first().click();
  await s.page.getByLabel('New name').fill('Other name');
  await s.page.getByRole('button', { name: 'Rename' }).click();
  assert.equal(await s.page.locator('.session-agent').innerText(), 'Other name');
  await s.page.getByRole('button', { name: /Remove.*Other name/ }).click();
  assert.equal(await s.page.locator('.session-agent').count(), 0);
  await s.page.context().clearCookies();
  await typePassword(s.page);
  assert.equal(pathOf(s.page), TOPIC);
});

async function tell(s) {
  let passed = 0;
  for (const { sentence, body } of story) {
    s.problems.length = 0;
    try {
      await body(s);
      assert.deepEqual(s.problems, []);
      console.log(`ok    ${sentence}`);
      passed++;
    } catch (e) {
      console.log(`FAIL  ${sentence}\n      ${String(e.message).replace(/\n/g, '\n      ')}`);
      break;                      // what follows would fail for the same reason
    }
  }
  return passed;
}

const { browser, close } = await startBrowser([process.env.CARREL_CA]);
try {
  const page = await (await browser.newContext()).newPage();
  page.setDefaultTimeout(15_000);
  const problems = [];
  listen(page, problems);
  const passed = await tell({ browser, page, problems, key: await plugIn(page) });
  console.log(`${passed} passed, ${story.length - passed} failed`);
  process.exitCode = passed === story.length ? 0 : 1;
} finally {
  await close();
}
