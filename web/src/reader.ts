// What a reader's browser adds to a page that is already complete without it.
import { addCopyButtons } from './copy.js';
import { highlightWhenVisible } from './highlight.js';
import { spyOnSections } from './spy.js';
import { offerThemes } from './theme-switch.js';
import { prepareContents } from './toc.js';
import { offerZoom } from './zoom.js';

offerThemes();
prepareContents();
spyOnSections();
addCopyButtons();
highlightWhenVisible();
offerZoom();
// Few pages have a password field, and only those load what helps with one.
if (document.querySelector('input[type=password]') !== null) {
  void import('./password.js').then(({ helpWithPasswords }) => helpWithPasswords());
}
if (document.querySelector('[data-copyable], [data-file-into]') !== null) {
  void import('./workspace.js').then(({ helpInWorkspace }) => helpInWorkspace());
}
if (document.querySelector('form[data-passkey]') !== null) {
  void import('./passkey.js').then(({ offerPasskeys }) => offerPasskeys());
}
