// The team's table: edited in place, brought in from a file.
'use strict';
(() => {
  document.addEventListener('change', (event) => {
    const form = event.target.form;
    if (!form || !form.dataset.quiet) return;
    fetch(form.action, { method: 'POST', headers: { 'hx-request': 'true', 'x-script': 'true' }, body: new URLSearchParams(new FormData(form)) })
      .then(async (answer) => {
        event.target.setCustomValidity(answer.ok ? '' : await answer.text());
        event.target.reportValidity();
        event.target.classList.toggle('kept', answer.ok);
      });
  });
  const roster = document.getElementById('roster');
  const problem = document.getElementById('roster-problem');
  if (roster) {
    roster.addEventListener('change', async () => {
      const file = roster.files[0];
      if (!file) return;
      const answer = await fetch(`/team/roster?name=${encodeURIComponent(file.name)}`, { method: 'POST', body: file });
      if (answer.ok) return location.reload();
      problem.textContent = await answer.text();
      problem.hidden = false;
      roster.value = '';
    });
  }
})();
