// axe-core over many mails in one browser: each in light and dark, on a desk and a telephone; nothing is
// fetched. Prints a line of JSON for each file named: file, passed, figures. As judge_mail.sh does it.
import fs from 'fs';
import { createRequire } from 'module';
import path from 'path';

const VIEWS = [[700, 'light'], [700, 'dark'], [360, 'light'], [360, 'dark']];
const load = createRequire(path.join(process.env.NODE_TOOLS, 'x.js'));
const { chromium } = load('playwright-core');
const axe = fs.readFileSync(load.resolve('axe-core/axe.min.js'), 'utf8');

async function look(page) {
  return page.evaluate(async () => {
    const found = await axe.run(document);
    const broken = found.violations.map((one) => [one.id, one.impact, one.nodes.length]);
    return { broken, passes: found.passes.length, wide: document.documentElement.scrollWidth };
  });
}

async function judge(page, html) {
  const bad = [], minor = new Set(), overflow = [];
  let passes = 0;
  await page.setContent(html, { waitUntil: 'domcontentloaded' });
  if (!await page.evaluate(() => 'axe' in window)) await page.evaluate(axe);
  for (const [width, colorScheme] of VIEWS) {
    await page.setViewportSize({ width, height: 900 });
    await page.emulateMedia({ colorScheme });
    const seen = await look(page);
    for (const [id, impact, nodes] of seen.broken) {
      if (impact === 'serious' || impact === 'critical') bad.push(`${id}(${impact}) x${nodes} at ${width}/${colorScheme}`);
      else minor.add(id);
    }
    passes = Math.max(passes, seen.passes);
    if (seen.wide > width) overflow.push(` ${seen.wide}px wide at ${width}/${colorScheme}`);
  }
  if (overflow.length) bad.push('overflow:' + overflow.join(''));
  const figures = `${bad.length} serious or critical, ${passes} rules passed, minor: ${[...minor].join(' ') || 'none'}`;
  return { passed: !bad.length, figures: figures + (bad.length ? '; BAD: ' + bad.slice(0, 4).join(', ') : '') };
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
const context = await browser.newContext();
await context.route('**/*', (route) => route.abort());
const page = await context.newPage();
for (const file of process.argv.slice(2)) {
  console.log(JSON.stringify({ file, ...await judge(page, fs.readFileSync(file, 'utf8')) }));
}
await browser.close();
