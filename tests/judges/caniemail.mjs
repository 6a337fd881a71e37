// What mail clients cannot show, in many mails, read from caniemail's data once. Prints a line of JSON for
// each file named: file, passed, figures. As judge_mail.sh does it.
import fs from 'fs';
import path from 'path';
import { pathToFileURL } from 'url';

const base = path.join(process.env.NODE_TOOLS, 'node_modules', 'caniemail');
const entry = JSON.parse(fs.readFileSync(path.join(base, 'package.json'))).exports['.'].default;
const { caniemail } = await import(pathToFileURL(path.join(base, entry)));
const clients = process.env.CLIENTS.split(',');
const graceful = new RegExp(process.env.CAN_ALLOW);

function judge(html) {
  const found = caniemail({ clients, html }).issues;
  const lacking = new Map(), fine = new Set();
  for (const [client, features] of found.errors) {
    for (const { title } of features) {
      if (graceful.test(title)) fine.add(title);
      else lacking.set(title, (lacking.get(title) ?? new Set()).add(client));
    }
  }
  const notes = [...found.warnings.values()].reduce((sum, features) => sum + features.length, 0);
  const worst = [...lacking].slice(0, 5).map(([title, of]) => `${title} [${[...of].slice(0, 3).join(' ')}]`);
  const figures = `${lacking.size} unsupported features, ${fine.size} allowed (graceful), ${notes} partial-support notes`;
  return { passed: !lacking.size, figures: figures + (lacking.size ? '; BAD: ' + worst.join(', ') : '') };
}

for (const file of process.argv.slice(2)) {
  console.log(JSON.stringify({ file, ...judge(fs.readFileSync(file, 'utf8')) }));
}
