// One visit to the site: a fresh context and page, and a record of everything that must not happen.
import assert from 'node:assert/strict';

/** Reported through the console, so that one listener hears all. */
function reportViolations() {
  addEventListener('securitypolicyviolation', (e) => {
    console.error(`policy violated: ${e.violatedDirective} by ${e.blockedURI} in ${e.sourceFile}`);
  });
}

function listen(page, target, expected, problems) {
  page.on('console', (message) => {
    if (message.type() !== 'error') return;
    // What the browser itself says about a page that was asked for because it does not exist.
    const itself = message.location().url === page.url() && /status of 4\d\d/.test(message.text());
    if (!itself && !expected?.test(message.text())) problems.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`script error: ${error.message}`));
  page.on('requestfailed', (request) => {
    // Parts still loading while the page is left are not failures.
    if (request.failure()?.errorText !== 'net::ERR_ABORTED') {
      problems.push(`not loaded: ${request.url()} (${request.failure()?.errorText})`);
    }
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(target.base).origin) {
      problems.push(`asked another host: ${request.url()}`);
    }
  });
}

export const WIDE = { width: 1280, height: 900 };
export const NARROW = { width: 390, height: 844 };

/**
 * @param path of the page, or one of the target's names: topic, home, error, trust, rtl
 * @param options size, scheme (light, dark), script (false: without JavaScript), init  (run before scripts),
 *   expected (console errors that the check provokes)
 */
export async function visit(browser, target, path, options, problems) {
  const { size = WIDE, scheme = 'light', script = true, init, expected, scale = 1 } = options;
  const context = await browser.newContext({
    viewport: size, colorScheme: scheme, javaScriptEnabled: script, deviceScaleFactor: scale,
  });
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: target.base });
  const page = await context.newPage();
  listen(page, target, expected, problems);
  await page.addInitScript(reportViolations);
  if (init !== undefined) await page.addInitScript(init);
  page.response = await page.goto(new URL(target.pages[path] ?? path, target.base).href);
  // A portal without right-to-left content still has the same style sheets.
  if (path === 'rtl' && script) {
    await page.evaluate(() => { document.documentElement.dir = 'rtl'; });
  }
  assert.equal(page.response.status(), path === 'error' ? 404 : 200, `status of ${page.url()}`);
  return page;
}
