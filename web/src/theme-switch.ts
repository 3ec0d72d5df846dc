// Automatic, light or dark: three radio buttons that the page hides until this script can serve them.

type Theme = 'auto' | 'light' | 'dark';

const KEY = 'carrel-theme';

function current(): Theme {
  const theme = document.documentElement.dataset.theme;
  return theme === 'light' || theme === 'dark' ? theme : 'auto';
}

function apply(theme: Theme): void {
  if (theme === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

function remember(theme: Theme): void {
  try {
    if (theme === 'auto') localStorage.removeItem(KEY);
    else localStorage.setItem(KEY, theme);
  } catch {
    // Storage is closed: the choice lasts for this page.
  }
}

export function offerThemes(): void {
  const box = document.querySelector<HTMLElement>('[data-theme-switch]');
  if (box === null) return;
  const choices = [...box.querySelectorAll<HTMLInputElement>('input[name=theme]')];
  const show = () => {
    for (const choice of choices) choice.checked = choice.value === current();
  };

  box.addEventListener('change', (event) => {
    const theme = (event.target as HTMLInputElement).value as Theme;
    apply(theme);
    remember(theme);
  });
  // Another tab of the same portal changed it.
  addEventListener('storage', (event) => {
    if (event.key !== KEY && event.key !== null) return;
    apply(event.newValue === 'light' || event.newValue === 'dark' ? event.newValue : 'auto');
    show();
  });
  // A page from the back/forward cache may be older than the choice.
  addEventListener('pageshow', show);
  show();
  box.hidden = false;
}
