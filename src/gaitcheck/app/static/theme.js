// Light or dark, as the machine says or as was chosen; kept on this machine.
'use strict';
(() => {
  const root = document.documentElement;
  let kept = null;
  try { kept = localStorage.getItem('gaitcheck-theme'); } catch (e) { kept = null; }
  if (kept) root.dataset.theme = kept;
  document.addEventListener('DOMContentLoaded', () => {
    const button = document.getElementById('theme');
    if (!button) return;
    const dark = () => root.dataset.theme ? root.dataset.theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
    const say = () => button.setAttribute('aria-pressed', String(dark()));
    button.addEventListener('click', () => {
      root.dataset.theme = dark() ? 'light' : 'dark';
      try { localStorage.setItem('gaitcheck-theme', root.dataset.theme); } catch (e) { /* not kept then */ }
      say();
    });
    say();
  });
})();
