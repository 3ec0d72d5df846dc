// run.mjs -- what we seal, an independent implementation of the public format opens, and the other way round.
//
//   node tests/backup/run.mjs TOOL          TOOL: the built backup-tool
//
// The last line is "N passed, N failed".
import { execFileSync, spawnSync } from 'node:child_process'
import { constants, createHash, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { AlgorithmSuiteIdentifier, buildClient, CommitmentPolicy, RawAesKeyringNode, RawAesWrappingSuiteIdentifier,
  RawRsaKeyringNode } from '@aws-crypto/client-node'

const tool = process.argv[2]
const { encrypt, decrypt } = buildClient(CommitmentPolicy.FORBID_ENCRYPT_ALLOW_DECRYPT)
const keyring = (byte) => new RawAesKeyringNode({
  keyNamespace: 'vault', keyName: 'kek-3', unencryptedMasterKey: new Uint8Array(32).fill(byte),
  wrappingSuite: RawAesWrappingSuiteIdentifier.AES256_GCM_IV12_TAG16_NO_PADDING,
})
const context = {
  app: 'carrel/0.1', created: '2026-01-01T00:00:00Z', kek: '3', kind: 'daily',
  portal: '10111213-1415-1617-1819-1a1b1c1d1e1f', prev: 'ab'.repeat(32), schema: '2', seq: '42',
}
const lengths = [0, 1, 46, 65535, 65536, 65537, 131072, 1000003]
const limit = 64 << 20

function bytes(length) {
  const out = Buffer.alloc(length)
  for (let i = 0, x = 7; i < length; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0
    out[i] = x >>> 24
  }
  return out
}

const digest = (b) => createHash('sha256').update(b).digest('hex')
const seal = (plain) => execFileSync(tool, ['seal'], { input: plain, maxBuffer: limit })
const open = (file) => spawnSync(tool, ['open'], { input: file, maxBuffer: limit })
const theirs = async (plain, more = {}) => (await encrypt(keyring(7), plain, {
  encryptionContext: context, frameLength: 65536,
  suiteId: AlgorithmSuiteIdentifier.ALG_AES192_GCM_IV12_TAG16_HKDF_SHA256, ...more,
})).result

const tests = []
const test = (name, run) => tests.push([name, run])
const equal = (got, wanted, what) => {
  if (got !== wanted) throw new Error(`${what}: got ${got}, wanted ${wanted}`)
}
const refused = async (what, promise) => {
  try {
    await promise
  } catch {
    return
  }
  throw new Error(`${what} was accepted`)
}

for (const length of lengths) {
  test(`they open ${length} bytes that we sealed, with every name in the clear head`, async () => {
    const { plaintext, messageHeader } = await decrypt(keyring(7), seal(bytes(length)))
    equal(digest(plaintext), digest(bytes(length)), 'bytes')
    equal(messageHeader.suiteId, 0x0146, 'suite')
    equal(messageHeader.frameLength, 65536, 'frame')
    equal(JSON.stringify({ ...messageHeader.encryptionContext }), JSON.stringify(context), 'context')
  })
  test(`we open ${length} bytes that they sealed`, async () => {
    const done = open(await theirs(bytes(length)))
    equal(done.status, 0, `exit (${done.stderr})`)
    equal(digest(done.stdout), digest(bytes(length)), 'bytes')
  })
}
test('they refuse ours under another key, flipped or cut', async () => {
  const file = seal(bytes(200000))
  const flipped = Buffer.from(file)
  flipped[150000] ^= 1
  await refused('another key', decrypt(keyring(8), file))
  await refused('a flipped bit', decrypt(keyring(7), flipped))
  await refused('a cut file', decrypt(keyring(7), file.subarray(0, file.length - 1)))
})
test('we refuse what they accept and our format does not have', async () => {
  const good = await theirs(bytes(70000))
  equal(open(good).status, 0, 'the good one')
  equal(open(Buffer.concat([good, Buffer.from('x')])).status, 1, 'a byte behind the end')
  equal(open(await theirs(bytes(70000), { frameLength: 4096 })).status, 1, 'another frame length')
  equal(open(await theirs(bytes(70000), { encryptionContext: { ...context, more: '1' } })).status, 1, 'one more key')
  equal(open(await theirs(bytes(70000), { encryptionContext: { ...context, seq: '43' } })).status, 1, 'another seq')
  equal(open(await theirs(bytes(70000), {
    suiteId: AlgorithmSuiteIdentifier.ALG_AES256_GCM_IV12_TAG16_HKDF_SHA256,
  })).status, 1, 'another suite')
})


// ---- sealed to a client's own key ----

const folder = mkdtempSync(join(tmpdir(), 'carrel-backup-'))
process.on('exit', () => rmSync(folder, { recursive: true }))

function client(name, modulusLength) {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength, publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const files = { public: join(folder, `${name}.pub`), private: join(folder, `${name}.key`) }
  writeFileSync(files.public, publicKey)
  writeFileSync(files.private, privateKey)
  const keyName = digest(createPublicKey(publicKey).export({ type: 'spki', format: 'der' }))
  const ring = new RawRsaKeyringNode({ keyNamespace: 'client', keyName, rsaKey: { publicKey, privateKey },
    padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' })
  return { files, ring }
}

const alice = client('alice', 3072)
const bob = client('bob', 4096)
const sealFor = (who, plain) => execFileSync(tool, ['seal-for', who.files.public], { input: plain, maxBuffer: limit })
const openFor = (who, file) => spawnSync(tool, ['open-for', who.files.private], { input: file, maxBuffer: limit })
const theirsFor = async (who, plain, more = {}) => (await encrypt(who.ring, plain, {
  encryptionContext: context, frameLength: 65536,
  suiteId: AlgorithmSuiteIdentifier.ALG_AES192_GCM_IV12_TAG16_HKDF_SHA256, ...more,
})).result

for (const length of [0, 46, 65536, 200003]) {
  test(`a client opens ${length} bytes that we sealed to their RSA key`, async () => {
    for (const who of [alice, bob]) {
      const { plaintext, messageHeader } = await decrypt(who.ring, sealFor(who, bytes(length)))
      equal(digest(plaintext), digest(bytes(length)), 'bytes')
      equal(messageHeader.suiteId, 0x0146, 'suite')
      equal(JSON.stringify({ ...messageHeader.encryptionContext }), JSON.stringify(context), 'context')
    }
  })
  test(`we open ${length} bytes that they sealed to a client's RSA key`, async () => {
    const done = openFor(bob, await theirsFor(bob, bytes(length)))
    equal(done.status, 0, `exit (${done.stderr})`)
    equal(digest(done.stdout), digest(bytes(length)), 'bytes')
  })
}
test('what is sealed to one client, neither another nor the vault opens', async () => {
  const file = sealFor(alice, bytes(70000))
  await refused('another client', decrypt(bob.ring, file))
  await refused('the key of the portal', decrypt(keyring(7), file))
  await refused('a cut file', decrypt(alice.ring, file.subarray(0, file.length - 1)))
  equal(openFor(bob, file).status, 1, 'our exit for another client')
  equal(openFor(alice, Buffer.concat([file, Buffer.from('x')])).status, 1, 'our exit for a byte behind the end')
})
test('without a list we open what the vault sealed, by us or by them, and nothing of another form', async () => {
  const alone = (file) => spawnSync(tool, ['open-alone'], { input: file, maxBuffer: limit })
  for (const file of [seal(bytes(70000)), await theirs(bytes(70000))])
    equal(digest(alone(file).stdout), digest(bytes(70000)), 'bytes')
  equal(alone(await theirs(bytes(9), { encryptionContext: { ...context, more: '1' } })).status, 1, 'one more name')
  equal(alone(await theirs(bytes(9), { encryptionContext: { ...context, seq: '042' } })).status, 1, 'a leading zero')
  equal(alone(await theirs(bytes(9), { frameLength: 4096 })).status, 1, 'another frame length')
  equal(openFor(alice, await theirsFor(alice, bytes(9), { encryptionContext: {} })).status, 1, 'no context')
})

let passed = 0
for (const [name, run] of tests) {
  try {
    await run()
    passed++
    console.log(`ok      ${name}`)
  } catch (error) {
    console.log(`FAILED  ${name}: ${error.message}`)
  }
}
console.log(`${passed} passed, ${tests.length - passed} failed`)
process.exitCode = passed === tests.length ? 0 : 1
