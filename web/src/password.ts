// Beside a password field: a button that shows what was typed, and below a new one a hint at its
// strength. Only a hint: the server decides, and the form can be sent at any time.

type Level = 0 | 1 | 2 | 3 | 4;

/** The recommendations, by the names that the page gives them. Letters and digits of any script. */
const RULES: Readonly<Record<string, (password: string) => boolean>> = {
  length: (password) => [...password].length >= 12,
  lower: (password) => /\p{Ll}/u.test(password),
  upper: (password) => /\p{Lu}/u.test(password),
  digit: (password) => /\p{Nd}/u.test(password),
  special: (password) => /[^\p{L}\p{M}\p{Nd}]/u.test(password),
};

/** How many different characters someone must try for each place. */
function alphabet(password: string): number {
  const has = (rule: string) => RULES[rule]?.(password) === true;
  const other = /[\p{Lo}\p{Lm}\p{M}]/u.test(password);
  return (has('lower') ? 26 : 0) + (has('upper') ? 26 : 0) + (has('digit') ? 10 : 0) +
    (has('special') ? 33 : 0) + (other ? 28 : 0);
}

/** Counts a character less when the ones before give it away: "aaa", "abc", "321", "abab", a word. */
function surprises(password: string): number {
  const codes = [...password.toLowerCase()].map((c) => c.codePointAt(0) ?? 0);
  let count = 0;
  let letters = 0;
  let step: number | undefined;
  codes.forEach((code, i) => {
    const before = codes[i - 1];
    const now = before === undefined ? undefined : code - before;
    const isRun = now !== undefined && now === step && Math.abs(now) <= 1;
    const isEcho = i >= 2 && code === codes[i - 2] && before === codes[i - 3];
    letters = /\p{L}/u.test(String.fromCodePoint(code)) ? letters + 1 : 0;
    count += isRun || isEcho ? 0.25 : letters > 2 ? 0.5 : 1;
    step = now;
  });
  return count;
}

/** The parts of an address that someone would try first. */
function personal(login: string): string[] {
  return login.toLowerCase().split(/[^\p{L}\p{Nd}]+/u).filter((part) => part.length >= 3);
}

/** 0 is shorter than `minimum`; 1 to 4 grow with the guesses it would take. */
function levelOf(password: string, minimum: number, login: string): Level {
  if ([...password].length < minimum) return 0;
  const rest = personal(login).reduce((text, part) => text.replaceAll(part, ''), password.toLowerCase());
  const lost = password.length - rest.length;
  const bits = Math.max(0, surprises(password) - lost) * Math.log2(Math.max(2, alphabet(password)));
  if (bits < 36) return 1;
  if (bits < 56) return 2;
  return bits < 76 ? 3 : 4;
}

function offerToShow(button: HTMLButtonElement): void {
  const input = document.getElementById(button.getAttribute('aria-controls') ?? '');
  if (!(input instanceof HTMLInputElement)) return;
  const show = (shown: boolean) => {
    input.type = shown ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(shown));
  };
  button.addEventListener('click', () => show(input.type === 'password'));
  // A browser must neither keep it as ordinary text nor bring it back shown.
  input.form?.addEventListener('submit', () => show(false));
  addEventListener('pagehide', () => show(false));
  input.spellcheck = false;
  input.autocapitalize = 'none';
  button.hidden = false;
}

function hintAtStrength(advice: HTMLElement): void {
  const input = document.getElementById(advice.dataset.adviceFor ?? '');
  const box = advice.querySelector<HTMLElement>('.strength');
  const word = advice.querySelector<HTMLElement>('.strength-word');
  if (!(input instanceof HTMLInputElement) || box === null || word === null) return;

  const { tooShort = '', weak = '', fair = '', good = '', strong = '' } = advice.dataset;
  const words = [tooShort, weak, fair, good, strong] as const;
  const login = input.form?.querySelector<HTMLInputElement>('[autocomplete=username]')?.value ?? '';
  const update = () => {
    const level = levelOf(input.value, Math.max(1, input.minLength), login);
    for (const rule of advice.querySelectorAll<HTMLElement>('[data-rule]')) {
      rule.classList.toggle('met', RULES[rule.dataset.rule ?? '']?.(input.value) === true);
    }
    box.hidden = input.value === '';
    box.dataset.level = String(level);
    // Said anew only when it changes, or a screen reader would repeat it at every key.
    if (word.textContent !== words[level]) word.textContent = words[level];
  };
  input.addEventListener('input', update);
  update();
}

export function helpWithPasswords(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>('.reveal')) offerToShow(button);
  for (const advice of document.querySelectorAll<HTMLElement>('[data-advice-for]')) {
    hintAtStrength(advice);
  }
}
