// The markup is valid, and each page says in its head what it is.
import assert from 'node:assert/strict';
import { HtmlValidate } from 'html-validate';
import { ACCOUNT_PAGES } from '../target.mjs';

const validator = new HtmlValidate({
  root: true,
  extends: ['html-validate:recommended', 'html-validate:document', 'html-validate:a11y'],
  rules: {
    'require-sri': 'off',                     // all files are from the same origin
    'doctype-style': ['error', { style: 'lowercase' }],
    'prefer-native-element': 'off',           // role=region on a scrolling <pre> has no native element
    'valid-id': ['error', { relaxed: true }],  // the page's own ids begin with '-', a body's never do
    'attribute-boolean-style': 'off',         // disabled="" is what the serialiser writes, and valid
    'long-title': 'off',                      // titles are the authors'
    'no-trailing-whitespace': 'off',          // as is the text inside code examples
  },
});

export default function (check, target) {
  const more = target.samples ? ACCOUNT_PAGES : [];
  for (const name of ['topic', 'home', 'error', 'trust', 'rtl', ...more]) {
    check(`the markup of the page "${name}" is valid`, async (open) => {
      const page = await open(name);
      const report = await validator.validateString(await page.response.text());
      const found = report.results.flatMap((r) => r.messages)
        .map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`);
      assert.deepEqual(found, []);
    });
  }

  for (const name of ['topic', 'home', 'error', 'trust', ...more]) {
    check(`the page "${name}" has a title, a language, one h1 and no inline script or style`, async (open) => {
      const page = await open(name);
      const html = await page.response.text();
      assert.match(html, /<html lang="[\w-]+" dir="(ltr|rtl)">/);
      assert.ok((await page.title()).length > 0);
      assert.equal(await page.locator('h1').count(), 1);
      assert.doesNotMatch(html, /<style|\sstyle=|<script(?![^>]*\ssrc=)|\son\w+=/);
    });
  }
}
