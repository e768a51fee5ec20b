// SPDX-License-Identifier: MIT
// A classic script in the head: the colours must be there before the first paint.
(() => {
  const choices = ['system', 'light', 'dark'];
  const names = { system: 'as the system', light: 'light', dark: 'dark' };
  let chosen = 'system';
  try {
    chosen = localStorage.getItem('tidings-theme') ?? chosen;
  } catch {
    // Storage may be forbidden; the choice then lasts as long as the page.
  }

  function apply() {
    if (chosen === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = chosen;
    const button = document.getElementById('theme');
    button?.setAttribute('aria-label', `Colours: ${names[chosen]}`);
    if (button) button.title = `Colours: ${names[chosen]}`;
  }

  apply();
  document.addEventListener('DOMContentLoaded', () => {
    apply();
    document.getElementById('theme').addEventListener('click', () => {
      chosen = choices[(choices.indexOf(chosen) + 1) % choices.length];
      try {
        localStorage.setItem('tidings-theme', chosen);
      } catch {
        // As above.
      }
      apply();
    });
  });
})();
