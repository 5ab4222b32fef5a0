// Whole journeys through gaitcheck serve in headless Chromium: a runner's and a coach's, by keyboard alone, on a phone's screen, in the dark, slowed
// down, in two tabs, and over the server's death; axe-core looks at every page.
//
//     npm install playwright-core axe-core        (anywhere; not part of gaitcheck)
//     node benchmarks/app.mjs GAITCHECK REAR_CLIP SIDE_CLIP [SCREENSHOT_PREFIX]
//
// GAITCHECK is the program, say .venv/bin/gaitcheck. Needs a Chromium; CHROMIUM names its program. Ends with 1 if anything is wrong.
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';

const require = createRequire(path.join(process.cwd(), 'package.json'));
const { chromium } = require('playwright-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const [gaitcheck, rear, side, shots] = process.argv.slice(2);
const club = fs.mkdtempSync(path.join(os.tmpdir(), 'gaitcheck-app-'));
const faults = [];
const said = (...words) => console.log(...words);

let server = null;
async function start() {
  server = spawn(gaitcheck, ['serve', club, '--no-browser'], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve) => server.stdout.on('data', (text) => { const url = String(text).match(/http:\S+/); if (url) resolve(url[0]); }));
}
process.on('exit', () => { if (server) server.kill('SIGKILL'); });
process.on('SIGTERM', () => process.exit(1));
const ended = (how) => new Promise((resolve) => { server.once('exit', resolve); server.kill(how); });

let url = await start();
const base = url.replace(/enter.*/, '');
const quiet = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: quiet });
const home = await browser.newContext({ viewport: { width: 1280, height: 900 } });

let expected = false;  // while the server is killed on purpose, what fails is no fault
function watched(page) {
  page.on('request', (r) => { if (/^(https?|wss?):/.test(r.url()) && !r.url().startsWith(base)) faults.push(`asked for ${r.url()}`); });
  page.on('pageerror', (e) => faults.push(`script: ${e}`));
  page.on('console', (m) => { if (m.type() === 'error' && !expected) faults.push(`console: ${m.text()} ${m.location().url}`); });
  page.on('dialog', (d) => d.accept());
  return page;
}

// ---- in by the token, once
const page = watched(await home.newPage());
await page.goto(url);
const other = await (await browser.newContext()).newPage();
if ((await other.goto(url)).status() !== 401) faults.push('a token opened twice');
if ((await other.goto(base)).status() !== 401) faults.push('seen without a session');
const state = await home.storageState();

