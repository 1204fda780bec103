/** The one element of `root` that matches. A selector that finds none is a mistake of this page. */
export function find<E extends Element = HTMLElement>(selector: string, root: ParentNode = document): E {
  const element = root.querySelector<E>(selector);
  if (element === null) throw new Error(`the page has no ${selector}`);
  return element;
}

/** A button with a text, or with a picture and a name for those who do not see it. */
export function button(content: string | Node, press: () => void, name?: string): HTMLButtonElement {
  const made = document.createElement('button');
  made.type = 'button';
  made.append(content);
  if (name !== undefined) made.ariaLabel = name;
  made.addEventListener('click', press);
  return made;
}

/** A list item around an element. */
export function item(...content: (string | Node)[]): HTMLLIElement {
  const made = document.createElement('li');
  made.append(...content);
  return made;
}
