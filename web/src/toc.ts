// The table of contents: bring the current topic into view, keep unfolded groups unfolded during a
// session, and put the drawer away when the window grows wide enough for the side column.

const KEY = 'carrel-open-groups';
const WIDE = '(min-width: 64rem)';

/** A group's name within the whole tree: titles from the root down. */
function pathOf(group: HTMLDetailsElement): string {
  const titles: string[] = [];
  let at: Element | null = group;
  while (at !== null) {
    titles.unshift(at.querySelector(':scope > summary')?.textContent?.trim() ?? '');
    at = at.parentElement?.closest('details') ?? null;
  }
  return titles.join('\n');
}

function load(key: string): Set<string> {
  try {
    const stored: unknown = JSON.parse(sessionStorage.getItem(key) ?? '[]');
    return new Set(Array.isArray(stored) ? stored.filter((s) => typeof s === 'string') : []);
  } catch {
    return new Set();
  }
}

function save(key: string, open: Set<string>): void {
  try {
    sessionStorage.setItem(key, JSON.stringify([...open].slice(-200)));
  } catch {
    // Storage is closed or full: groups fold again on the next page.
  }
}

function keepGroups(toc: HTMLElement): void {
  const publication = toc.querySelector<HTMLAnchorElement>('.toc-publication')?.pathname ?? '';
  const key = `${KEY}:${publication}`;
  const open = load(key);
  const known = new Map<HTMLDetailsElement, boolean>();
  const note = (): void => {
    for (const [group, was] of known) {
      if (group.open === was) continue;
      known.set(group, group.open);
      if (group.open) open.add(pathOf(group));
      else open.delete(pathOf(group));
    }
    save(key, open);
  };
  for (const group of toc.querySelectorAll('details')) {
    if (open.has(pathOf(group))) group.open = true;
    known.set(group, group.open);
    group.addEventListener('toggle', note);
  }
  // The toggle event comes a moment after the click; whoever leaves at once has unfolded it all the same.
  addEventListener('pagehide', note);
}

/** Scrolls the column only: the page itself must stay where the reader or the URL put it. */
function showCurrent(toc: HTMLElement): void {
  const link = toc.querySelector<HTMLElement>('[aria-current=page]');
  if (link === null || toc.clientHeight === 0) return;
  const top = link.getBoundingClientRect().top - toc.getBoundingClientRect().top;
  if (top > toc.clientHeight * 0.75) toc.scrollTop += top - toc.clientHeight / 3;
}

export function prepareContents(): void {
  const toc = document.getElementById('-toc');
  if (toc === null) return;
  keepGroups(toc);
  showCurrent(toc);
  toc.addEventListener('toggle', () => showCurrent(toc));
  matchMedia(WIDE).addEventListener('change', (wide) => {
    if (wide.matches && toc.matches(':popover-open')) toc.hidePopover();
  });
}