// ---- a runner, by keyboard alone but for the file
async function press(where, selector) { await where.focus(selector); await where.keyboard.press('Enter'); }
await press(page, 'main form button');
await page.waitForURL(/check\//);
let began = Date.now();
await page.setInputFiles('#files', [rear]);
await page.waitForSelector('.checks', { timeout: 30000 });
said('a glance at a film, with its upload:', ((Date.now() - began) / 1000).toFixed(1), 's');
if (Date.now() - began > 5000) faults.push('a glance took over 5 s');
await page.focus('input[name=name]'); await page.keyboard.type('Ann Müller'); await page.keyboard.press('Tab'); await page.keyboard.type('171');
await press(page, '#ask');
await page.waitForURL(/red_flags/);
await press(page, 'button[value=none]');
await page.waitForURL((u) => !/red_flags/.test(String(u)));
for (let k = 0; k < 20 && /questions/.test(page.url()); k += 1) {
  const now = page.url();
  if (/pain$/.test(now)) { await page.focus('input[name=worst_week]'); await page.keyboard.type('3'); }
  await press(page, 'button[value=next]');
  await page.waitForURL((u) => String(u) !== now);
}
await page.waitForURL(/jobs\//);
// a second tab sees the same, and closing the first stops nothing
const tab = watched(await home.newPage());
await tab.goto(page.url());
await page.close();
await tab.waitForURL(/club\/athletes/, { timeout: 120000 });
const visit = tab.url();
said('visit:', decodeURIComponent(visit));
if (!(await tab.textContent('h1')).trim()) faults.push('a visit without a headline');
await press(tab, 'a.main');
await tab.waitForLoadState();
await tab.waitForFunction(() => { const v = document.querySelector('video'); return v && v.readyState >= 2; }, null, { timeout: 20000 });
if (shots) await tab.screenshot({ path: `${shots}_report.png` });

// ---- correction, by keyboard alone
await tab.goto(`${visit}correct/0`);
await tab.waitForSelector('#numbers table', { timeout: 30000 });
const measured = async () => { await tab.waitForTimeout(150); await tab.waitForFunction(() => !/…$/.test(document.getElementById('state').textContent.trim()), null, { timeout: 30000 }); return tab.textContent('#state'); };
await press(tab, '#steps button:nth-child(8)');
await press(tab, '[data-do=reject]');
said('a step rejected:', await measured());
await press(tab, '[data-do="ic+"]');
said('a contact moved:', await measured());
await press(tab, '#steps button:nth-child(9)');
await tab.focus('#over');
for (let k = 0; k < 2; k += 1) await tab.keyboard.press('j');
await tab.keyboard.press('Enter');
for (const key of ['Shift+ArrowRight', 'ArrowDown', 'Enter']) await tab.keyboard.press(key);
began = Date.now();
said('a knee moved:', await measured());
if (Date.now() - began > 3000) faults.push('measuring again took over 3 s');
if ((await tab.locator('#made li').count()) !== 3) faults.push(`corrections made: ${await tab.locator('#made li').count()} of 3: ${await tab.textContent('#problem')}`);
await tab.focus('#by'); await tab.keyboard.type('Kim, coach');
await press(tab, '#save');
await tab.waitForURL(visit, { timeout: 60000 });
await tab.goto(`${visit}correct/0`);
await tab.waitForSelector('#made li');
if (!/Kim, coach/.test(await tab.textContent('#made'))) faults.push('who corrected was lost');
await tab.waitForSelector('#numbers table', { timeout: 30000 });
await press(tab, '#made li:nth-child(1) button');
await measured();
if ((await tab.locator('#made li').count()) !== 2) faults.push('a correction was not taken back');
if (shots) await tab.screenshot({ path: `${shots}_correct.png`, fullPage: true });

// ---- two weeks later
await tab.goto(`${visit}checkin`);
await tab.focus('input[name=pain]'); await tab.keyboard.type('2');
await tab.focus('input[name=done]'); await tab.keyboard.type('90');
await press(tab, 'main button.main');
await tab.waitForURL(/checkin_1\.pdf/, { timeout: 30000 }).catch(() => faults.push('the check-in made no page'));

// ---- a coach: films of everybody, the board, two visits side by side
await tab.goto(`${base}team`);
const roster = path.join(club, '..', `${path.basename(club)}.csv`);
fs.writeFileSync(roster, 'athlete,height_cm,group\nBob,180,A\n=1+1,170,B\n');
await tab.setInputFiles('#roster', roster);
await tab.waitForSelector('#roster-problem:not([hidden])');
if (!/formula/.test(await tab.textContent('#roster-problem'))) faults.push('a formula in a roster was taken');
expected = true;
fs.writeFileSync(roster, 'athlete,height_cm,group\nBob,180,A\n');
await tab.setInputFiles('#roster', roster);
await tab.waitForSelector('tr[data-name=bob]');
expected = false;
for (let k = faults.length - 1; k >= 0; k -= 1) if (/400/.test(faults[k])) faults.splice(k, 1);
await tab.click('main form button.main');
await tab.waitForURL(/team\/films/);
const films = ['Bob side 2026-10-01', 'Bob side 2026-11-01'].map((name) => path.join(os.tmpdir(), `${name}${path.extname(side)}`));
films.forEach((film) => fs.copyFileSync(side, film));
const fake = path.join(os.tmpdir(), 'Cleo rear.mp4');
fs.writeFileSync(fake, 'not a film');
await tab.setInputFiles('#files', [...films, fake]);
await tab.waitForFunction(() => document.querySelectorAll('tbody tr').length === 3, null, { timeout: 60000 });
await tab.click('main button.main');
await tab.waitForURL(/jobs/);

// ---- the server dies in the middle, and is started again: nothing lost, nothing twice
await tab.waitForSelector('progress', { timeout: 60000 });
expected = true;
await ended('SIGKILL');
await tab.waitForTimeout(500);
const again = await start();
if (again.replace(/enter.*/, '') !== base) faults.push('the server came back at another place');
await tab.goto(`${base}jobs`);
expected = false;
await tab.waitForFunction(() => document.querySelectorAll('.job.done').length === 3 && document.querySelectorAll('.job.failed').length === 1, null, { timeout: 240000 });
const folders = fs.readdirSync(path.join(club, 'athletes', 'Bob'));
if (folders.length !== 2) faults.push(`visits of Bob after the restart: ${folders}`);
await tab.goto(`${base}board`);
await tab.waitForLoadState();
if (!/Bob/.test(await tab.textContent('body')) || !/Cleo/.test(await tab.textContent('body'))) faults.push('the board lacks somebody');
if (shots) await tab.screenshot({ path: `${shots}_board.png` });
await tab.goto(`${base}team`);
await tab.click('a[href^="/compare"]');
await tab.waitForURL(/compare\.html/, { timeout: 60000 });
const playing = await tab.evaluate(() => [...document.querySelectorAll('video')].length);
if (playing !== 2) faults.push(`films side by side: ${playing}`);
if (shots) await tab.screenshot({ path: `${shots}_compare.png` });
await tab.goto(`${base}club/athletes/Bob/2026-11-01/sign`);
await tab.fill('input[name=by]', 'Kim'); await tab.fill('textarea', 'Seen on Tuesday.');
await tab.click('main button.main');
await tab.waitForURL(/2026-11-01\/$/, { timeout: 60000 });
const printed = await tab.request.get(`${base}team/print.pdf`);
if (printed.status() !== 200 || !(await printed.body()).subarray(0, 4).equals(Buffer.from('%PDF'))) faults.push('printing all failed');
const progress = await tab.request.get(`${base}athletes/Bob/progress.pdf`);
if (progress.status() !== 200) faults.push('no progress report');

// ---- every page, three ways
const folder = visit.split('/').at(-3);
const pages = ['', 'film', 'team', 'jobs', visit, `${visit}checkin`, `${visit}sign`, `${visit}correct/0`, `athletes/${folder}/forget`];
for (const [width, height, colorScheme] of [[1280, 900, 'light'], [390, 844, 'light'], [390, 844, 'dark']]) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, storageState: state, bypassCSP: true });
  const one = watched(await context.newPage());
  await one.goto(base);
  await one.click('main form button');
  await one.waitForURL(/check\//);
  const draft = one.url();
  for (const place of [...pages, draft, `${draft}/questions/red_flags`, `${draft}/questions/training`, `${draft}/questions/tests`]) {
    await one.goto(place.startsWith('http') ? place : base + place);
    if (/correct/.test(place)) await one.waitForSelector('#numbers table', { timeout: 30000 });
    await one.waitForTimeout(150);
    if (await one.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1)) faults.push(`${width} ${place}: wider than the window`);
    await one.evaluate(axe);
    const found = await one.evaluate(async () => (await window.axe.run()).violations.map((v) => `${v.id} (${v.impact}): ${v.nodes[0].html.slice(0, 90)}`));
    found.forEach((v) => faults.push(`${width} ${colorScheme} ${place}: ${v}`));
    if (shots && width === 390 && colorScheme === 'dark') await one.screenshot({ path: `${shots}_phone_${pages.indexOf(place)}.png`, fullPage: true });
  }
  await context.close();
}

// ---- a slow machine
const slow = watched(await home.newPage());
const lever = await home.newCDPSession(slow);
await lever.send('Emulation.setCPUThrottlingRate', { rate: 6 });
await slow.goto(base);
const paint = await slow.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime);
said('first paint, six times slower:', paint.toFixed(0), 'ms');
await slow.goto(`${visit}correct/0`);
await slow.waitForSelector('#numbers table', { timeout: 60000 });
await slow.click('#steps button:nth-child(4)');
await slow.close();

// ---- and everything is deleted
await tab.goto(`${base}athletes/${folder}/forget`);
await tab.click('button.danger');
await tab.waitForURL(base, { timeout: 60000 });
const left = fs.readdirSync(club, { recursive: true }).filter((name) => /M.?ller/.test(String(name)));
if (left.length) faults.push(`left behind: ${left}`);

await browser.close();
await ended('SIGINT');
fs.rmSync(club, { recursive: true, force: true });
if (faults.length) {
  console.log('FAULTS');
  faults.forEach((f) => console.log(' ', f));
  process.exit(1);
}
console.log('no fault');
