// A click on a picture that is shown smaller than it is opens it in full, in a dialog.

function isShrunk(image: HTMLImageElement): boolean {
  return image.naturalWidth > image.clientWidth * 1.3;
}

function open(image: HTMLImageElement): void {
  const dialog = document.createElement('dialog');
  const large = document.createElement('img');
  const close = document.createElement('button');
  const icon = document.createElement('span');

  dialog.className = 'zoom';
  dialog.setAttribute('aria-label', image.alt);
  large.src = image.currentSrc || image.src;
  large.alt = image.alt;
  icon.className = 'icon icon-close';
  icon.setAttribute('aria-hidden', 'true');
  close.type = 'button';
  close.className = 'zoom-close';
  close.setAttribute('aria-label', document.body.dataset.close ?? 'Close');
  close.append(icon);
  close.addEventListener('click', () => dialog.close());
  dialog.addEventListener('click', (event) => {
    if (event.target !== close) dialog.close();
  });
  dialog.addEventListener('close', () => dialog.remove());
  dialog.append(large, close);
  document.body.append(dialog);
  dialog.showModal();
}

/** A button around the picture, so that it is reached by keyboard too. Linked pictures stay links. */
function offer(image: HTMLImageElement): void {
  if (!isShrunk(image) || image.closest('a, button, summary') !== null || image.alt === '') return;
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'zoom-button';
  image.replaceWith(button);
  button.append(image);
  button.addEventListener('click', () => open(image));
}

export function offerZoom(): void {
  for (const image of document.querySelectorAll<HTMLImageElement>('.prose img')) {
    if (image.complete) offer(image);
    else image.addEventListener('load', () => offer(image), { once: true });
  }
}
