import { expect, it } from 'vitest';
import { html, markup } from '../../../src/cli/report/html.js';

it('escapes whatever is put into a page, in text, in attributes and in lists', () => {
  const name = `<script>alert("1 & 2")</script>'`;
  const safe = '&#60;script&#62;alert(&#34;1 &#38; 2&#34;)&#60;/script&#62;&#39;';
  expect(html`<b title="${name}">${name}</b>`.text).toBe(`<b title="${safe}">${safe}</b>`);
  expect(html`${[name, [name]]}`.text).toBe(safe + safe);
});

it('puts pieces into each other as they are, and nothing for what is left out', () => {
  const items = ['a', '<'].map((item) => html`<li>${item}</li>`);
  expect(html`<ul>${items}</ul>${undefined}${0}`.text).toBe('<ul><li>a</li><li>&#60;</li></ul>0');
  expect(html`${markup('<svg/>')}`.text).toBe('<svg/>');
});
