// Colours for code. highlight.js finds the tokens; the elements are built here, node by node, because
// the site's Trusted Types policy refuses markup in strings.
import type { HLJSApi } from 'highlight.js';
import { aliases, languages } from './languages.js';

interface TokenNode {
  scope?: string;
  language?: string;
  children: (TokenNode | string)[];
}

/** "title.function" -> "hljs-title function_", as the style sheet expects. */
function classesOf(scope: string): string {
  return scope.split('.').map((part, i) => (i === 0 ? `hljs-${part}` : part + '_'.repeat(i)))
    .join(' ');
}

function build(node: TokenNode, into: Node): Node {
  for (const child of node.children) {
    if (typeof child === 'string') {
      into.appendChild(document.createTextNode(child));
    } else if (child.scope !== undefined) {
      const span = document.createElement('span');
      span.className = classesOf(child.scope);
      into.appendChild(build(child, span));
    } else {
      build(child, into);
    }
  }
  return into;
}

function languageOf(code: Element): string | undefined {
  const name = /(?:^|\s)language-(\S+)/.exec(code.className)?.[1]?.toLowerCase();
  if (name === undefined) return undefined;
  const known = Object.hasOwn(aliases, name) ? aliases[name] : name;
  return known !== undefined && Object.hasOwn(languages, known) ? known : undefined;
}

async function highlight(code: Element): Promise<void> {
  const language = languageOf(code);
  const load = language === undefined ? undefined : languages[language];
  if (language === undefined || load === undefined) return;
  const [{ default: hljs }, { default: grammar }] =
    await Promise.all([import('highlight.js/lib/core') as Promise<{ default: HLJSApi }>, load()]);
  if (hljs.getLanguage(language) === undefined) hljs.registerLanguage(language, grammar);
  const result = hljs.highlight(code.textContent ?? '', { language, ignoreIllegals: true });
  const { rootNode } = result._emitter as unknown as { rootNode: TokenNode };
  code.replaceChildren(build(rootNode, document.createDocumentFragment()));
}

export function highlightWhenVisible(): void {
  const observer = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      observer.unobserve(entry.target);
      // Plain text stays complete and readable when a part cannot be loaded.
      highlight(entry.target).catch(() => undefined);
    }
  }, { rootMargin: '300px' });
  for (const code of document.querySelectorAll('.prose pre > code[class*="language-"]')) {
    if (languageOf(code) !== undefined) observer.observe(code);
  }
}
