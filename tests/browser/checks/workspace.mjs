// The workspace: every form says what the server reads, works by keyboard and without script; script only helps.
import assert from 'node:assert/strict';
import { WORKSPACE_PAGES } from '../samples-server.mjs';
import { NARROW } from '../visit.mjs';

/** What each form that posts would send: address and the names of its fields. */
async function formsOf(page) {
  return page.locator('form[method=post]').evaluateAll((forms) => forms.map((form) => [
    new URL(form.action).pathname, [...new FormData(form).keys()].sort().join(),
  ]));
}

export default function (check, target) {
  if (!target.samples) return;

  check('each form of the workspace sends what the server reads and nothing else', async (open) => {
    const sent = async (name) => formsOf(await open(name, { script: false }));
    assert.deepEqual(await sent('edit-invite'), [['/edit/people/invite', 'csrf,email,expires,name,role']]);
    assert.deepEqual(await sent('edit-account'), [
      ['/edit/people/change', 'csrf,expires,id,name,role'], ['/edit/people/reset', 'csrf,id'],
      ['/edit/people/end-sessions', 'csrf,id'], ['/edit/people/disable', 'csrf,id'],
    ]);
    assert.deepEqual(await sent('edit-delete'), [['/edit/people/delete', 'csrf,id']]);
    assert.deepEqual(await sent('edit-unfactor'), [['/edit/people/unfactor', 'csrf,id']]);
    const minutes = ['administrator', 'power-reader', 'reviewer', 'writer']
      .flatMap((role) => [`session.absolute.${role}`, `session.idle.${role}`]).sort();
    assert.deepEqual(await sent('edit-settings'), [['/edit/settings', [
      'csrf', 'factor.administrator', 'factors', 'language', 'password.minimum', 'password.profile', ...minutes, 'title',
    ].join()]]);
    assert.deepEqual(await sent('edit-import'), [['/edit/people/import', 'csrf,csv,groups']]);
    assert.deepEqual(await sent('edit-import-ready'), [['/edit/people/import', 'csrf,csv,groups']]);
    assert.deepEqual(await sent('edit-group'), [
      ...Array(3).fill(['/edit/group/leave', 'csrf,group,id']), ['/edit/group/join', 'csrf,email,group'],
      ['/edit/group/rename', 'csrf,group,title'], ['/edit/group/remove', 'csrf,group'],
    ]);
    assert.deepEqual(await sent('edit-publication'), [
      ['/edit/publication/visibility', 'csrf,publication,visibility'],
      ['/edit/publication/revoke', 'csrf,group,publication'], ['/edit/publication/grant', 'csrf,group,publication'],
      ['/edit/publication/revoke', 'csrf,id,publication'], ['/edit/publication/grant', 'csrf,email,publication'],
    ]);
  });

  check('a person is invited by keyboard without JavaScript', async (open) => {
    const page = await open('edit-invite', { script: false });
    await page.getByLabel('Email address').fill('new@example.com');
    await page.keyboard.press('Tab');
    await page.keyboard.type('New Person');
    await page.keyboard.press('Tab');
    await page.keyboard.press('ArrowUp');
    const [request] = await Promise.all([
      page.waitForRequest((r) => r.method() === 'POST'),
      page.getByRole('button', { name: 'Make the account' }).press('Enter'),
    ]);
    const body = new URLSearchParams(request.postData());
    assert.deepEqual([body.get('email'), body.get('name'), body.get('role')],
      ['new@example.com', 'New Person', 'reviewer']);
  });

  check('the button that adds readers says which of the two answers is wanted', async (open) => {
    for (const [name, wanted] of [['show the links', 'page'], ['download the links', 'download']]) {
      const page = await open('edit-import-ready', { script: false });
      const [request] = await Promise.all([
        page.waitForRequest((r) => r.method() === 'POST'),
        page.getByRole('button', { name: new RegExp(name) }).click(),
      ]);
      const body = new URLSearchParams(request.postData());
      assert.equal(body.get('do'), wanted);
      assert.equal(body.get('csv').replaceAll('\r\n', '\n'), 'email,name\nann@example.com,Ann\nno address,Bo\n');
    }
  });

  check('a link that works once can be copied with one press', async (open) => {
    const page = await open('edit-link');
    await page.getByRole('button', { name: 'Copy' }).press('Enter');
    await page.locator('[role=status]', { hasText: 'Copied' }).waitFor({ state: 'attached' });
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()),
      await page.locator('[id="-link"]').inputValue());
    const plain = await open('edit-link', { script: false });
    assert.equal(await plain.getByRole('button', { name: 'Copy' }).count(), 0);
  });

  check('a file fills the field for the table, and one that is too large does not', async (open) => {
    const page = await open('edit-import');
    const file = (size) => ({ name: 'readers.csv', mimeType: 'text/csv', buffer: Buffer.alloc(size, 'a') });
    await page.getByLabel('Or choose a file').setInputFiles(file(100));
    await page.waitForFunction(() => document.getElementById('-csv').value === 'a'.repeat(100));
    await page.getByLabel('Or choose a file').setInputFiles(file(256 * 1024 + 1));
    assert.equal(await page.getByLabel('Or choose a file').evaluate((input) => input.checkValidity()), false);
    assert.equal(await page.getByLabel('Table (CSV)').inputValue(), 'a'.repeat(100));
    const plain = await open('edit-import', { script: false });
    assert.ok(await plain.locator('[id="-file"]').isHidden());
  });

  check('a private key does not leave the browser, and a public one from a file does', async (open) => {
    const page = await open('own-key-none');
    const file = (text) => ({ name: 'key.pem', mimeType: 'text/plain', buffer: Buffer.from(text) });
    const field = page.getByLabel('Public key (PEM)');
    const fits = () => field.evaluate((area) => area.checkValidity());
    await page.getByLabel('Or from a file').setInputFiles(file('-----BEGIN PRIVATE KEY-----\nAAAA\n'));
    await page.waitForFunction(() => document.getElementById('-key').validationMessage.startsWith('This is a private key.'));
    const before = page.url();
    await page.getByRole('button', { name: 'Use this key' }).click();
    assert.equal(page.url(), before);
    assert.equal(await fits(), false);
    await field.fill('-----BEGIN RSA PRIVATE KEY-----');
    assert.equal(await fits(), false);
    await page.getByLabel('Or from a file').setInputFiles(file('-----BEGIN PUBLIC KEY-----\nAAAA\n'));
    await page.waitForFunction(() => document.getElementById('-key').checkValidity());
    assert.equal(await field.inputValue(), '-----BEGIN PUBLIC KEY-----\nAAAA\n');
  });

  for (const name of WORKSPACE_PAGES) {
    check(`the page "${name}" needs no sideways scrolling on a phone and has no small buttons`, async (open) => {
      const page = await open(name, { size: NARROW });
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), NARROW.width);
      const small = await page.locator('main :is(button, a.button, input:not([type=hidden]), select, summary)')
        .evaluateAll((parts) => parts.filter((e) => e.getClientRects().length > 0)
          .map((e) => [(e.closest('label') ?? e).getBoundingClientRect(), e.outerHTML.slice(0, 80)])
          .filter(([box]) => box.height < 24)
          .map(([box, html]) => `${box.height}: ${html}`).filter((text) => !/type="radio"/.test(text)));
      assert.deepEqual(small, []);
    });
  }
}
