// A sign-on provider that others made (npm oidc-provider), as a peer for the scenarios.
//
//   node peer.mjs PORT CERTIFICATE KEY PEOPLE REDIRECT...
//
// PEOPLE is a JSON file, { "LOGIN": { claims } }, read anew for each question; whoever types LOGIN is that person, with
// any password. The client is "carrel" with the secret "peer-secret". Prints "ready" when it serves.
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import Provider from 'oidc-provider';

const [port, certificate, key, people, ...redirects] = process.argv.slice(2);
const issuer = `https://127.0.0.1:${port}`;
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

async function findAccount(_ctx, id) {
  const claims = JSON.parse(readFileSync(people, 'utf8'))[id];
  return claims && { accountId: id, claims: async () => ({ sub: id, ...claims }) };
}

const provider = new Provider(issuer, {
  clients: [{ client_id: 'carrel', client_secret: 'peer-secret', redirect_uris: redirects }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'], groups: ['groups'] },
  cookies: { keys: ['of a test'] },
  features: { devInteractions: { enabled: true } },
  findAccount,
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), kid: 'peer-1', use: 'sig', alg: 'RS256' }] },
  pkce: { required: () => true },
});

createServer({ cert: readFileSync(certificate), key: readFileSync(key) }, provider.callback())
  .listen(Number(port), '127.0.0.1', () => console.log('ready'));
