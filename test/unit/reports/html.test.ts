import assert from 'node:assert/strict';
import { test } from 'node:test';
import { escapeHtml, html } from '../../../src-main/reports/html.ts';

test('values are text in content and attributes', () => {
  const hostile = `"><script>alert('x')</script>&\``;
  assert.equal(
    html`<a title="${hostile}">${hostile}</a>`.markup,
    '<a title="&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&#96;">' +
      '&quot;&gt;&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&#96;</a>',
  );
});

test('markup of our own nests, lists join, null is nothing, text in a list is escaped', () => {
  const rows = ['a', '<b>'].map((text) => html`<td>${text}</td>`);
  assert.equal(html`<tr>${rows}</tr>${null}${3}`.markup, '<tr><td>a</td><td>&lt;b&gt;</td></tr>3');
  assert.equal(html`${['<i>', html`<br>`]}`.markup, '&lt;i&gt;<br>');
});

test('NUL, escape and lone surrogates become a mark; line breaks and tabs stay', () => {
  assert.equal(escapeHtml('a\0b\x1b[2Jc\n\td\ud800'), 'a\uFFFDb\uFFFD[2Jc\n\td\uFFFD');
});
