// Films go to this machine's own server one after another, with a bar each.
'use strict';
(() => {
  const films = document.getElementById('films');
  const drop = document.getElementById('drop');
  const files = document.getElementById('files');
  const problem = document.getElementById('upload-problem');
  if (!films || !drop || !files) return;
  const draft = films.dataset.draft;
  const waiting = [];
  let busy = false;
  let failed = false;

  const say = (text) => { problem.textContent = text; problem.hidden = !text; };

  const send = (file) => new Promise((resolve) => {
    const place = document.createElement('div');
    place.className = 'film';
    const name = document.createElement('p');
    name.className = 'name';
    name.textContent = file.name;
    const bar = document.createElement('progress');
    bar.max = Math.max(file.size, 1);
    bar.value = 0;
    bar.setAttribute('aria-label', file.name);
    place.append(name, bar);
    films.append(place);
    const request = new XMLHttpRequest();
    request.open('POST', `/films/${draft}?name=${encodeURIComponent(file.name)}&modified=${Math.round(file.lastModified / 1000)}`);
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.upload.addEventListener('progress', (event) => { bar.value = event.loaded; });
    request.addEventListener('loadend', () => {
      bar.remove();
      if (request.status !== 200) {
        failed = true;
        say(request.responseText || file.name);
        place.remove();
        return resolve();
      }
      const clip = JSON.parse(request.responseText);
      place.dataset.clip = clip.number;
      if (films.dataset.look) {
        const look = document.createElement('div');
        look.className = 'looking';
        look.textContent = '…';
        place.append(look);
        fetch(`/films/${draft}/${clip.number}/look`).then((answer) => answer.text()).then((text) => {
          look.innerHTML = text;
          if (window.htmx) window.htmx.process(look);
        });
      }
      resolve();
    });
    request.send(file);
  });

  const work = async () => {
    if (busy) return;
    busy = true;
    while (waiting.length) await send(waiting.shift());
    busy = false;
    if (films.dataset.reload && !failed) location.reload();
  };

  const take = (list) => {
    say('');
    failed = false;
    const there = document.querySelectorAll('.film').length;
    for (const file of [...list].slice(0, Math.max(0, Number(films.dataset.most) - there))) waiting.push(file);
    work();
  };

  files.addEventListener('change', () => { take(files.files); files.value = ''; });
  for (const kind of ['dragenter', 'dragover']) {
    drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add('over'); });
  }
  drop.addEventListener('dragleave', () => drop.classList.remove('over'));
  drop.addEventListener('drop', (event) => { event.preventDefault(); drop.classList.remove('over'); take(event.dataTransfer.files); });
  for (const kind of ['dragover', 'drop']) window.addEventListener(kind, (event) => event.preventDefault());
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-drop]');
    if (!button) return;
    fetch(button.dataset.drop, { method: 'POST' }).then(() => button.closest('.film').remove());
  });
  window.addEventListener('beforeunload', (event) => { if (busy) event.preventDefault(); });
})();
