// Serves what page-samples wrote, with the headers a portal sends, so that the pages can be tested
// before a host runs. Loopback only.
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

export const POLICY = [
  "default-src 'self'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'",
  "connect-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'",
  "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'",
].join('; ');

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

/** The workspace, which only authors see. */
export const WORKSPACE_PAGES = [
  'edit', 'edit-people', 'edit-people-rtl', 'edit-account',
  'edit-account-rtl', 'edit-delete', 'edit-unfactor', 'edit-unfactor-rtl', 'edit-invite',
  'edit-link', 'edit-link-rtl',
  'edit-import', 'edit-import-faults', 'edit-import-ready', 'edit-import-done',
  'edit-groups', 'edit-group', 'edit-access', 'edit-publication',
  'edit-log', 'edit-log-rtl', 'edit-settings', 'edit-settings-rtl',
  'edit-sso', 'edit-sso-rtl', 'edit-sso-none',
];

const PAGES = new Map([
  ['/', 'home.html'],
  ['/empty', 'home-empty.html'],
  ['/trust', 'trust.html'],
  ['/trust-late', 'trust-late.html'],
  ['/trust-rtl', 'trust-rtl.html'],
  ['/login', 'login.html'],
  ['/login-wrong', 'login-wrong.html'],
  ['/login-rtl', 'login-rtl.html'],
  ['/forgot', 'forgot.html'],
  ['/forgot-rtl', 'forgot-rtl.html'],
  ['/forgot-sent', 'forgot-sent.html'],
  ['/forgot-no-mail', 'forgot-no-mail.html'],
  ['/welcome', 'welcome.html'],
  ['/welcome-rtl', 'welcome-rtl.html'],
  ['/account', 'account.html'],
  ['/account-rtl', 'account-rtl.html'],
  ['/notice', 'notice.html'],
  ['/backups', 'backups.html'],
  ['/backups-rtl', 'backups-rtl.html'],
  ['/backups-running', 'backups-running.html'],
  ['/backups-part', 'backups-part.html'],
  ['/backups-inside', 'backups-inside.html'],
  ['/backups-inside-new', 'backups-inside-new.html'],
  ['/backups-inside-rtl', 'backups-inside-rtl.html'],
  ['/backups-preview', 'backups-preview.html'],
  ['/backups-preview-rtl', 'backups-preview-rtl.html'],
  ['/own-key-none', 'own-key-none.html'],
  ['/own-key', 'own-key.html'],
  ['/own-key-rtl', 'own-key-rtl.html'],
  ['/own-key-running', 'own-key-running.html'],
  ['/takeaway', 'takeaway.html'],
  ['/takeaway-rtl', 'takeaway-rtl.html'],
  ['/takeaway-running', 'takeaway-running.html'],
  ['/shares', 'shares.html'],
  ['/shares-rtl', 'shares-rtl.html'],
  ['/shares-none', 'shares-none.html'],
  ['/tokens', 'tokens.html'],
  ['/tokens-rtl', 'tokens-rtl.html'],
  ['/token-form', 'token-form.html'],
  ['/token-form-rtl', 'token-form-rtl.html'],
  ...WORKSPACE_PAGES.map((name) => [`/${name}`, `${name}.html`]),
  ['/factor', 'factor.html'],
  ['/factor-wrong', 'factor-wrong.html'],
  ['/factor-rtl', 'factor-rtl.html'],
  ['/confirm', 'confirm.html'],
  ['/confirm-rtl', 'confirm-rtl.html'],
  ['/security', 'security.html'],
  ['/security-rtl', 'security-rtl.html'],
  ['/security-missing', 'security-missing.html'],
  ['/app', 'app.html'],
  ['/app-rtl', 'app-rtl.html'],
  ['/codes', 'codes.html'],
  ['/codes-rtl', 'codes-rtl.html'],
  ['/docs/agent/', 'topic.html'],
  ['/docs/agent/install', 'topic.html'],
  ['/docs/agent/configure', 'topic.html'],
  ['/ar/install', 'topic-rtl.html'],
]);

/** The smallest form of an asset that this browser takes. */
function asset(folder, path, accepts) {
  const file = join(folder, '-', path);
  for (const [encoding, suffix] of [['br', '.br'], ['gzip', '.gz']]) {
    if (accepts.includes(encoding) && existsSync(file + suffix)) {
      return { body: readFileSync(file + suffix), encoding };
    }
  }
  return existsSync(file) ? { body: readFileSync(file) } : undefined;
}

function answer(folder, request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  const common = { 'Content-Security-Policy': POLICY, 'X-Content-Type-Options': 'nosniff' };
  const found = /^\/-\/([\w.-]+)$/.exec(pathname);
  const file = found === null ? undefined
    : asset(folder, found[1], request.headers['accept-encoding'] ?? '');

  if (file !== undefined) {
    response.writeHead(200, {
      ...common,
      'Content-Type': TYPES[extname(found[1])],
      ...(file.encoding === undefined ? {} : { 'Content-Encoding': file.encoding }),
    });
    response.end(file.body);
    return;
  }
  if (pathname === '/docs/agent/rack.svg') {
    response.writeHead(200, { ...common, 'Content-Type': TYPES['.svg'] });
    response.end(readFileSync(new URL('samples/rack.svg', import.meta.url)));
    return;
  }
  const page = PAGES.get(pathname);
  response.writeHead(page === undefined ? 404 : 200,
    { ...common, 'Content-Type': 'text/html; charset=utf-8' });
  response.end(readFileSync(join(folder, page ?? 'error.html')));
}

/** Starts on a free port (or the given one); `close` ends it. */
export async function serveSamples(folder, port = 0) {
  const server = createServer((request, response) => answer(folder, request, response));
  await new Promise((ready) => server.listen(port, '127.0.0.1', ready));
  return {
    base: `http://localhost:${server.address().port}/`,
    close: () => new Promise((done) => {
      server.close(done);
      server.closeAllConnections();
    }),
  };
}
