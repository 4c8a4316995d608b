// HTML that is escaped unless somebody says otherwise: a template tag whose values are text.

/** Markup that `html` has made. */
export class Html {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

/** What a template takes; lists may hold lists. */
export type HtmlPart = string | number | Html | null | readonly HtmlPart[];

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

/** Text as it looks, in content and in quoted attributes. Control characters and lone surrogates become a visible mark. */
export function escapeHtml(text: string): string {
  return text
    .toWellFormed()
    .replace(/[^\P{Cc}\n\t]/gu, '\uFFFD')
    .replace(/[&<>"'`]/g, (character) => ENTITIES[character]);
}

/** Values become escaped text; `Html` and lists of it go in as they are; null is nothing. Attributes must be quoted. */
export function html(parts: TemplateStringsArray, ...values: readonly HtmlPart[]): Html {
  const markup = parts.map((part, at) => part + (at < values.length ? toMarkup(values[at]) : ''));
  return new Html(markup.join(''));
}

function toMarkup(value: HtmlPart): string {
  if (value === null) return '';
  if (value instanceof Html) return value.markup;
  if (typeof value === 'object') return value.map(toMarkup).join('');
  return escapeHtml(String(value));
}
