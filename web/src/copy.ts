// A copy button on every code example. Its name stays the same; a status region says what happened.

function statusRegion(): HTMLElement {
  const region = document.createElement('p');
  region.className = 'hidden';
  region.setAttribute('role', 'status');
  document.body.append(region);
  return region;
}

/** The block around the example, with the name of its language for the style sheet to show. */
function frameOf(pre: HTMLElement): HTMLElement {
  const frame = document.createElement('div');
  frame.className = 'code';
  const language = /(?:^|\s)language-(\S+)/.exec(pre.querySelector('code')?.className ?? '')?.[1];
  if (language !== undefined) frame.dataset.lang = language;
  pre.replaceWith(frame);
  frame.append(pre);
  return frame;
}

export function addCopyButtons(): void {
  const examples = [...document.querySelectorAll<HTMLElement>('.prose pre')]
    .filter((pre) => pre.querySelector(':scope > code') !== null);
  if (examples.length === 0) return;

  const { copy = 'Copy', copied = 'Copied', copyFailed = 'Copying failed' } = document.body.dataset;
  const status = statusRegion();
  let clearing = 0;

  for (const pre of examples) {
    const button = document.createElement('button');
    const icon = document.createElement('span');
    button.type = 'button';
    button.className = 'copy';
    icon.className = 'icon icon-copy';
    icon.setAttribute('aria-hidden', 'true');
    button.append(icon, copy);
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(pre.querySelector('code')?.textContent ?? '');
        status.textContent = copied;
        button.classList.add('done');
      } catch {
        status.textContent = copyFailed;
      }
      clearTimeout(clearing);
      clearing = setTimeout(() => {
        status.textContent = '';
        for (const done of document.querySelectorAll('.copy.done')) done.classList.remove('done');
      }, 4000);
    });
    frameOf(pre).append(button);
  }
}
