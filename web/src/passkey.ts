// Passkeys (Web Authentication): each form asks the server for a question, has the browser answer it, and is
// sent as any other form. The server judges; here nothing is decided.

interface Question {
  challenge: string;
  rp_id: string;
  verification: 'required' | 'preferred';
  allow?: string[];
  exclude?: string[];
  rp_name?: string;
  user_id?: string;
  user_name?: string;
  user_title?: string;
}

const MINUTES = 5;
const ES256 = -7;
const EDDSA = -8;

/** base64url without padding (RFC 4648, section 5), as the server writes it. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (c) => c.charCodeAt(0));
}

function textOf(bytes: ArrayBuffer | null): string {
  const binary = [...new Uint8Array(bytes ?? new ArrayBuffer(0))].map((b) => String.fromCharCode(b)).join('');
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function descriptors(ids: string[] | undefined): PublicKeyCredentialDescriptor[] {
  return (ids ?? []).map((id) => ({ type: 'public-key', id: bytesOf(id) }));
}

/** The question; undefined when the server leads elsewhere first, to prove who one is. */
async function ask(form: HTMLFormElement): Promise<Question | undefined> {
  const csrf = new FormData(form).get('csrf');
  const response = await fetch(form.dataset.start ?? '', {
    method: 'POST',
    body: new URLSearchParams({ csrf: String(csrf) }),
  });
  if (response.redirected) {
    location.assign(response.url);
    return undefined;
  }
  if (!response.ok) throw new Error(`status ${response.status}`);
  return await response.json() as Question;
}

function fill(form: HTMLFormElement, answer: Record<string, string>): void {
  for (const [name, value] of Object.entries(answer)) {
    const input = form.elements.namedItem(name);
    if (input instanceof HTMLInputElement) input.value = value;
  }
}

async function prove(form: HTMLFormElement, question: Question): Promise<void> {
  const made = await navigator.credentials.get({
    publicKey: {
      challenge: bytesOf(question.challenge),
      rpId: question.rp_id,
      allowCredentials: descriptors(question.allow),
      userVerification: question.verification,
      timeout: MINUTES * 60_000,
    },
  });
  if (!(made instanceof PublicKeyCredential)) throw new Error('no passkey');
  const answer = made.response as AuthenticatorAssertionResponse;
  fill(form, {
    credential: textOf(made.rawId),
    client_data: textOf(answer.clientDataJSON),
    auth_data: textOf(answer.authenticatorData),
    signature: textOf(answer.signature),
    user_handle: textOf(answer.userHandle),
  });
}

async function make(form: HTMLFormElement, question: Question): Promise<void> {
  const made = await navigator.credentials.create({
    publicKey: {
      challenge: bytesOf(question.challenge),
      rp: { id: question.rp_id, name: question.rp_name ?? question.rp_id },
      user: {
        id: bytesOf(question.user_id ?? ''),
        name: question.user_name ?? '',
        displayName: question.user_title ?? '',
      },
      pubKeyCredParams: [{ type: 'public-key', alg: EDDSA }, { type: 'public-key', alg: ES256 }],
      excludeCredentials: descriptors(question.exclude),
      authenticatorSelection: { residentKey: 'preferred', userVerification: question.verification },
      attestation: 'none',
      timeout: MINUTES * 60_000,
    },
  });
  if (!(made instanceof PublicKeyCredential)) throw new Error('no passkey');
  const answer = made.response as AuthenticatorAttestationResponse;
  fill(form, {
    client_data: textOf(answer.clientDataJSON),
    attestation: textOf(answer.attestationObject),
    transports: answer.getTransports().join(','),
  });
}

async function carryOut(form: HTMLFormElement): Promise<void> {
  const question = await ask(form);
  if (question === undefined) return;
  await (form.dataset.passkey === 'create' ? make(form, question) : prove(form, question));
  form.submit();                  // as it is: no second submit event
}

function offer(form: HTMLFormElement): void {
  const button = form.querySelector<HTMLButtonElement>('button[type=submit]');
  const failed = form.querySelector<HTMLElement>('[data-passkey-failed]');
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (failed !== null) failed.hidden = true;
    if (button !== null) button.disabled = true;
    carryOut(form).catch(() => {
      failed?.setAttribute('role', 'alert');
      if (failed !== null) failed.hidden = false;
    }).finally(() => {
      if (button !== null) button.disabled = false;
    });
  });
  form.hidden = false;
}

export function offerPasskeys(): void {
  if (!('PublicKeyCredential' in globalThis)) return;
  for (const form of document.querySelectorAll<HTMLFormElement>('form[data-passkey]')) offer(form);
  for (const text of document.querySelectorAll<HTMLElement>('[data-passkey-instead]')) text.hidden = true;
}
