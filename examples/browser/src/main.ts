import { find } from './dom.js';
import { subjects } from './kinds.js';
import { Tabs } from './tabs.js';
import { Workspace } from './workspace.js';

const opened = new Map<string, Workspace>();
let current: Workspace | undefined;

new Tabs(find('.tabs'), (name) => {
  const subject = subjects.find(({ kind }) => kind === name);
  if (subject === undefined) return;
  current?.leave();
  current = opened.get(name) ?? new Workspace(subject, find(`#panel-${name}`));
  opened.set(name, current);
  current.enter();
});

// Files that miss a target would open in the place of the page.
addEventListener('dragover', (event) => event.preventDefault());
addEventListener('drop', (event) => event.preventDefault());
