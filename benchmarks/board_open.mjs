// Opens a board in headless Chromium, times it until it is drawn and answers, filters it, and runs axe-core over it.
//
//     npm install playwright-core axe-core        (anywhere; not part of gaitcheck)
//     node benchmarks/board_open.mjs CLUB/board.html [SCREENSHOT_PREFIX]
//
// Needs a Chromium; CHROMIUM names its program. Ends with 1 if anything is wrong.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(path.join(process.cwd(), 'package.json'));
const { chromium } = require('playwright-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const target = path.resolve(process.argv[2]);
const shots = process.argv[3];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu'] });
const faults = [];

async function open(options) {
  const context = await browser.newContext({ bypassCSP: true, ...options });
  const page = await context.newPage();
  page.on('request', (r) => { if (!/^(file|data):/.test(r.url())) faults.push(`asked for ${r.url()}`); });
  page.on('pageerror', (e) => faults.push(String(e)));
  page.on('console', (m) => { if (m.type() === 'error') faults.push(m.text()); });
  const started = Date.now();
  await page.goto('file://' + target, { waitUntil: 'load' });
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  return [page, (Date.now() - started) / 1000];
}

const times = [];
for (let k = 0; k < 5; k += 1) { const [page, seconds] = await open({ viewport: { width: 1280, height: 900 } }); times.push(seconds); await page.context().close(); }
times.sort((a, b) => a - b);
console.log('opened in', times.map((t) => t.toFixed(2)).join(', '), 's');
for (const [name, width] of [['phone', 390], ['desk', 1280]]) {
  for (const colorScheme of ['light', 'dark']) {
    const [page] = await open({ viewport: { width, height: 900 }, colorScheme });
    if (await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1)) faults.push(`${name}: wider than the window`);
    if (shots) await page.screenshot({ path: `${shots}_${name}_${colorScheme}.png` });
    if (await page.evaluate(() => document.querySelectorAll('article').length) < 100) {
      await page.evaluate(axe);
      const found = await page.evaluate(async () => (await window.axe.run()).violations.map((v) => [v.id, v.impact, v.nodes.length]));
      console.log(name, colorScheme, 'axe:', JSON.stringify(found));
      found.filter((v) => ['serious', 'critical'].includes(v[1])).forEach((v) => faults.push(`${name} ${colorScheme}: ${v[0]}`));
    }
    await page.context().close();
  }
}
const [page] = await open({ viewport: { width: 1280, height: 900 } });
const count = () => page.evaluate(() => Array.from(document.querySelectorAll('article')).filter((a) => !a.hidden).length);
const all = await count();
for (const name of ['group', 'finding', 'change']) {
  const options = await page.evaluate((n) => { const f = document.getElementById(n); return f ? Array.from(f.options).map((o) => o.value).filter(Boolean) : []; }, name);
  for (const value of options) {
    const started = Date.now();
    await page.selectOption(`#${name}`, value);
    console.log(name, value, await count(), 'of', all, `(${Date.now() - started} ms)`);
  }
  if (options.length) await page.selectOption(`#${name}`, '');
}
await page.fill('#search', 'no such name anywhere');
if (await count() || await page.evaluate(() => document.getElementById('none').hidden)) faults.push('an empty search says nothing');
await page.fill('#search', '');
await page.selectOption('#sort', 'name');
const names = await page.evaluate(() => Array.from(document.querySelectorAll('article')).map((a) => a.dataset.name));
if (names.some((n, k) => k && n.localeCompare(names[k - 1]) < 0)) faults.push('not in the order of names');
await browser.close();
console.log(faults.length ? faults.join('\n') : 'nothing wrong');
process.exit(faults.length ? 1 : 0);
