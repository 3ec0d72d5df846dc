// One spelling for HTML that means the same, by the rules of the specification's own test: white space
// counts only within <pre>, attributes have no order, a void element has no slash, references stand for
// their characters, and addresses are compared with their percent signs resolved.

const BLOCKS = new Set(('article header aside hgroup blockquote hr iframe body li map button object canvas ol ' +
  'caption output col p colgroup pre dd progress div section dl table td dt tbody embed textarea fieldset ' +
  'tfoot figcaption th figure thead footer tr form ul h1 h2 h3 h4 h5 h6 video script style').split(' '));

const TOKEN = /<!--[\s\S]*?-->|<[!?][^>]*>|<\/?[A-Za-z][^\s/>]*(?:\s+[^\s=>/"']+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]*))?)*\s*\/?>|[^<]+|</g;
const ATTR = /([^\s=>/"']+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]*)))?/g;

const NAMED = { amp: '&', lt: '<', gt: '>', quot: '"', nbsp: '\u00a0' };

function decode(text) {
  return text.replace(/&(?:#x([0-9a-f]+)|#([0-9]+)|([a-z]+));/gi, (all, hex, dec, name) => {
    if (hex !== undefined) return String.fromCodePoint(parseInt(hex, 16));
    if (dec !== undefined) return String.fromCodePoint(parseInt(dec, 10));
    return NAMED[name] ?? all;
  });
}

const encode = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

function address(value) {
  try {
    return encodeURIComponent(decodeURIComponent(value));
  } catch {
    return value;
  }
}

function attributes(source) {
  const list = [];
  for (const [, name, double, single, bare] of source.matchAll(ATTR)) {
    const value = decode(double ?? single ?? bare ?? '');
    const key = name.toLowerCase();
    list.push(` ${key}="${encode(key === 'href' || key === 'src' ? address(value) : value)}"`);
  }
  return list.sort().join('');
}

export function normalize(html) {
  let out = '';
  let pre = 0;
  let after = 'block';          // what the last token was: 'block', 'br', 'inline' or 'text'

  for (const [token] of html.matchAll(TOKEN)) {
    const tag = /^<(\/?)([A-Za-z][^\s/>]*)([\s\S]*?)\/?>$/.exec(token);
    if (tag === null) {
      let text = token.startsWith('<') && token.length > 1 ? token : encode(decode(token));
      if (pre === 0) {
        text = text.replace(/\s+/g, ' ');
        if (after === 'block' || after === 'br') text = text.replace(/^ /, '');
        if (after === 'text' && out.endsWith(' ')) text = text.replace(/^ /, '');
      }
      out += text;
      if (text !== '') after = 'text';
      continue;
    }
    const [, end, source, rest] = tag;
    const name = source.toLowerCase();
    const block = BLOCKS.has(name);
    if (block && pre === 0) out = out.trimEnd();
    if (name === 'pre') pre += end ? -1 : 1;
    out += end ? `</${name}>` : `<${name}${attributes(rest)}>`;
    after = block ? 'block' : name === 'br' ? 'br' : 'inline';
  }
  return out.trim();
}
