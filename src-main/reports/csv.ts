// CSV (RFC 4180) that no spreadsheet takes for formulas.

/** A cell that starts so is a formula to a spreadsheet; the last four are the full-width forms. */
const FORMULA_START = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;
const IS_NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

/** One line with its break. Text that would be a formula gets an apostrophe before it; numbers stay. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const isFormula = FORMULA_START.test(value) && !IS_NUMBER.test(value);
  const text = (isFormula ? `'${value}` : value).toWellFormed().replaceAll('\0', '\uFFFD');
  return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}
