// Correction by hand: the film with what was measured drawn on it. Every change is measured at once; nothing is kept until saved.
'use strict';
(() => {
  const root = document.getElementById('corrector');
  if (!root) return;
  const words = JSON.parse(root.dataset.words);
  const sides = JSON.parse(root.dataset.sides);
  const data = JSON.parse(root.dataset.data);
  const get = (id) => document.getElementById(id);
  const film = get('film'), over = get('over'), pen = over.getContext('2d');
  const JOINTS = ['hip', 'knee', 'ankle', 'heel', 'foot_index'];
  const LINES = [[0, 1], [1, 2], [2, 3], [3, 4], [2, 4]];
  const NEAR_PX = 26;

  let corrections = data.corrections.map((one) => ({ row: one.row, said: one.said }));
  let kept = JSON.stringify(corrections.map((one) => one.row));
  let clip = null;            // times, joints, stances of this clip as measured now
  let step = null;            // the chosen step
  let frame = 0;
  let drag = null;            // { joint, side, from: [x, y], to: [x, y] }
  let level = null;           // { along, points }
  let legsFrom = null;
  let cursor = [data.width / 2, data.height / 2], keyboard = false;
  let asked = 0;

  const say = (text) => { get('problem').textContent = text; get('problem').hidden = !text; };
  const playback = (real) => data.start + real * clip.factor;
  const real = (time) => (time - data.start) / clip.factor;
  const colour = (side) => (side === 'left' ? '#4aa3ff' : '#ffb02e');

  const place = (index, side, k = frame) => {
    const column = 4 * index + (side === 'left' ? 0 : 2);
    const row = clip.joints[k];
    return row && row[column] !== null ? [row[column], row[column + 1]] : null;
  };

  const frameAt = (time) => {
    const times = clip.times;
    let low = 0, high = times.length - 1;
    while (low < high) { const middle = (low + high) >> 1; if (times[middle] < time) low = middle + 1; else high = middle; }
    return low > 0 && time - times[low - 1] < times[low] - time ? low - 1 : low;
  };

  const standing = (time) => clip.stances.find((s) => s[1] <= time && time < s[2]);

  const draw = () => {
    const shown = film.getBoundingClientRect();
    const share = window.devicePixelRatio || 1;
    over.width = Math.round(shown.width * share);
    over.height = Math.round(shown.height * share);
    const scale = over.width / data.width;
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, data.width, data.height);
    if (!clip) return;
    const thick = 2.5 * share / scale;
    const now = standing(clip.times[frame]);
    for (const side of ['left', 'right']) {
      const at = (index) => (drag && drag.side === side && JOINTS[index] === drag.joint ? drag.to : place(index, side));
      pen.strokeStyle = pen.fillStyle = colour(side);
      pen.globalAlpha = now && now[0] === side ? 1 : 0.4;
      pen.lineWidth = thick;
      for (const [a, b] of LINES) {
        const from = at(a), to = at(b);
        if (!from || !to) continue;
        pen.beginPath(); pen.moveTo(...from); pen.lineTo(...to); pen.stroke();
      }
      for (let index = 0; index < 3; index += 1) {
        const point = at(index);
        if (!point) continue;
        pen.beginPath(); pen.arc(...point, 2.4 * thick, 0, 7); pen.fill();
        pen.lineWidth = thick / 2; pen.strokeStyle = '#fff'; pen.stroke(); pen.strokeStyle = colour(side);
      }
    }
    pen.globalAlpha = 1;
    pen.strokeStyle = '#ff3df2'; pen.lineWidth = thick;
    if (level) {
      for (let k = 0; k < level.points.length; k += 1) {
        pen.beginPath(); pen.arc(...level.points[k], 2 * thick, 0, 7); pen.stroke();
        if (k % 2) { pen.beginPath(); pen.moveTo(...level.points[k - 1]); pen.lineTo(...level.points[k]); pen.stroke(); }
      }
    }
    if (keyboard && document.activeElement === over) {
      const size = 7 * thick;
      pen.beginPath(); pen.moveTo(cursor[0] - size, cursor[1]); pen.lineTo(cursor[0] + size, cursor[1]);
      pen.moveTo(cursor[0], cursor[1] - size); pen.lineTo(cursor[0], cursor[1] + size); pen.stroke();
    }
    get('now').textContent = `${playback(clip.times[frame]).toFixed(2)} s`;
    get('seek').max = clip.times.length - 1;
    get('seek').value = frame;
    get('seek').setAttribute('aria-valuetext', get('now').textContent);
  };

  const show = (k) => {
    if (!clip) return;
    frame = Math.max(0, Math.min(clip.times.length - 1, k));
    const gap = clip.times.length > 1 ? clip.times[1] - clip.times[0] : 0.01;
    film.currentTime = clip.times[frame] * (clip.factor / data.factor0) + 0.25 * gap;
    draw();
  };

  const ticking = () => {
    if (!film.paused && clip) {
      frame = frameAt(film.currentTime * (data.factor0 / clip.factor));
      draw();
    }
    requestAnimationFrame(ticking);
  };

  const steps = () => {
    const list = get('steps');
    list.replaceChildren();
    clip.stances.forEach((stance, k) => {
      const button = document.createElement('button');
      button.type = 'button';
      button.className = `step ${stance[0]}${stance[3] ? ' out' : ''}`;
      button.textContent = `${sides[stance[0]].slice(0, 1).toUpperCase()} ${playback(stance[1]).toFixed(1)}`;
      button.title = `${sides[stance[0]]}, ${playback(stance[1]).toFixed(2)} s`;
      button.setAttribute('aria-pressed', String(step === k));
      button.addEventListener('click', () => { choose(k); show(frameAt((stance[1] + stance[2]) / 2)); });
      list.append(button);
    });
  };

  const choose = (k) => {
    step = k;
    const stance = clip.stances[k];
    get('step-do').hidden = !stance;
    if (stance) get('step-name').textContent = `${sides[stance[0]]}, ${playback(stance[1]).toFixed(2)}–${playback(stance[2]).toFixed(2)} s`;
    for (const [number, button] of [...get('steps').children].entries()) button.setAttribute('aria-pressed', String(number === k));
  };

  const numbers = (rows) => {
    const table = document.createElement('table');
    for (const row of rows.filter((r) => r.corrected).concat(rows.filter((r) => !r.corrected))) {
      const line = document.createElement('tr');
      if (row.corrected) line.className = 'changed';
      const head = document.createElement('th');
      head.scope = 'row';
      head.textContent = `${row.title}, ${row.side}`;
      const value = document.createElement('td');
      value.textContent = row.likely ? `${row.said} (${row.likely})` : row.said;
      const rated = document.createElement('td');
      rated.className = row.position;
      rated.textContent = row.rating;
      line.append(head, value, rated);
      table.append(line);
    }
    get('numbers').replaceChildren(table);
  };

  const made = () => {
    const list = get('made');
    list.replaceChildren();
    corrections.forEach((one, k) => {
      const item = document.createElement('li');
      const text = document.createElement('span');
      text.textContent = one.said || words.pending;
      const undo = document.createElement('button');
      undo.type = 'button';
      undo.className = 'quiet';
      undo.textContent = words.undo;
      undo.setAttribute('aria-label', `${words.undo}: ${one.said || ''}`);
      undo.addEventListener('click', () => { const before = corrections; corrections = corrections.filter((_, n) => n !== k); measure(before); });
      item.append(text, ' ', undo);
      list.append(item);
    });
    get('none-made').hidden = corrections.length > 0;
    get('save').disabled = JSON.stringify(corrections.map((one) => one.row)) === kept;
  };

  // Whoever is named last corrected what nobody was named for yet.
  const body = () => JSON.stringify({
    by: get('by').value,
    corrections: corrections.map(({ row }) => (row.by === words.nobody ? { ...row, by: get('by').value.trim() || row.by } : row)),
  });

  const measure = async (before) => {
    const number = ++asked;
    const began = performance.now();
    get('state').textContent = words.measuring;
    made();
    try {
      const answer = await fetch(`${data.url}/correct/preview`, { method: 'POST', body: body(), headers: { 'content-type': 'application/json' } });
      if (number !== asked) return;
      if (!answer.ok) {
        say(await answer.text());
        if (before && corrections.some((one) => one.row.what === 'runner')) { get('state').textContent = words.new_runner; made(); get('save').disabled = false; say(''); return; }
        if (before) corrections = before;
        get('state').textContent = '';
        made();
        return;
      }
      const told = await answer.json();
      say('');
      corrections = told.rows.map((row, k) => ({ row, said: told.said[k] }));
      const turned = clip && told.found.clips[data.clip].mirrored !== clip.mirrored;
      clip = told.found.clips[data.clip];
      if (data.factor0 === undefined) { data.factor0 = clip.factor; data.mirrored0 = clip.mirrored; }
      film.classList.toggle('turned', clip.mirrored !== data.mirrored0);
      if (turned) step = null;
      steps();
      if (step !== null && clip.stances[step]) choose(step); else get('step-do').hidden = true;
      numbers(told.found.rows);
      get('state').textContent = words.measured.replace('{seconds}', ((performance.now() - began) / 1000).toFixed(1));
      made();
      draw();
    } catch (error) {
      say(words.no_server);
      get('state').textContent = '';
    }
  };

  const add = (row) => {
    const before = corrections;
    corrections = [...corrections, { row: { ...row, clip: data.sha256, by: get('by').value || undefined }, said: '' }];
    return measure(before);
  };

  const instead = (what, row) => {
    const before = corrections;
    corrections = corrections.filter((one) => one.row.what !== what || one.row.clip !== data.sha256);
    if (row) {
      const own = corrections.findIndex((one) => one.row.clip === data.sha256);
      const made_of = { row: { ...row, clip: data.sha256, by: get('by').value || undefined }, said: '' };
      corrections = [...corrections.slice(0, own < 0 ? undefined : own), made_of, ...(own < 0 ? [] : corrections.slice(own))];
    }
    measure(before);
  };

  const pointer = (event) => {
    const box = over.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width * data.width, (event.clientY - box.top) / box.height * data.height];
  };

  const nearest = (point) => {
    const reach = NEAR_PX * data.width / over.getBoundingClientRect().width;
    let best = null;
    for (const side of ['left', 'right']) {
      for (let index = 0; index < 3; index += 1) {
        const at = place(index, side);
        const off = at ? Math.hypot(at[0] - point[0], at[1] - point[1]) : Infinity;
        if (off < reach && (!best || off < best.off)) best = { off, joint: JOINTS[index], side, from: at, to: at };
      }
    }
    return best;
  };

  const dropped = () => {
    const one = drag;
    drag = null;
    if (!one || Math.hypot(one.to[0] - one.from[0], one.to[1] - one.from[1]) < 0.75) { draw(); return; }
    const reach = document.querySelector('input[name="reach"]:checked').value;
    const round = (p) => p.map((x) => Math.round(10 * x) / 10);
    add({ what: 'joint', joint: one.joint, side: one.side, at_s: playback(clip.times[frame]), before: round(one.from), after: round(one.to), reach, weight: Number(get('weight').value) / 100 });
  };

  const clicked = (point) => {
    if (!level) return false;
    level.points.push(point);
    if (level.points.length === (level.along === 'belt' ? 4 : 2)) {
      const done = level;
      level = null;
      for (const button of document.querySelectorAll('[data-level]')) button.setAttribute('aria-pressed', 'false');
      instead('level', { what: 'level', along: done.along, points: done.points.map((p) => p.map((x) => Math.round(10 * x) / 10)) });
    }
    draw();
    return true;
  };

  over.addEventListener('pointerdown', (event) => {
    if (!clip) return;
    keyboard = false;
    film.pause();
    over.focus();
    const point = pointer(event);
    if (clicked(point)) return;
    drag = nearest(point);
    if (drag) { over.setPointerCapture(event.pointerId); event.preventDefault(); }
    draw();
  });
  over.addEventListener('pointermove', (event) => { if (drag) { drag.to = pointer(event); draw(); } });
  over.addEventListener('pointerup', dropped);
  over.addEventListener('pointercancel', () => { drag = null; draw(); });
  over.addEventListener('keydown', (event) => {
    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (event.key === 'Escape') { drag = null; level = null; draw(); return; }
    if (event.key === ',' || event.key === '.') { show(frame + (event.key === '.' ? 1 : -1)); return; }
    if (event.key === 'j' && clip) {
      // from joint to joint, so that none has to be found by sight
      const every = ['left', 'right'].flatMap((side) => [0, 1, 2].map((index) => place(index, side))).filter(Boolean);
      const at = every.findIndex((p) => Math.hypot(p[0] - cursor[0], p[1] - cursor[1]) < 1);
      cursor = [...(every[(at + 1) % every.length] || cursor)];
      keyboard = true; draw(); return;
    }
    if (ways[event.key]) {
      event.preventDefault();
      keyboard = true;
      const far = event.shiftKey ? 10 : 1;
      cursor = [cursor[0] + far * ways[event.key][0], cursor[1] + far * ways[event.key][1]];
      if (drag) drag.to = [drag.to[0] + far * ways[event.key][0], drag.to[1] + far * ways[event.key][1]];
      draw();
    } else if ((event.key === 'Enter' || event.key === ' ') && clip) {
      event.preventDefault();
      keyboard = true;
      if (clicked([...cursor])) return;
      if (drag) dropped(); else { drag = nearest(cursor); draw(); }
    }
  });
  over.addEventListener('focus', draw);
  over.addEventListener('blur', draw);

  get('play').addEventListener('click', () => {
    film.playbackRate = Number(get('rate').value);
    if (film.paused) film.play(); else film.pause();
  });
  film.addEventListener('play', () => { get('play').textContent = words.pause; });
  film.addEventListener('pause', () => { get('play').textContent = words.play; if (clip) { frame = frameAt(film.currentTime * (data.factor0 / clip.factor)); draw(); } });
  get('rate').addEventListener('change', () => { film.playbackRate = Number(get('rate').value); });
  get('back').addEventListener('click', () => { film.pause(); show(frame - 1); });
  get('on').addEventListener('click', () => { film.pause(); show(frame + 1); });
  get('seek').addEventListener('input', () => { film.pause(); show(Number(get('seek').value)); });
  get('weight').addEventListener('input', () => { get('weight-said').textContent = `${get('weight').value} %`; });
  get('by').addEventListener('change', () => { try { localStorage.setItem('gaitcheck-by', get('by').value); } catch (e) { /* not kept then */ } });
  try { get('by').value = localStorage.getItem('gaitcheck-by') || ''; } catch (e) { /* asked again then */ }

  get('step-do').addEventListener('click', (event) => {
    const what = event.target.dataset.do;
    const stance = clip && clip.stances[step];
    if (!what || !stance) return;
    if (what === 'reject') { add({ what: 'step', side: stance[0], at_s: playback((stance[1] + stance[2]) / 2) }); return; }
    const first = what.startsWith('ic');
    const from = stance[first ? 1 : 2];
    const by = (what.endsWith('+') ? 1 : -1) * (clip.times[1] - clip.times[0]);
    show(frameAt(from + by));
    add({ what: 'contact', event: first ? 'initial_contact' : 'toe_off', side: stance[0], before: playback(from), after: playback(from + by) });
  });
  get('view').addEventListener('change', () => instead('view', get('view').value ? { what: 'view', before: clip ? clip.view : '', after: get('view').value } : null));
  if (get('runner')) get('runner').addEventListener('change', () => instead('runner', get('runner').value ? { what: 'runner', after: Number(get('runner').value) } : null));
  get('slow').addEventListener('change', () => {
    const factor = Number(get('slow').value.replace(',', '.'));
    instead('slow_motion', get('slow').value ? { what: 'slow_motion', before: clip ? clip.factor : null, after: factor } : null);
  });
  get('mirrored').addEventListener('click', () => {
    if (!clip) return;
    const told = corrections.some((one) => one.row.what === 'mirrored' && one.row.clip === data.sha256);
    instead('mirrored', told ? null : { what: 'mirrored', before: clip.mirrored, after: !clip.mirrored });
  });
  for (const button of document.querySelectorAll('[data-level]')) {
    button.addEventListener('click', () => {
      level = level && level.along === button.dataset.level ? null : { along: button.dataset.level, points: [] };
      for (const other of document.querySelectorAll('[data-level]')) other.setAttribute('aria-pressed', String(level !== null && other === button));
      if (level) { film.pause(); over.focus(); }
      draw();
    });
  }
  get('legs-from').addEventListener('click', () => {
    if (!clip) return;
    legsFrom = playback(clip.times[frame]);
    get('legs-said').textContent = `${legsFrom.toFixed(2)} s –`;
    get('legs-to').disabled = false;
  });
  get('legs-to').addEventListener('click', () => {
    const to = playback(clip.times[frame]);
    get('legs-to').disabled = true;
    get('legs-said').textContent = '';
    add({ what: 'legs', from_s: Math.min(legsFrom, to), to_s: Math.max(legsFrom, to) + 1e-6 });
  });
  get('save').addEventListener('click', async () => {
    get('save').disabled = true;
    get('state').textContent = words.saving;
    try {
      const answer = await fetch(`${data.url}/correct/save`, { method: 'POST', body: body(), headers: { 'content-type': 'application/json' } });
      if (answer.ok) { kept = JSON.stringify(corrections.map((one) => one.row)); location.assign((await answer.json()).go); return; }
      say(await answer.text());
    } catch (error) { say(words.no_server); }
    get('state').textContent = '';
    get('save').disabled = false;
  });
  window.addEventListener('beforeunload', (event) => { if (JSON.stringify(corrections.map((one) => one.row)) !== kept) event.preventDefault(); });
  window.addEventListener('resize', draw);
  film.addEventListener('loadeddata', draw);
  measure(null);
  requestAnimationFrame(ticking);
})();
