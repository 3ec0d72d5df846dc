// Bundle the reading site with esbuild and write it as one C table (see src/lib/page/assets.h).
//
//   node web/build.mjs OUTPUT.c DEPFILE      for the build
//   node web/build.mjs dist FOLDER           plain files, to look at
//
// The same sources and the same Node give the same bytes, in any folder.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const WEB = dirname(fileURLToPath(import.meta.url));
const MEDIA_TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

async function loadEsbuild() {
  if (!existsSync(join(WEB, 'node_modules', 'esbuild'))) {
    throw new Error("web/node_modules is missing: run 'make deps' (or 'npm ci --ignore-scripts' " +
                    'in web/) once, then build again.');
  }
  return import('esbuild');
}

const shared = {
  absWorkingDir: WEB,
  outdir: 'dist',
  bundle: true,
  minify: true,
  write: false,
  metafile: true,
  charset: 'utf8',
  target: ['es2022'],
  legalComments: 'none',          // kept whole in notices.txt instead
  logLevel: 'warning',
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  chunkNames: 'part-[name]-[hash]',
  loader: { '.svg': 'copy' },
};

async function bundle(esbuild) {
  return Promise.all([
    // Runs before the first paint, so it is a classic script and not a module.
    esbuild.build({ ...shared, entryPoints: ['src/theme.ts'], format: 'iife' }),
    esbuild.build({
      ...shared,
      entryPoints: ['src/reader.ts', 'css/reader.css', 'css/workspace.css', 'icons/favicon.svg'],
      format: 'esm',
      splitting: true,
    }),
  ]);
}

/** "reader-1A2B3C4D.css" -> "reader.css"; a nameless shared chunk keeps its hash, to be unique. */
function logicalName(file) {
  const { 1: name, 2: hash, 3: ext } = /^(.+)-([A-Z2-7]{8})(\.\w+)$/.exec(file);
  return name === 'part-chunk' ? `${name}-${hash}x${ext}`.toLowerCase() : name + ext;
}

function base32(bytes) {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  return [...bytes].map((b) => alphabet[b & 31]).join('');
}

/** The licences of what others wrote; they ask that their text goes with the code. */
function notices() {
  const version = JSON.parse(readFileSync(join(WEB, 'package.json'))).devDependencies;
  const bytes = Buffer.from(
    `The scripts of this site contain highlight.js ${version['highlight.js']}, ` +
    'under the following licence.\n\n' +
    readFileSync(join(WEB, 'node_modules/highlight.js/LICENSE'), 'utf8'));
  const hash = base32(createHash('sha256').update(bytes).digest().subarray(0, 8));
  return { file: `notices-${hash}.txt`, bytes };
}

/** Nothing where it saves less than a twentieth: the header and the work would cost more. */
function worthIt(identity, compressed) {
  return compressed.length < identity.length * 0.95 ? compressed : Buffer.alloc(0);
}

function gzip(bytes) {
  const out = gzipSync(bytes, { level: 9 });
  out[9] = 255;                   // RFC 1952: "unknown" system, whatever machine this is
  return out;
}

function brotli(bytes) {
  return brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  });
}

function describe({ file, bytes }) {
  const identity = Buffer.from(bytes);
  const type = MEDIA_TYPES[extname(file)];
  if (type === undefined) throw new Error(`web/build.mjs knows no media type for ${file}`);
  return {
    path: `/-/${file}`,
    logical: logicalName(file),
    type,
    identity,
    gzip: worthIt(identity, gzip(identity)),
    brotli: worthIt(identity, brotli(identity)),
  };
}

function checkUnique(assets) {
  const seen = new Set();
  for (const { logical } of assets) {
    if (seen.has(logical)) throw new Error(`two assets are called ${logical}: rename one`);
    seen.add(logical);
  }
}

/** Bytes as a C string literal, in lines short enough for people and compilers. */
function cString(bytes) {
  const lines = [];
  let line = '';
  for (const b of bytes) {
    const plain = b >= 32 && b < 127 && b !== 34 && b !== 92 && b !== 63;
    line += plain ? String.fromCharCode(b) : '\\' + b.toString(8).padStart(3, '0');
    if (line.length >= 4000) {
      lines.push(`"${line}"`);
      line = '';
    }
  }
  lines.push(`"${line}"`);
  return lines.join('\n  ');
}

function cTable(assets) {
  const text = (s) => `STR(${cString(Buffer.from(s))})`;
  const bytes = (b) => (b.length === 0 ? '{ 0 }' : `STR(${cString(b)})`);
  const rows = assets.map((a) => `        {
                .path = ${text(a.path)},
                .logical = ${text(a.logical)},
                .media_type = ${text(a.type)},
                .identity = ${bytes(a.identity)},
                .gzip = ${bytes(a.gzip)},
                .brotli = ${bytes(a.brotli)},
        },`);
  return `/* Made by web/build.mjs: edit web/ instead. */
#include "page/assets_table.h"

const struct asset assets_table[] = {
${rows.join('\n')}
};
const size_t assets_count = sizeof assets_table / sizeof assets_table[0];
`;
}

function depfile(target, results) {
  const inputs = new Set(results.flatMap((r) => Object.keys(r.metafile.inputs)));
  const paths = [...inputs].sort().map((f) => relative(process.cwd(), resolve(WEB, f)));
  return `${target}: ${paths.map((f) => f.replaceAll(' ', '\\ ')).join(' ')}\n`;
}

async function main([target, second]) {
  if (target === undefined || second === undefined) {
    throw new Error('usage: node web/build.mjs OUTPUT.c DEPFILE, or: node web/build.mjs dist FOLDER');
  }
  const results = await bundle(await loadEsbuild());
  const files = results.flatMap((r) => r.outputFiles)
    .map((f) => ({ file: basename(f.path), bytes: f.contents }));
  const unique = [...new Map([...files, notices()].map((f) => [f.file, f])).values()];
  if (target === 'dist') {
    mkdirSync(second, { recursive: true });
    for (const { file, bytes } of unique) writeFileSync(join(second, file), bytes);
    return;
  }
  const assets = unique.map(describe).sort((a, b) => (a.path < b.path ? -1 : 1));
  checkUnique(assets);
  writeFileSync(target, cTable(assets));
  writeFileSync(second, depfile(target, results));
}

main(process.argv.slice(2)).catch((e) => {
  console.error(e.message);
  process.exit(1);
});
