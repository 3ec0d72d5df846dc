// Before the first paint: use the theme the reader chose, so that the page never flashes.
// A classic script in <head>; reader.ts lets the reader choose.
try {
  const chosen = localStorage.getItem('carrel-theme');
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen;
} catch {
  // Storage is closed to this page: the system's theme applies.
}
