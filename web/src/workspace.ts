// What helps in the workspace: a button that copies a link, a file that fills a field, and a field that does not
// let a secret go.

const FILE_BYTES_MAX = 256 * 1024;

function statusRegion(): HTMLElement {
  const region = document.createElement('p');
  region.className = 'hidden';
  region.setAttribute('role', 'status');
  document.body.append(region);
  return region;
}

function offerToCopy(field: HTMLInputElement | HTMLTextAreaElement, status: HTMLElement): void {
  const { copy = 'Copy', copied = 'Copied', copyFailed = 'Copying failed' } = document.body.dataset;
  const button = document.createElement('button');
  const icon = document.createElement('span');
  button.type = 'button';
  button.className = 'button button-quiet';
  icon.className = 'icon icon-copy';
  icon.setAttribute('aria-hidden', 'true');
  button.append(icon, ` ${copy}`);
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      status.textContent = copied;
      button.classList.add('done');
    } catch {
      status.textContent = copyFailed;
      field.select();
    }
  });
  field.parentElement?.classList.add('copyable');
  field.after(button);
}

/** The form sends text, never a file, so the server reads one kind of form only. */
function offerFile(place: HTMLElement): void {
  const target = document.getElementById(place.dataset.fileInto ?? '');
  const input = place.querySelector('input');
  if (!(target instanceof HTMLTextAreaElement) || input === null) return;
  input.addEventListener('change', async () => {
    const file = input.files?.[0];
    if (file === undefined) return;
    const fits = file.size <= FILE_BYTES_MAX;
    input.setCustomValidity(fits ? '' : `${file.name}: ${Math.ceil(file.size / 1024)} KiB > 256 KiB`);
    input.reportValidity();
    if (!fits) return;
    target.value = await file.text();
    target.dispatchEvent(new Event('input'));
  });
  place.hidden = false;
}

/** What must not leave this machine is refused before the form is sent, and again where it would arrive. */
function refuseSecrets(field: HTMLTextAreaElement): void {
  const { refuse = '', refused = '' } = field.dataset;
  const check = () => {
    const secret = refuse !== '' && field.value.includes(refuse);
    field.setCustomValidity(secret ? refused : '');
    return !secret;
  };
  field.addEventListener('input', () => check() || field.reportValidity());
  check();
}

export function helpInWorkspace(): void {
  const fields = document.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>('[data-copyable]');
  if (fields.length > 0) {
    const status = statusRegion();
    for (const field of fields) offerToCopy(field, status);
  }
  for (const place of document.querySelectorAll<HTMLElement>('[data-file-into]')) offerFile(place);
  for (const field of document.querySelectorAll<HTMLTextAreaElement>('textarea[data-refuse]')) refuseSecrets(field);
}
