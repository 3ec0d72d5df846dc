// "On this page" marks the section the reader is in.

export function spyOnSections(): void {
  const links = new Map<string, HTMLAnchorElement>();
  for (const link of document.querySelectorAll<HTMLAnchorElement>('.onpage a')) {
    links.set(decodeURIComponent(link.hash.slice(1)), link);
  }
  const headings = [...links.keys()]
    .map((id) => document.getElementById(id))
    .filter((h) => h !== null);
  if (headings.length === 0) return;

  let marked: HTMLAnchorElement | undefined;
  const mark = (heading: HTMLElement | undefined) => {
    const link = heading === undefined ? undefined : links.get(heading.id);
    if (link === marked) return;
    marked?.removeAttribute('aria-current');
    link?.setAttribute('aria-current', 'true');
    marked = link;
  };

  /** The last heading that has passed below the header bar; at the page's end, the last one. */
  const update = () => {
    const atEnd = scrollY > 0 && scrollY + innerHeight >= document.documentElement.scrollHeight - 2;
    const line = innerHeight * 0.25;
    const passed = headings.filter((h) => h.getBoundingClientRect().top <= line);
    mark(atEnd ? headings.at(-1) : passed.at(-1));
  };

  // Headings crossing the line are the only moments at which the answer can change.
  const observer = new IntersectionObserver(update, { rootMargin: '0px 0px -75% 0px' });
  for (const heading of headings) observer.observe(heading);
  const end = document.querySelector('.foot');
  if (end !== null) new IntersectionObserver(update).observe(end);
}
