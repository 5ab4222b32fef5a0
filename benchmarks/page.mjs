// Clicks through a report in headless Chromium at three widths and in both themes, and runs axe-core over it.
//
//     npm install playwright-core axe-core        (anywhere; not part of gaitcheck)
//     node benchmarks/page.mjs RESULTS_DIR/report.html [SCREENSHOT_PREFIX]
//
// Needs a Chromium; CHROMIUM names its program. Ends with 1 if anything is wrong.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const require = createRequire(path.join(process.cwd(), 'package.json'));
const { chromium } = require('playwright-core');
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const page_path = path.resolve(process.argv[2]);
const shots = process.argv[3];
const quiet = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: quiet });
const faults = [];

async function open(options) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on('request', (r) => { if (!/^(file|data):/.test(r.url())) faults.push(`asked for ${r.url()}`); });
  page.on('pageerror', (e) => faults.push(String(e)));
  page.on('console', (m) => { if (m.type() === 'error') faults.push(m.text()); });
  await page.goto('file://' + page_path);
  await page.waitForTimeout(700);
  return page;
}

for (const [name, width, height] of [['phone', 390, 844], ['tablet', 820, 1180], ['desk', 1280, 900]]) {
  for (const colorScheme of ['light', 'dark']) {
    const page = await open({ viewport: { width, height }, colorScheme, bypassCSP: true });
    if (await page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth + 1)) {
      faults.push(`${name}: wider than the window`);
    }
    const screens = await page.evaluate(() => document.documentElement.scrollHeight / window.innerHeight);
    console.log(name, 'screens with the professional part closed:', screens.toFixed(1));
    if (shots) await page.screenshot({ path: `${shots}_${name}_${colorScheme}.png`, fullPage: true });
    await page.evaluate(axe);
    const found = await page.evaluate(async () => (await window.axe.run()).violations.map((v) => [v.id, v.impact, v.nodes.length]));
    console.log(name, colorScheme, 'axe:', JSON.stringify(found));
    found.filter((v) => ['serious', 'critical'].includes(v[1])).forEach((v) => faults.push(`${name} ${colorScheme}: ${v[0]}`));
    await page.context().close();
  }
}

const page = await open({ viewport: { width: 1280, height: 900 } });
const now = () => page.evaluate(() => document.querySelector('video').currentTime);
async function moved(what, act) {
  const before = await now();
  await act();
  await page.waitForTimeout(400);
  const after = await now();
  console.log(what, before.toFixed(3), '->', after.toFixed(3));
  if (before === after) faults.push(`${what} did not move the clip`);
}
await moved('next contact', () => page.click('button[data-does="next"]'));
await moved('one frame on', () => page.click('button[data-does="on"]'));
await page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
const curve = await page.$('.figure.curve svg');
if (curve) {
  await curve.scrollIntoViewIfNeeded();
  const box = await curve.boundingBox();
  await moved('a click on a curve', () => page.mouse.click(box.x + 0.8 * box.width, box.y + 0.5 * box.height));
  if (!(await page.evaluate(() => [...document.querySelectorAll('.figure.curve .cursor')].some((c) => !c.hidden)))) faults.push('no cursor on the curves');
}
if (await page.$('button[data-does="finding"]')) {
  await moved('next finding', () => page.click('button[data-does="finding"]'));
  if (!(await page.textContent('.status'))) faults.push('the finding is not told');
}
await page.click('button[data-does="skeleton"]');
await page.waitForTimeout(500);
if (!(await page.evaluate(() => document.querySelector('video').src)).includes('proxy')) faults.push('the skeleton stays');
await moved('play', () => page.click('button[data-does="play"]'));
await page.click('#theme');
if (!(await page.evaluate(() => document.documentElement.dataset.theme))) faults.push('the theme stays');
await browser.close();
console.log(faults.length ? faults.join('\n') : 'nothing wrong');
process.exit(faults.length ? 1 : 0);
